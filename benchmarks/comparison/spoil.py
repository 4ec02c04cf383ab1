"""What is done to a paper for every class of tampering, and which words it turns into which."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.comparison import wordings
from benchmarks.comparison.forms import EDITED, Forms
from benchmarks.comparison.jobs import COPIES, LIES, REFLOWED, SHIPPED
from tests.simulator.defects import DeleteRows, InsertSentence, ReplaceEverywhere, ReplaceText
from tests.simulator.defects_glyph import PAIRS, nearest
from tests.simulator.defects_order import PageDoubled, PageForeign, PageMissing, PagesSwapped
from tests.simulator.defects_pen import CorrectionFluid, HandNote, Interline, StrikeOut, TermInBlank
from tests.simulator.defects_pick import pick, swap
from tests.simulator.defects_punctuation import pick_mark
from tests.simulator.defects_sentence import DropSentence, clauses
from tests.simulator.dossier import OrderDefect, PrintDefect
from tests.simulator.fill import Style, blanks
from tests.simulator.samples import AGREEMENT, FORMS
from tests.simulator.textmap import Row, TextMap, TextNotFoundError, body_rows, read_text

T = TypeVar("T")

STRIP = 5  # characters struck out or painted over
PENS = ("pen-blue", "pen-black", "pen-red")
OTHER_CONTRACT = FORMS / "cooperation_agreement" / "reference.pdf"
TERM_FIELDS = ("customer_address", "reseller_name", "qualified_entity")


@dataclass(frozen=True)
class Print:
    """A printed form before anything is done to it."""

    pdf: Path
    text: TextMap
    fields: dict[str, int]  # page by name

    @property
    def pages(self) -> list[int]:
        """Pages without blanks: what is moved on them moves no field."""
        return [page for page in range(1, len(self.text.sizes) + 1) if page not in self.fields.values()]


@dataclass(frozen=True)
class Spoilt:
    """Defects to simulate; `old`, `new` = the words of the change ("" = none), `blank` = a field it takes.

    `lie` is what the hidden text layer says instead of the print; with equal words the layer is that of the form.
    """

    pdf: Path
    defects: tuple[PrintDefect, ...] = ()
    order: tuple[OrderDefect, ...] = ()
    old: str = ""
    new: str = ""
    blank: str = ""
    lie: ReplaceText | None = None


@lru_cache(maxsize=8)
def opened(pdf: Path) -> Print:
    """The text and the fields of a form."""
    return Print(pdf, read_text(pdf), {blank.name: blank.page for blank in blanks(pdf)})


def layout_of(forms: Forms, form: str, kind: str) -> Path:
    """The print that an honest paper, or a copy with a change in it, is made from."""
    if kind.startswith(("re-flowed", "other-font")):
        return forms.variant(form, "reflowed" if kind.startswith(REFLOWED) else "other font")
    return AGREEMENT if form == SHIPPED else forms.blank(form)


def spoil(forms: Forms, form: str, kind: str, rng: np.random.Generator) -> Spoilt:
    """A random change of a class; NoRoomError or TextNotFoundError when this draw does not fit the form."""
    paper = opened(layout_of(forms, form, kind))
    if kind in _CHARACTERS:
        return _printed(paper, _CHARACTERS[kind](paper.text, rng))
    if kind in _OTHERS:
        return _OTHERS[kind](paper, rng)
    if kind in COPIES:
        return _printed(paper, _small_change(paper.text, rng))
    if kind == "page foreign":
        page, source = _one(paper.pages, rng), int(rng.integers(1, 4))
        return Spoilt(paper.pdf, order=(PageForeign(page, OTHER_CONTRACT, source),))
    if kind == "page of another edition":
        return Spoilt(paper.pdf, order=(PageForeign(1, forms.variant(form, EDITED), 1),))
    if kind == "changed under the true text layer":
        change = _small_change(paper.text, rng)
        truth = ReplaceText(change.find, change.find, change.page, change.occurrence)
        return replace(_printed(paper, change), lie=truth)
    if kind in LIES:
        lie = _lie(kind, paper.text, rng)
        old, new = changed(lie.find, lie.replace)
        return Spoilt(paper.pdf, old=old, new=new, lie=lie)
    raise KeyError(kind)


def changed(before: str, after: str) -> tuple[str, str]:
    """What differs between two wordings, blanks ignored, without the words around it."""
    old, new = "".join(before.split()), "".join(after.split())
    head = _common(old, new)
    old, new = old[head:], new[head:]
    tail = _common(old[::-1], new[::-1])
    return old[: len(old) - tail], new[: len(new) - tail]


def _common(one: str, two: str) -> int:
    shortest = min(len(one), len(two))
    return next((at for at in range(shortest) if one[at] != two[at]), shortest)


def _one(choices: Sequence[T], rng: np.random.Generator) -> T:
    return choices[int(rng.integers(len(choices)))]


# --- characters ---------------------------------------------------------------------------------------------------


def _printed(paper: Print, change: ReplaceText) -> Spoilt:
    old, new = changed(change.find, change.replace)
    return Spoilt(paper.pdf, (change,), old=old, new=new)


def _negation_out(text: TextMap, rng: np.random.Generator) -> ReplaceText:
    english = [(old, new) for old, new in wordings.ENGLISH_NEGATIONS if _stands(text, old)]
    if english and rng.random() < 0.5:
        old, new = _one(english, rng)
        return ReplaceText(old, new, kind="negation out")
    return pick("negation out", text, rng)


def _negation_in(text: TextMap, rng: np.random.Generator) -> ReplaceText:
    change = pick("negation in", text, rng)
    if change.find[1] in "不未":  # a second negation would be nonsense, not fraud
        raise TextNotFoundError(f"{change.find!r} is negated already")
    return change


_CHARACTERS: dict[str, Callable[[TextMap, np.random.Generator], ReplaceText]] = {
    "nearest glyph": lambda text, rng: swap(text, rng, nearest(text), "nearest glyph"),
    "known look-alike": lambda text, rng: swap(text, rng, PAIRS, "known look-alike"),
    "digit": lambda text, rng: pick("digit", text, rng),
    "number word": lambda text, rng: swap(text, rng, wordings.NUMBER_WORDS, "number word"),
    "negation out": _negation_out,
    "negation in": _negation_in,
    "punctuation": pick_mark,
}


def _small_change(text: TextMap, rng: np.random.Generator) -> ReplaceText:
    return _CHARACTERS[_one(("nearest glyph", "digit", "negation out", "known look-alike"), rng)](text, rng)


def _lie(kind: str, text: TextMap, rng: np.random.Generator) -> ReplaceText:
    if kind.endswith("figure"):
        return pick("digit", text, rng)
    if kind.endswith("look-alike"):
        return _CHARACTERS["nearest glyph"](text, rng)
    words = [(old, new) for old, new in (*wordings.FORUMS, wordings.OTHER_PARTY) if _stands(text, old)]
    if words and rng.random() < 0.5:
        return ReplaceText(*_one(words, rng), kind="words")
    return _CHARACTERS[_one(("negation out", "negation in"), rng)](text, rng)


def _stands(text: TextMap, words: str) -> bool:
    try:
        text.find(words)
    except TextNotFoundError:
        return False
    return True


# --- words and clauses --------------------------------------------------------------------------------------------


def _clause(paper: Print, rng: np.random.Generator) -> tuple[int, int, tuple[Row, ...]]:
    page = _one(paper.pages, rng)
    found = clauses(paper.text, page)
    at = int(rng.integers(len(found)))
    return page, at, found[at]


def _sentence_in(paper: Print, rng: np.random.Generator) -> Spoilt:
    page, _, rows = _clause(paper, rng)
    sentence = _one(wordings.SENTENCES, rng)
    return Spoilt(paper.pdf, (InsertSentence(rows[-1].text, sentence, page),), new=sentence)


def _clause_in(paper: Print, rng: np.random.Generator) -> Spoilt:
    page, _, rows = _clause(paper, rng)
    chapter, _, number = rows[0].text.partition(".")
    words = f"{chapter.strip()}.{int(number[0]) + 5}{_one(wordings.CLAUSES, rng)}"
    return Spoilt(paper.pdf, (InsertSentence(rows[-1].text, words, page),), new=words)


def _sentence_out(paper: Print, rng: np.random.Generator) -> Spoilt:
    page, at, _ = _clause(paper, rng)
    return Spoilt(paper.pdf, (DropSentence(page, at),))


def _clause_out(paper: Print, rng: np.random.Generator) -> Spoilt:
    page, _, rows = _clause(paper, rng)
    words = "".join(row.text for row in rows)
    return Spoilt(paper.pdf, (DeleteRows(rows[0].text, rows[-1].text, page),), old=words)


def _party(paper: Print, rng: np.random.Generator) -> Spoilt:
    names = _one(wordings.PARTIES, rng)
    old, new = changed(*names)
    return Spoilt(paper.pdf, (ReplaceEverywhere(*names),), old=old, new=new)


def _forum(paper: Print, rng: np.random.Generator) -> Spoilt:
    fitting = [(old, new) for old, new in wordings.FORUMS if _stands(paper.text, old)]
    if not fitting:
        raise TextNotFoundError("no court or arbitration on one line")
    old, new = _one(fitting, rng)
    return _printed(paper, ReplaceText(old, new, kind="forum"))


# --- pen, fluid and blanks ----------------------------------------------------------------------------------------


def _strip(paper: Print, rng: np.random.Generator) -> tuple[int, str]:
    """Some neighbouring characters that stand but once on their page, and the page."""
    page = _one(paper.pages, rng)
    lines = [row.text for row in body_rows(paper.text, page)]
    strips = [line[at : at + STRIP] for line in lines for at in range(2, len(line) - STRIP - 2)]
    whole = "\n".join("".join(line.split()) for line in lines)
    return page, _one([words for words in strips if not re.search(r"\s", words) and whole.count(words) == 1], rng)


def _struck(paper: Print, rng: np.random.Generator) -> Spoilt:
    page, words = _strip(paper, rng)
    return Spoilt(paper.pdf, (StrikeOut(words, page, _one(PENS, rng)),), old=words)


def _fluid(paper: Print, rng: np.random.Generator) -> Spoilt:
    (page, words), (_, others) = _strip(paper, rng), _strip(paper, rng)
    return Spoilt(paper.pdf, (CorrectionFluid(words, others, page),), old=words, new=others)


def _between(paper: Print, rng: np.random.Generator) -> Spoilt:
    page, words = _strip(paper, rng)
    return Spoilt(paper.pdf, (Interline(words, _one(wordings.BETWEEN, rng), page, _one(PENS, rng)),))


def _margin(paper: Print, rng: np.random.Generator) -> Spoilt:
    page = _one(paper.pages, rng)
    left = min(row.box[0] for row in body_rows(paper.text, page))
    top = float(rng.uniform(120, 640))
    box = _one(((12.0, top, left - 4, top + 52), (left + 30, 778.0, left + 190, 800.0)), rng)
    return Spoilt(paper.pdf, (HandNote(_one(wordings.NOTES, rng), page, box, _one(PENS, rng)),))


def _term(paper: Print, rng: np.random.Generator) -> Spoilt:
    name = _one([field for field in TERM_FIELDS if field in paper.fields], rng)
    term = _one(wordings.TERMS, rng)
    style: Style = "hand" if rng.random() < 0.5 else "typed"
    return Spoilt(paper.pdf, (TermInBlank(paper.pdf, name, term, style),), new=term, blank=name)


# --- sheets -------------------------------------------------------------------------------------------------------


def _sheet(paper: Print, rng: np.random.Generator) -> int:
    return int(rng.integers(len(paper.text.sizes))) + 1


def _swapped(paper: Print, rng: np.random.Generator) -> Spoilt:
    one = int(rng.integers(1, len(paper.text.sizes)))
    return Spoilt(paper.pdf, order=(PagesSwapped(one, one + 1),))


_OTHERS: dict[str, Callable[[Print, np.random.Generator], Spoilt]] = {
    "sentence in": _sentence_in,
    "sentence out": _sentence_out,
    "clause in": _clause_in,
    "clause out": _clause_out,
    "party replaced": _party,
    "court or arbitration replaced": _forum,
    "page missing": lambda paper, rng: Spoilt(paper.pdf, order=(PageMissing(_sheet(paper, rng)),)),
    "page doubled": lambda paper, rng: Spoilt(paper.pdf, order=(PageDoubled(_sheet(paper, rng)),)),
    "pages swapped": _swapped,
    "words struck out by pen": _struck,
    "handwriting in the margin": _margin,
    "handwriting between lines": _between,
    "correction fluid, retyped": _fluid,
    "term in a blank": _term,
}
