"""A file that holds some pages of a document, as the page numbers say: what it has, and what it lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.assembly.numbering import Run, ranges
from pipeline.assembly.sheets import is_written
from pipeline.model import Bilingual, Classification, Facts, Page, Remark, Sheet, Source

DOUBT, MISSING = "assembly_doubt", "assembly_missing"  # codes of remarks
_PAPER = frozenset({"pdf", "jpg", "png", "tif"})
Leaf = tuple[int, tuple[int, ...]]  # number of a page, and the pages of the file that carry it and its blank back


@dataclass(frozen=True)
class Piece:
    """Pages of one document that lacks others; `leaves` in the order of the file, `size` (pt) short side first.

    `kind` is None where its pages do not tell; `keys` = what is read on it that tells its case; `number` tells two of
    its kind apart: empty when it was not read, None where the kind has none. `part_of` = the file it was cut from,
    `carrier` = the mail or archive it came in. `names` under which it came lately, `received_at` the newest time.
    """

    sha256: str
    names: tuple[str, ...]
    received_at: datetime
    source: Source
    kind: str | None
    total: int
    leaves: tuple[Leaf, ...]
    size: tuple[float, float]
    keys: Mapping[str, str]
    number: str | None = None
    part_of: str | None = None
    carrier: str | None = None

    @property
    def name(self) -> str:
        """For people."""
        return self.names[0]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Page numbers of the document, in the order of the file."""
        return tuple(number for number, _ in self.leaves)


def piece_of(
    facts: Facts, *, names: Sequence[str], received_at: datetime, keys: Mapping[str, str], number: str | None = None
) -> Piece | None:
    """None unless every written page says which of how many it is, none comes twice, and some are not there."""
    document = facts.document
    run = _incomplete(document.pages, facts.sheets)
    kinds = {sheet.kind for sheet in facts.sheets} | {facts.classification.type}
    kinds.discard(None)
    whole_file = facts.unreadable or facts.parts or document.signatures or document.submission.media not in _PAPER
    if run is None or run.total is None or whole_file or len(kinds) > 1:
        return None
    first = document.pages[0]
    return Piece(
        sha256=document.submission.sha256,
        names=tuple(names),
        received_at=received_at,
        source=document.submission.source,
        kind=next(iter(kinds), None),
        total=run.total,
        leaves=_leaves(document.pages, facts.sheets),
        size=(min(first.width, first.height), max(first.width, first.height)),
        keys=keys,
        number=number,
        part_of=document.submission.part_of,
        carrier=document.submission.carrier.sha256 if document.submission.carrier else None,
    )


def counted_in(facts: Facts, whole: str) -> Facts:
    """What still counts of a piece once its pages are in `whole`: the file itself, and what is odd about it."""
    remarks = tuple(remark for remark in facts.document.remarks if remark.code not in (DOUBT, MISSING))
    return Facts(
        document=facts.document.model_copy(update={"remarks": remarks}),
        classification=Classification(type=None),
        whole=whole,
        pictures=facts.pictures,
        timing=facts.timing,
    )


def missing_pages(pages: Sequence[Page], sheets: Sequence[Sheet]) -> Remark | None:
    """What a document lacks by the numbers printed on it; a blank form tells that better, where there is one."""
    run = _incomplete(pages, sheets)
    if run is None or run.total is None or any(sheet.kind for sheet in sheets):
        return None
    here, gone = ranges(run.numbers), ranges(set(range(1, run.total + 1)) - set(run.numbers))
    message = Bilingual(
        zh=f"按页码应为 {run.total} 页，只有第 {here} 页，缺第 {gone} 页",
        en=f"By its page numbers it has {run.total} pages; only {here} came, {gone} is missing",
    )
    return Remark(code=MISSING, message=message)


def _incomplete(pages: Sequence[Page], sheets: Sequence[Sheet]) -> Run | None:
    """The numbers of a document that lacks pages; None when it is whole, or when they say nothing sure."""
    known = {sheet.page for sheet in sheets}
    run = Run(tuple(sheets))
    told = bool(sheets) and all(page.number in known for page in pages if is_written(page))
    distinct = len(set(run.numbers)) == len(run.numbers)
    return run if told and distinct and run.total is not None and not run.is_whole else None


def _leaves(pages: Sequence[Page], sheets: Sequence[Sheet]) -> tuple[Leaf, ...]:
    """A blank page goes with the one before it, in front with the first."""
    numbers = {sheet.page: sheet.number for sheet in sheets}
    leaves: list[tuple[int, list[int]]] = []
    leading: list[int] = []
    for page in pages:
        if page.number in numbers:
            leaves.append((numbers[page.number], [*leading, page.number]))
            leading = []
        elif leaves:
            leaves[-1][1].append(page.number)
        else:
            leading.append(page.number)
    return tuple((number, tuple(carried)) for number, carried in leaves)
