"""Agreements made on a computer: exact copies of the form are verified, whatever lies in them never passes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.flow.document import look
from pipeline.inspection.known import KnownForms
from pipeline.model import Document, Facts, TextReader
from pipeline.read import read
from pipeline.validate import judge, verdict_of
from tests.inspection.scenes import needs_fonts
from tests.inspection.test_known import CLAUSES, CONTACTS, FORM, SIGNING, NoReader, engine, form, opened
from tests.read.conftest import submission
from tests.rules.made import pack, packs, world
from tests.simulator import fonts
from tests.simulator.digital import HIDDEN, Copy

SIGNED = frozenset({"customer_seal", "signature"})
SENTENCE = "客户同意放弃全部权利"
FREE = (100.0, 790.0)  # a place without print on the page of clauses


def taken(copy: Copy, folder: Path, reader: TextReader) -> tuple[Document, bool]:
    """The page as read, and whether it counts as verified."""
    path = copy.write(folder / "copy.pdf")
    known = KnownForms(opened, reader, SIGNED)
    document = read(path, submission(path), reader, known=known).document
    proof = known.proof(1, form()[0].sha256)
    return document, proof is not None and document.pages[0].text_source == "text"


# --- exact copies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, CLAUSES, CONTACTS, SIGNING])
def test_a_copy_of_the_form_is_verified_without_reading_a_word(tmp_path: Path, number: int) -> None:
    document, verified = taken(Copy(FORM, number), tmp_path, NoReader())
    assert verified
    assert document.remarks == ()


@pytest.mark.parametrize(("dx", "dy", "scale"), [(0.5, 0.3, 1.0), (4.0, 3.0, 0.99), (-6.0, 9.0, 1.02)])
def test_so_is_a_print_of_another_program(tmp_path: Path, dx: float, dy: float, scale: float) -> None:
    document, verified = taken(Copy(FORM, CLAUSES).moved(dx, dy, scale), tmp_path, NoReader())
    assert verified
    assert document.remarks == ()


FILLED: dict[str, Callable[[], Copy]] = {
    "fields": lambda: Copy(FORM, CONTACTS).filled("contact_phone", "13800000031").filled("contact_name", "管理员"),
    "print": lambda: Copy(FORM, CONTACTS).written("13800000031", (205, 252)).written("管理员", (205, 190)),
    "moved print": lambda: (
        Copy(FORM, CONTACTS).written("13800000031", (205, 252)).written("管理员", (205, 190)).moved(1.7, 0.4)
    ),
}


@pytest.mark.engine
@pytest.mark.parametrize("way", FILLED)
def test_what_stands_in_the_blanks_is_taken_when_the_picture_shows_it(tmp_path: Path, way: str) -> None:
    path = FILLED[way]().write(tmp_path / "copy.pdf")
    known = KnownForms(opened, engine(), SIGNED)
    page = read(path, submission(path), engine(), known=known).document.pages[0]
    proof = known.proof(1, form()[0].sha256)
    assert proof is not None
    assert page.text_source == "text"
    assert {(each.note, each.found) for each in proof.differences} == {
        ("contact_phone", "13800000031"),
        ("contact_name", "管理员"),
    }
    assert all(each.box and each.box[0] > 195 for each in proof.differences)


# --- lies ---------------------------------------------------------------------------------------------------------


def lettering(text: str) -> NDArray[np.uint8]:
    font = fonts.load("song", 40)
    picture = Image.new("L", (int(font.getlength(text)) + 8, 56), 255)
    ImageDraw.Draw(picture).text((4, 4), text, font=font, fill=0)
    return np.asarray(picture, dtype=np.uint8)


WHITE = np.full((20, 200), 255, np.uint8)
LIES: dict[str, Callable[[], Copy]] = {
    "one figure": lambda: Copy(FORM, CLAUSES).changed("超过 60 日", 3, "5"),
    "one figure, printed elsewhere": lambda: Copy(FORM, CLAUSES).changed("超过 60 日", 3, "5").moved(2, 1),
    "one look-alike": lambda: Copy(FORM, CLAUSES).changed("未能证明", 0, "末"),
    "another glyph under the right code": lambda: Copy(FORM, CLAUSES).changed("未能证明", 0, "末", layer=False),
    "the same, printed elsewhere": lambda: Copy(FORM, CLAUSES).changed("未能证明", 0, "末", layer=False).moved(2, 1),
    "a sentence": lambda: Copy(FORM, CLAUSES).written(SENTENCE, FREE),
    "a sentence in white": lambda: Copy(FORM, CLAUSES).written(SENTENCE, FREE, colour="1 1 1 rg"),
    "a sentence in white over print": lambda: Copy(FORM, CLAUSES).written(SENTENCE, (100, 700), colour="1 1 1 rg"),
    "an invisible sentence": lambda: Copy(FORM, CLAUSES).written(SENTENCE, FREE, colour="3 Tr"),
    "an invisible word": lambda: Copy(FORM, CLAUSES).written("不", FREE, colour="3 Tr"),
    "a pale sentence": lambda: Copy(FORM, CLAUSES).written(SENTENCE, FREE, colour="0.98 g"),
    "a tiny sentence": lambda: Copy(FORM, CLAUSES).written(SENTENCE, FREE, size=1.0),
    "a sentence behind a picture": lambda: (
        Copy(FORM, CLAUSES).written(SENTENCE, FREE).pasted(WHITE, (90, 775, 300, 800))
    ),
    "a picture of a sentence": lambda: Copy(FORM, CLAUSES).pasted(lettering(SENTENCE), (100, 780, 220, 792)),
    "a tiny picture of a sentence": lambda: Copy(FORM, CLAUSES).pasted(lettering(SENTENCE), (100, 788, 118, 790)),
    "print in yellow": lambda: Copy(FORM, CLAUSES).coloured("1 1 0 rg"),
    "print in yellow elsewhere": lambda: Copy(FORM, CLAUSES).coloured("1 1 0 rg").moved(2, 1),
    "white paint": lambda: Copy(FORM, CLAUSES).painted((150, 300, 162, 312)),
    "an annotation": lambda: Copy(FORM, CLAUSES).noted(SENTENCE, (300, 300, 420, 316)),
    "an annotation in a blank": lambda: Copy(FORM, CONTACTS).noted(SENTENCE, (205, 175, 330, 195)),
    "a picture in a blank": lambda: Copy(FORM, CONTACTS).pasted(lettering(SENTENCE), (205, 178, 300, 192)),
    "a tiny picture beside an entry": lambda: (
        Copy(FORM, CONTACTS).written("管理员", (205, 190)).pasted(lettering(SENTENCE), (300, 186, 312, 187.4))
    ),
    "a tiny picture below an entry": lambda: (
        Copy(FORM, CONTACTS).written("管理员", (205, 190)).pasted(lettering(SENTENCE), (205, 192.6, 225, 194))
    ),
    "white words in a blank": lambda: Copy(FORM, CONTACTS).written(SENTENCE, (205, 190), colour="1 1 1 rg"),
    "a field that shows another value": lambda: Copy(FORM, CONTACTS).filled(
        "contact_phone", "13800000031", shown="13800000037"
    ),
    "a field that shows nothing": lambda: Copy(FORM, CONTACTS).filled("contact_phone", "13800000031", flags=HIDDEN),
    "a field of another name": lambda: (
        Copy(FORM, CONTACTS).filled("contact_name", "管理员").named("contact_name", "contact_title")
    ),
    "print beside a field's value": lambda: (
        Copy(FORM, CONTACTS).filled("contact_name", "管理员").written(SENTENCE, (300, 190))
    ),
    "words where a seal belongs": lambda: Copy(FORM, SIGNING).written(SENTENCE, (205, 500)),
    "a picture where a seal belongs": lambda: Copy(FORM, SIGNING).pasted(lettering(SENTENCE), (205, 480, 300, 500)),
}


TOLD = {
    "an invisible sentence",
    "a tiny sentence",
    "a sentence behind a picture",
    "white words in a blank",
    "a field that shows another value",
    "a field that shows nothing",
}  # what the layer says more than the picture


@needs_fonts
@pytest.mark.engine
@pytest.mark.parametrize("lie", LIES)
def test_a_page_that_lies_is_never_verified_and_what_its_layer_adds_is_told_with_its_place(
    tmp_path: Path, lie: str
) -> None:
    document, verified = taken(LIES[lie](), tmp_path, engine())
    assert not verified
    assert set(LIES) >= TOLD
    if lie not in TOLD:
        return
    told = [remark for remark in document.remarks if remark.code == "text_layer_contradicts"]
    assert [remark.page for remark in told] == [1]
    assert told[0].box is not None
    assert ("13800000031" if "field" in lie else SENTENCE) in told[0].message.zh


# --- the whole way ------------------------------------------------------------------------------------------------


def judged(path: Path, folder: Path) -> tuple[Facts, dict[str, set[str]]]:
    """Facts, and the outcomes of every rule."""
    facts = look(path, submission(path), packs(), engine(), folder / "gallery")
    outcomes: dict[str, set[str]] = {}
    for finding in judge(facts, pack("service_agreement"), world()):
        outcomes.setdefault(finding.rule, set()).add(finding.outcome)
    return facts, outcomes


@cache
def values() -> dict[str, str]:
    return {"contact_name": "管理员", "contact_phone": "13800000031"}


@pytest.mark.engine
def test_an_exact_copy_is_unmodified_but_was_never_on_paper(tmp_path: Path) -> None:
    copy = Copy(FORM, CONTACTS, alone=False)
    for name, value in values().items():
        copy.filled(name, value)
    facts, outcomes = judged(copy.write(tmp_path / "whole.pdf"), tmp_path)
    comparison = facts.observations.comparison
    assert comparison is not None
    assert all(match.proved for match in comparison.pages)
    assert {rule: outcomes[rule] for rule in ("AGR-01d", "AGR-01e", "AGR-01f", "AGR-01h")} == {
        rule: {"pass"} for rule in ("AGR-01d", "AGR-01e", "AGR-01f", "AGR-01h")
    }
    phone = facts.extraction.fields["contact_phone"]
    assert (phone.value, phone.source) == ("13800000031", "form")
    assert outcomes["IN-05"] == {"fail"}
    assert outcomes["SEAL-01"] == {"unsure"}
    assert outcomes["SEAL-03a"] == {"unsure"}
    assert verdict_of(judge(facts, pack("service_agreement"), world())) != "passed"


@needs_fonts
@pytest.mark.engine
@pytest.mark.parametrize("lie", ["a look-alike", "a clause in a blank", "white words"])
def test_a_lie_on_one_page_keeps_the_agreement_from_being_unmodified(tmp_path: Path, lie: str) -> None:
    copies: dict[str, Callable[[], Copy]] = {
        "a look-alike": lambda: Copy(FORM, CLAUSES, alone=False).changed("未能证明", 0, "末", layer=False),
        "a clause in a blank": lambda: Copy(FORM, CONTACTS, alone=False).written(SENTENCE, (205, 190)),
        "white words": lambda: Copy(FORM, CLAUSES, alone=False).written(SENTENCE, FREE, colour="1 1 1 rg"),
    }
    facts, outcomes = judged(copies[lie]().write(tmp_path / "whole.pdf"), tmp_path)
    told = any(remark.code == "text_layer_contradicts" for remark in facts.document.remarks)
    unmodified = all(outcomes[f"AGR-01{sub}"] == {"pass"} for sub in "defg")
    assert told or not unmodified
