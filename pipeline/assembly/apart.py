"""Several documents scanned into one file: where each begins.

A title of another kind begins a document. A title of the same kind does so only with evidence, for contracts repeat
theirs in running heads and on the signature page: the page number begins again, the document before is complete, or the
number of the order is another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.assembly.numbering import Run, pages_of
from pipeline.assembly.pieces import DOUBT
from pipeline.assembly.sheets import is_written
from pipeline.classify import claimed_by_title
from pipeline.extract import extract
from pipeline.model import Bilingual, Document, Page, Remark, Sheet
from pipeline.packs import Pack, Packs
from pipeline.values import squeezed

PageRange = tuple[int, int]

_SURE = 0.9  # confidence of an order's number from which two are two
_LEGIBLE = 60  # characters of a page that may be somebody's, not a stray stamp or note


@dataclass(frozen=True)
class Apart:
    """First and last page of each document, from 1 (empty when the file holds one), and what a person must look at."""

    parts: tuple[PageRange, ...] = ()
    doubts: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class _Look:
    """One page as the walk sees it; `kind` as its form or title tells, `opens` = the kind it is the first page of."""

    page: Page
    sheet: Sheet | None
    title: str | None

    @property
    def form(self) -> str | None:
        return self.sheet.kind if self.sheet else None

    @property
    def kind(self) -> str | None:
        return self.form or self.title

    @property
    def opens(self) -> str | None:
        return self.kind if self.form is None or (self.sheet and self.sheet.number == 1) else None

    @property
    def number(self) -> int | None:
        return self.sheet.number if self.sheet else None


@dataclass
class _Part:
    """Pages taken for one document; `tentative` = only worth keeping when the rest of its pages follows."""

    looks: list[_Look]
    tentative: bool = False

    @property
    def kind(self) -> str | None:
        return self.looks[0].kind

    @property
    def run(self) -> Run:
        return Run(tuple(look.sheet for look in self.looks if look.sheet))


@dataclass
class _Walk:
    """Goes through the pages once; `order_no` reads the number that tells two documents of a kind apart."""

    order_no: Callable[[_Look, str], str | None]
    forms: frozenset[str]
    parts: list[_Part] = field(default_factory=list)
    doubts: dict[int, Bilingual] = field(default_factory=dict)

    def go(self, looks: Sequence[_Look]) -> None:
        self.parts = [_Part([looks[0]])]
        for look in looks[1:]:
            part = self.parts[-1]
            begins, tentative = self._begins(part, look)
            if begins:
                self.parts.append(_Part([look], tentative))
            else:
                part.looks.append(look)
        self._merge()

    def _begins(self, part: _Part, look: _Look) -> tuple[bool, bool]:
        if not is_written(look.page):
            return False, False
        if look.form and part.kind and look.form != part.kind:
            return True, False
        if look.sheet and part.run.lacks(look.sheet):
            self._check_next(part, look)
            return False, False
        if look.opens is None:
            return self._untitled(part, look), False
        return (True, False) if look.opens != part.kind else self._again(part, look, look.opens)

    def _check_next(self, part: _Part, look: _Look) -> None:
        """A page that the document lacks must not look like another document's."""
        if look.opens is None or part.kind is None:
            return
        if look.opens != part.kind:
            self._doubt(look, _title_inside(look.page.number, part))
            return
        first, other = self.order_no(part.looks[0], part.kind), self.order_no(look, part.kind)
        if first and other and first != other:
            self._doubt(look, _other_number(look.page.number, first, other))

    def _again(self, part: _Part, look: _Look, kind: str) -> tuple[bool, bool]:
        """A page with the title of the document it would belong to."""
        first, other = self.order_no(part.looks[0], kind), self.order_no(look, kind)
        differs = bool(first and other and first != other)
        if look.number is not None and look.number > 1:
            if differs:
                self._doubt(look, _other_number(look.page.number, first, other))
            return False, False
        if differs:
            return True, False
        if look.number == 1:
            if part.run.is_whole or part.run.counts_up:
                return True, True
            if part.run.sheets:
                self._doubt(look, _begins_again(look.page.number, part))
            return False, False
        if kind in self.forms:
            return False, False  # a foreign page on the form's paper, which the comparison with the form tells
        if first and other == "":
            self._doubt(look, _number_unread(look.page.number))
        return part.run.is_whole, False

    def _untitled(self, part: _Part, look: _Look) -> bool:
        """A page that is no first page of anything known, and not the next one of the document either."""
        whole = part.run.is_whole
        told = (
            part.kind in self.forms or part.looks[-1].page.number in self.doubts
        )  # by the form, or by the page before
        if look.sheet is None:
            if whole and not told and len(squeezed(look.page.text)) >= _LEGIBLE:
                self._doubt(look, _left_over(look.page.number, part))
            return False
        if whole and look.sheet.number > 1 and look.sheet.total not in (None, part.run.total):
            return True  # the rest of a document that another one was put into
        again = look.sheet.number in part.run.numbers and not told
        if part.kind and (again or (whole and look.sheet.number == 1)):
            self._doubt(look, _begins_again(look.page.number, part))
        elif part.kind and not told and part.run.total and look.sheet.total not in (None, part.run.total):
            self._doubt(look, _two_totals(look.page.number, part, look.sheet))
        return False

    def _merge(self) -> None:
        """A document of which only the first page seems to follow is sooner a page scanned twice."""
        kept: list[_Part] = []
        for part in self.parts:
            if part.tentative and part.run.total is not None and not part.run.is_whole:
                self._doubt(part.looks[0], _begins_again(part.looks[0].page.number, kept[-1]))
                kept[-1].looks += part.looks
            else:
                kept.append(part)
        self.parts = kept

    def _doubt(self, look: _Look, message: Bilingual) -> None:
        self.doubts[look.page.number] = message


def take_apart(document: Document, packs: Packs, sheets: Sequence[Sheet]) -> Apart:
    """Where the documents of a scan begin; `sheets` as `sheets_of` found them. Nothing is cut that was put together."""
    pages, submission = document.pages, document.submission
    if submission.media not in ("pdf", "tif") or len(pages) < 2 or document.signatures or submission.made_of:
        return Apart()  # a digital signature covers the whole file and would not survive
    known = {sheet.page: sheet for sheet in sheets}
    forms = frozenset(pack.type for pack in packs.documents() if pack.reference is not None)
    walk = _Walk(_Numbers(document, packs).read, forms)
    walk.go([_Look(page, known.get(page.number), claimed_by_title(page, packs)) for page in pages])
    if len(walk.parts) > 1:  # what is doubtful about a part is found again when it is read as a file of its own
        starts = [part.looks[0].page.number for part in walk.parts]
        ends = [*(start - 1 for start in starts[1:]), pages[-1].number]
        return Apart(parts=tuple(zip(starts, ends, strict=True)))
    doubts = sorted(walk.doubts.items())
    return Apart(doubts=tuple(Remark(code=DOUBT, message=text, page=page) for page, text in doubts))


class _Numbers:
    """Reads from one page the field by which two documents of a kind differ, such as the number of an order."""

    def __init__(self, document: Document, packs: Packs) -> None:
        self._document = document
        self._packs = {pack.type: pack for pack in packs.documents()}
        self._names: Mapping[str, str] = {
            kind: name
            for case in packs.case_types.values()
            for join in case.join
            if join.exclusive
            for kind, name in join.fields.items()
        }

    def read(self, look: _Look, kind: str) -> str | None:
        """The number; empty when its label is there without a value to rely on, None when it is not on the page."""
        pack: Pack | None = self._packs.get(kind)
        name = self._names.get(kind)
        if pack is None or name is None:
            return None
        alone = self._document.model_copy(update={"pages": (look.page,), "form": {}})
        found = extract(alone, pack)
        value = found.fields.get(name)
        if value is None:
            return "" if name in found.unread else None
        return squeezed(value.value) if value.problem is None and value.confidence >= _SURE else ""


# --- what a person is told ----------------------------------------------------------------------------------------


def _title_inside(page: int, part: _Part) -> Bilingual:
    return Bilingual(
        zh=f"第 {page} 页像另一份材料的首页，但页码接续{pages_of(part.run, 'zh')}；未拆开，请人工确认",
        en=f"Page {page} looks like the first of another document, yet continues {pages_of(part.run, 'en')}; not cut",
    )


def _other_number(page: int, first: str | None, other: str | None) -> Bilingual:
    return Bilingual(
        zh=f"第 {page} 页的编号是 {other}，首页是 {first}，但页码相接；未拆开，请人工确认",
        en=f"Page {page} bears the number {other}, the first page {first}, yet the page numbers run on; not cut",
    )


def _begins_again(page: int, part: _Part) -> Bilingual:
    return Bilingual(
        zh=f"从第 {page} 页起页码重新开始，前面{pages_of(part.run, 'zh')}；"
        "可能是另一份材料或重复扫描，未拆开，请人工确认",
        en=f"Page numbers begin again on page {page}, after {pages_of(part.run, 'en')}: "
        "another document, or pages scanned twice; not cut",
    )


def _number_unread(page: int) -> Bilingual:
    return Bilingual(
        zh=f"第 {page} 页又有标题和编号栏，但编号读不清；可能是另一份材料，请人工确认",
        en=f"Page {page} has the title and the place of the number again, but not legibly: perhaps another document",
    )


def _left_over(page: int, part: _Part) -> Bilingual:
    return Bilingual(
        zh=f"第 {page} 页在末页之后：前面{pages_of(part.run, 'zh')}，"
        "它没有页码，也不是已知材料的首页；请人工确认它属于哪份材料",
        en=f"Page {page} comes after the last one ({pages_of(part.run, 'en')}), without a number or a known title",
    )


def _two_totals(page: int, part: _Part, sheet: Sheet) -> Bilingual:
    return Bilingual(
        zh=f"第 {page} 页印有共 {sheet.total} 页，前面{pages_of(part.run, 'zh')}；请人工确认是否属于同一份材料",
        en=f"Page {page} is printed as one of {sheet.total}, after {pages_of(part.run, 'en')}: another document?",
    )
