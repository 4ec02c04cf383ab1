"""The outgoing papers of a case type: every name they use must exist, or the start stops."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from string import Formatter

from pipeline.errors import PackError
from pipeline.packs.case_spec import PaperSpec
from pipeline.packs.sources import AMOUNTS, CAPITALS, CASE_NAMES, Source, parse_source
from pipeline.packs.spec import CaseFile, Pack, Register

BLOCKS = ("findings", "advice", "final", "files", "originals", "archive", "fields:<type>", "lines:<type>[:<column>,…]")
LINES = "lines"  # the table of rows that `lines:` prints
_SUBJECT = ("number", "label", "case")
_AMOUNTS = (*AMOUNTS, *(f"{name}{CAPITALS}" for name in AMOUNTS))


def check_papers(file: Path, data: CaseFile, packs: Mapping[str, Pack], registers: Mapping[str, Register]) -> None:
    """PackError names file, paper and key, and what is valid there."""
    names = _Names(data, packs, registers)
    seen: set[tuple[str, str]] = set()
    for paper in data.papers:
        place = f"{file}: paper {paper.code}"
        if (paper.profile, paper.code) in seen:
            raise PackError(f"{place}: there are two for profile {paper.profile!r}", advice="give one another code")
        seen.add((paper.profile, paper.code))
        if packs[paper.pack].outgoing is None:
            raise PackError(f"{place}: pack {paper.pack!r} has no outgoing template", advice="add `outgoing` to it")
        names.check(place, paper)


class _Names:
    """The names a paper may use."""

    def __init__(self, data: CaseFile, packs: Mapping[str, Pack], registers: Mapping[str, Register]) -> None:
        self._packs = packs
        self._registers = {name: sorted({column for row in rows for column in row}) for name, rows in registers.items()}
        self._clocks = [clock.id for clock in data.clocks]

    def check(self, place: str, paper: PaperSpec) -> None:
        for block in paper.body:
            self._block(f"{place}: body", block)
        for moment in paper.when:
            if moment.startswith("clock:"):
                _known(f"{place}: when", moment.removeprefix("clock:"), "clock", self._clocks)
        for key, text in _texts(paper):
            try:
                source = parse_source(text)
            except ValueError as error:
                raise PackError(f"{place}: {key}: {error}", advice="mend this source") from error
            for part in source.parts():
                self._source(f"{place}: {key}", part)
        for _, slot, _, _ in Formatter().parse(paper.subject):
            if slot is not None:
                _known(f"{place}: subject", slot, "placeholder", _SUBJECT)

    def _source(self, place: str, source: Source) -> None:
        match source.kind:
            case "field":
                _known(place, source.name, "document type", self._packs)
                pack = self._packs[source.name]
                if pack.column(source.column) is None:
                    _known(place, source.column, f"field of {source.name}", _columns(pack))
            case "register":
                _known(place, source.name, "register", self._registers)
                for column in (source.column, *(column for column, _ in source.where)):
                    _known(place, column, f"column of {source.name}", self._registers[source.name])
            case "clock" | "reminder":
                _known(place, source.name, "clock", self._clocks)
            case "due":
                _known(place, source.name, "amount", _AMOUNTS)
            case "case":
                _known(place, source.name, "name of the case", CASE_NAMES)

    def _block(self, place: str, block: str) -> None:
        name, colon, rest = block.partition(":")
        if name not in ("fields", "lines") or not colon:
            _known(place, block, "block", BLOCKS)
            return
        kind, _, columns = rest.partition(":")
        _known(place, kind, "document type", self._packs)
        pack = self._packs[kind]
        if name == LINES:
            _known(place, LINES, f"table of {kind}", pack.rows)
            for column in filter(None, columns.split(",")):
                _known(place, column, f"column of {kind}.{LINES}", pack.rows[LINES].columns)


def _texts(paper: PaperSpec) -> Iterator[tuple[str, str]]:
    for name, sources in paper.values.items():
        for text in sources:
            yield f"values.{name}", text
    for text in paper.mail:
        yield "mail", text


def _columns(pack: Pack) -> list[str]:
    rows = [f"{table}.1.{column}" for table, spec in pack.rows.items() for column in spec.columns]
    return [*pack.fields, *rows]


def _known(place: str, name: str, what: str, valid: Collection[str]) -> None:
    if name not in valid:
        raise PackError(
            f"{place}: {name!r} is no {what}; valid: {', '.join(sorted(valid)) or 'none'}", advice="name one of these"
        )
