"""Checks on what a seal lies upon: blanks that were still empty, entries that it hides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import Field

from pipeline.model import Box, Facts, Seal
from pipeline.packs import CaseCheck, Dossier, Judgement, Pack, Part, World
from pipeline.rules.asked import value_asked
from pipeline.rules.dossier import document_title, pack_of, sheet
from pipeline.rules.places import certain
from pipeline.rules.reading import Reading, read_field, rows_of
from pipeline.rules.seals import AtPlace, seen
from pipeline.rules.wording import say
from pipeline.values import squeezed

_REACH_PT = 160.0  # a value stands right of its label
_COVERED = 0.2  # share of a value's box under the seal's from which the seal may hide it

Place = tuple[int, Box]


class FilledWhenSealed(AtPlace):
    """A page with a seal has its blanks filled in; a sealed blank form could be filled in by anybody."""

    name: ClassVar[str] = "filled_when_sealed"
    fields: tuple[str, ...] = Field(min_length=1)

    def field_names(self) -> tuple[str, ...]:
        return (self.place, *self.fields)

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        seals = self._seals(facts)
        if not seals:
            yield self._nothing(pack)
            return
        readings = [read_field(facts, pack, key) for key in self.fields]
        wanting = [reading for reading in readings if reading.state in ("blank", "unread")]
        for reading in wanting:
            yield self._wanting(reading, seals[0], pack, world)
        if not wanting:
            titles = say("、".join(r.title.zh for r in readings), ", ".join(r.title.en for r in readings))
            message = say(f"盖章页已填写：{titles.zh}", f"The sealed page is filled in: {titles.en}")
            yield Judgement(outcome="pass", message=message, **seen(seals[0]))

    def _wanting(self, reading: Reading, seal: Seal, pack: Pack, world: World) -> Judgement:
        """Where another rule holds the paper for this value, this only remarks that it was sealed without it."""
        title, blank = reading.title, reading.state == "blank"
        zh = "未填写，请确认不是预先盖章的空白页" if blank else "未能读出，不能排除盖章时为空白"
        en = "not filled in: make sure that no blank was sealed beforehand" if blank else "not read: it may be blank"
        return Judgement(
            outcome="fail" if blank else "unsure",
            severity="warn" if value_asked(pack, world, reading.key) else None,
            message=say(f"盖章页的“{title.zh}”{zh}", f"“{title.en}” on the sealed page is {en}"),
            page=seal.page,
            box=reading.value.box if reading.value and reading.value.box else seal.box,
        )


class UnderSeal(CaseCheck):
    """Required entries of the scan that lie under a seal and were not read, while the electronic form has them."""

    name: ClassVar[str] = "under_seal"
    document: str

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        scans, files = (dossier.parts_of(f"{self.document}:{kind}") for kind in ("scan", "electronic"))
        if not scans or not files:
            title = document_title(dossier, self.document)
            message = say(f"《{title.zh}》尚缺一种形式，无从参照", f"Only one form of {title.en} is there")
            yield Judgement(outcome="n/a", message=message)
            return
        for scan in scans:
            yield self._scan(dossier, scan, files)

    def _scan(self, dossier: Dossier, scan: Part, files: Sequence[Part]) -> Judgement:
        pack = pack_of(dossier, scan)
        hidden = [(reading, place) for reading, place in _unread(scan.facts, pack) if _sealed(scan.facts, place)]
        if not hidden:
            message = say("印章未遮挡必填内容", "No required entry was lost under a seal")
            return Judgement(outcome="pass", message=message, document=sheet(scan.facts))
        told = [(reading, _elsewhere(files, pack, reading.key)) for reading, _ in hidden]
        zh = "、".join(r.title.zh + (f"（电子档为“{text}”）" if text else "") for r, text in told)
        en = ", ".join(r.title.en + (f" (“{text}” in the file)" if text else "") for r, text in told)
        page, box = hidden[0][1]
        return Judgement(
            outcome="unsure",
            message=say(
                f"印章下未能读出：{zh}；请参照电子档", f"Not read under the seal: {en}; see the electronic form"
            ),
            page=page,
            box=box,
            document=sheet(scan.facts),
        )


def _unread(facts: Facts, pack: Pack | None) -> Iterator[tuple[Reading, Place]]:
    """Required entries not read well, where their place is known."""
    for key in _required(facts, pack):
        reading = read_field(facts, pack, key)
        if reading.state in ("unread", "doubtful") and (place := _place(facts, pack, reading)) is not None:
            yield reading, place


def _required(facts: Facts, pack: Pack | None) -> Iterator[str]:
    if pack is None:
        return
    yield from (key for key, spec in pack.fields.items() if spec.required)
    for table, rows in pack.rows.items():
        columns = [column for column, spec in rows.columns.items() if spec.required]
        yield from (f"{table}.{row}.{column}" for row in rows_of(facts, table) for column in columns)


def _place(facts: Facts, pack: Pack | None, reading: Reading) -> Place | None:
    """Where an entry stands: as read, right of its label, or where its row and its column meet."""
    value = reading.value
    if value is not None and value.page is not None and value.box is not None:
        return value.page, value.box
    return _in_table(facts, reading.key) if "." in reading.key else _at_label(facts, pack, reading.key)


def _at_label(facts: Facts, pack: Pack | None, key: str) -> Place | None:
    spec = pack.column(key) if pack else None
    labels = [squeezed(label) for label in spec.labels] if spec else []
    for page in facts.document.pages:
        for line in page.lines:
            if line.box is not None and any(label in squeezed(line.text) for label in labels):
                x0, top, x1, bottom = line.box
                return page.number, (x0, top, min(x1 + _REACH_PT, page.width), bottom)
    return None


def _in_table(facts: Facts, key: str) -> Place | None:
    table, row, column = key.split(".")
    placed: list[tuple[list[str], int, Box]] = [
        (name.split("."), value.page, value.box)
        for name, value in facts.extraction.fields.items()
        if name.count(".") == 2 and value.page is not None and value.box is not None
    ]
    beside = next(((page, box) for at, page, box in placed if at[:2] == [table, row]), None)
    above = next((box for at, _, box in placed if (at[0], at[2]) == (table, column)), None)
    if beside is None or above is None:
        return None
    page, box = beside
    return page, (above[0], box[1], above[2], box[3])


def _sealed(facts: Facts, place: Place) -> bool:
    page, (x0, top, x1, bottom) = place
    size = max((x1 - x0) * (bottom - top), 1e-6)
    for seal in facts.observations.seals:
        across = min(seal.box[2], x1) - max(seal.box[0], x0)
        along = min(seal.box[3], bottom) - max(seal.box[1], top)
        if seal.page == page and certain(seal) and across > 0 and along > 0 and across * along >= _COVERED * size:
            return True
    return False


def _elsewhere(files: Sequence[Part], pack: Pack | None, key: str) -> str:
    """The value in the electronic form, empty where it has none."""
    readings = (read_field(part.facts, pack, key) for part in files)
    return next((reading.text for reading in readings if reading.state == "read"), "")
