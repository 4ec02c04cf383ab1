"""The scan and the electronic form of one document say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pipeline.model import Bilingual
from pipeline.packs import CaseCheck, Dossier, Judgement, Pack, Part, World
from pipeline.rules.compare import equality
from pipeline.rules.dossier import document_title, pack_of, sheet
from pipeline.rules.reading import Reading, read_field, rows_of
from pipeline.rules.wording import say


class SameContent(CaseCheck):
    """Field by field and line by line; `ignore` names fields (`lines.no` for a column) that need not agree."""

    name: ClassVar[str] = "same_content"
    document: str
    ignore: tuple[str, ...] = ()

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        scans, files = (dossier.parts_of(f"{self.document}:{kind}") for kind in ("scan", "electronic"))
        if not scans or not files:
            title = document_title(dossier, self.document)
            message = say(f"《{title.zh}》尚缺一种形式，无从比较", f"Only one form of {title.en} is there")
            yield Judgement(outcome="n/a", message=message)
        for scan in scans:
            for file in files:
                yield from self._pair(pack_of(dossier, scan), scan, file)

    def _pair(self, pack: Pack | None, scan: Part, file: Part) -> Iterator[Judgement]:
        unread: list[Bilingual] = []
        equal = different = 0
        for table in _tables(pack):
            if judgement := _row_counts(table, scan, file):
                different += 1
                yield judgement
        for key in self._keys(pack, scan, file):
            paper, data = read_field(scan.facts, pack, key), read_field(file.facts, pack, key)
            if _empty(paper) and _empty(data):
                continue
            spec = pack.column(key) if pack else None
            outcome = equality(paper, data, spec.type if spec else "text")
            if outcome == "pass":
                equal += 1
            elif not paper.text or not data.text:
                unread.append(paper.title)
            else:
                different += 1
                yield _difference(paper, data, "fail" if outcome == "fail" else "unsure", sheet(scan.facts))
        if unread:
            yield Judgement(
                outcome="unsure",
                document=sheet(scan.facts),
                message=say(
                    f"只在一份中读到：{'、'.join(title.zh for title in unread)}，请人工核对",
                    f"Read in one of the two only, please compare: {', '.join(title.en for title in unread)}",
                ),
            )
        if not unread and not different:
            good = equal > 0
            message = say(f"扫描件与电子档一致（{equal} 项）", f"Scan and electronic form agree ({equal} entries)")
            yield Judgement(outcome="pass" if good else "unsure", message=message, document=sheet(scan.facts))

    def _keys(self, pack: Pack | None, scan: Part, file: Part) -> list[str]:
        """In the order of the form, then the rows of its tables."""
        names = list(pack.fields) if pack else sorted({*scan.facts.extraction.fields, *file.facts.extraction.fields})
        keys = [name for name in names if name not in self.ignore]
        for table in _tables(pack):
            rows = set(rows_of(scan.facts, table)) & set(rows_of(file.facts, table))
            columns = tuple(pack.rows[table].columns) if pack else ()
            keys += [
                f"{table}.{row}.{column}"
                for row in sorted(rows)
                for column in columns
                if f"{table}.{column}" not in self.ignore
            ]
        return keys


def _tables(pack: Pack | None) -> tuple[str, ...]:
    return tuple(pack.rows) if pack else ()


def _empty(reading: Reading) -> bool:
    return not reading.text


def _row_counts(table: str, scan: Part, file: Part) -> Judgement | None:
    on_paper, in_file = rows_of(scan.facts, table), rows_of(file.facts, table)
    if len(on_paper) == len(in_file):
        return None
    return Judgement(
        # a line lost by the reader looks like a line that is not there
        outcome="unsure",
        document=sheet(scan.facts),
        expected=str(len(in_file)),
        found=str(len(on_paper)),
        message=say(
            f"扫描件读到 {len(on_paper)} 行，电子档 {len(in_file)} 行",
            f"{len(on_paper)} lines on the scan, {len(in_file)} in the electronic form",
        ),
    )


def _difference(paper: Reading, data: Reading, outcome: str, document: str) -> Judgement:
    title = paper.title
    return Judgement.model_validate(
        {
            "outcome": outcome,
            "message": say(
                f"扫描件与电子档不一致：{title.zh}（扫描件“{paper.text}”，电子档“{data.text}”）",
                f"Scan and electronic form differ: {title.en} (scan “{paper.text}”, electronic “{data.text}”)",
            ),
            "expected": data.text,
            "found": paper.text,
            "document": document,
            **paper.place(),
        }
    )
