"""Drawn pages through the whole comparison; the recogniser is a script that answers from what was really drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from pipeline.inspection.compare import compare
from pipeline.model import (
    Blank,
    Comparison,
    Document,
    Line,
    Page,
    Picture,
    Pixels,
    ReadLine,
    ReadText,
    Reference,
    Seal,
    Submission,
    Word,
)

SCALE = 200 / 72
STEP, PITCH = 9.0, 24.0  # pt
ROWS = [
    "1.1 Either party may not assign this agreement",
    "without prior written consent of the provider",
    "1.2 The term is 36 months from first activation",
    "and availability shall not fall below 99.9 pct",
    "2.1 Disputes go to the people court of Pudong",
    "and in no case to arbitration by any institute",
    "2.2 Customer data is stored on the mainland and",
    "must not be moved abroad without our consent in",
    "writing except where the law demands otherwise",
    "Name:",
]
BLANK = Blank(name="customer_name", page=1, box=(150, 296 - 8, 400, 316 - 2))
SUBMISSION = Submission(
    sha256="0" * 64, name="drawn.pdf", received_at=datetime(2026, 11, 1, tzinfo=UTC), source="cli", size=1, media="pdf"
)


def place(row: int, column: int) -> tuple[float, float, float, float]:
    x, y = 70 + STEP * column, 72 + PITCH * row
    return (x, y, x + STEP, y + 14)


def line(row: int, text: str, column: int = 0, confidence: float = 0.98) -> Line:
    words = tuple(
        Word(text=char, box=place(row, column + at), confidence=confidence)
        for at, char in enumerate(text)
        if not char.isspace()
    )
    last = place(row, column + len(text) - 1)
    first = place(row, column)
    return Line(text=text, box=(first[0], first[1], last[2], last[3]), confidence=confidence, words=words)


def drawn(rows: list[str], extra: tuple[tuple[int, int, str], ...] = ()) -> Pixels:
    canvas = np.full((round(842 * SCALE), round(595 * SCALE)), 255, np.uint8)
    for row, column, text in [*((at, 0, text) for at, text in enumerate(rows)), *extra]:
        for at, char in enumerate(text):
            x, _, _, bottom = place(row, column + at)
            origin = (round((x + 1) * SCALE), round((bottom - 3.5) * SCALE))
            cv2.putText(canvas, char, origin, cv2.FONT_HERSHEY_SIMPLEX, 0.95, 0, 3, cv2.LINE_AA)
    return np.repeat(canvas[:, :, None], 3, axis=2)


def scanned(pixels: Pixels, seed: int = 1) -> Pixels:
    """Turned, blurred, on greyish paper, with noise."""
    rng = np.random.default_rng(seed)
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 0.5, 0.99)
    lying = cv2.warpAffine(pixels, turn, (width, height), borderValue=(255, 255, 255))
    soft = cv2.GaussianBlur(lying, (0, 0), 0.9).astype(np.float32) * 0.92
    return np.asarray(np.clip(soft + rng.normal(0, 3, soft.shape), 0, 255), dtype=np.uint8)


@dataclass
class Pictures:
    pixels: list[Pixels]

    def picture(self, number: int, dpi: float | None = None) -> Picture:
        target = dpi or 200.0
        picture = self.pixels[number - 1]
        if target != 200.0:
            picture = np.asarray(cv2.resize(picture, None, fx=target / 200, fy=target / 200), dtype=np.uint8)
        return Picture(picture, target)


@dataclass
class Script:
    """Answers every strip with the next text; counts what it was asked."""

    answers: list[str] = field(default_factory=list)
    asked: int = 0

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        return ()

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        self.asked += len(strips)
        return tuple(ReadText(self.answers.pop(0) if self.answers else "", 0.95) for _ in strips)


def page(rows: list[str], more: tuple[Line, ...] = ()) -> Page:
    lines = (*(line(at, text) for at, text in enumerate(rows) if text), *more)
    return Page(number=1, width=595, height=842, dpi=200, text_source="ocr", lines=lines)


def compared(
    read: list[str],
    printed: list[str],
    script: Script,
    *,
    more: tuple[Line, ...] = (),
    ink: Pixels | None = None,
    extra: tuple[tuple[int, int, str], ...] = (),
    dpi: float = 200,
    margin: float = 0.0,
    bilevel: bool = False,
    seals: tuple[Seal, ...] = (),
) -> Comparison:
    reference = Reference(sha256="0" * 64, edition="t", pages=(page(ROWS),), blanks=(BLANK,), paraph_margin=margin)
    paper = drawn(printed, extra) if ink is None else np.minimum(drawn(printed, extra), ink)
    upright = page(read, more).model_copy(update={"dpi": dpi, "bilevel": bilevel})
    document = Document(submission=SUBMISSION, pages=(upright,))
    comparison, registrations = compare(
        document, Pictures([scanned(paper)]), reference, Pictures([drawn(ROWS)]), script, seals
    )
    assert registrations[1].matched > 0.8
    return comparison


def told(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    return [
        (item.kind, item.clause, item.expected, item.found)
        for item in comparison.differences
        if item.kind in ("change", "reading")
    ]


def edited(row: int, old: str, new: str) -> list[str]:
    assert old in ROWS[row]
    return [text.replace(old, new) if at == row else text for at, text in enumerate(ROWS)]


def test_an_unmodified_scan_has_no_difference_and_costs_no_second_reading() -> None:
    script = Script()
    comparison = compared(ROWS, ROWS, script)
    assert comparison.differences == ()
    assert script.asked == 0
    assert comparison.pages[0].alignment == "registered"


def test_a_changed_figure_seen_by_reader_image_and_second_reading_is_a_change() -> None:
    other = edited(2, "36", "12")
    comparison = compared(other, other, Script(["rmis12mont"]))
    assert told(comparison) == [("change", "1.2", "36", "12")]
    assert comparison.differences[0].signals == ("text", "image", "reread")
    assert "critical" in comparison.differences[0].note


def test_a_misreading_is_cleared_by_the_image_and_the_second_reading() -> None:
    assert told(compared(edited(2, "36", "86"), ROWS, Script(["rmis36mont"]))) == []


def test_a_figure_misread_twice_over_clean_print_stays_a_reading() -> None:
    assert told(compared(edited(2, "36", "86"), ROWS, Script(["rmis86mont"]))) == [("reading", "1.2", "36", "86")]


def test_a_change_the_recogniser_does_not_admit_is_a_reading_of_its_place() -> None:
    found = told(compared(ROWS, edited(4, "court", "ccurt"), Script(["people court of"])))
    assert [item[:3] for item in found] == [("reading", "2.1", "o")]


@pytest.mark.parametrize(
    ("alone", "more"),
    [(["1", "3"], [("change", "1.2", "36", "16")]), (["l", "3"], []), (["1", "8"], [])],
)
def test_a_figure_changed_in_a_row_that_the_reader_lost(
    alone: list[str], more: list[tuple[str, str, str, str]]
) -> None:
    """It is told besides where it reads as another figure alone and the form's own reads as it should."""
    lost = [text if at != 2 else "" for at, text in enumerate(ROWS)]
    script = Script(["1.2 The term is 36", *alone])
    row = ("reading", "1.2", "1.2Thetermis36monthsfromfirstactivation", "")
    assert told(compared(lost, edited(2, "36", "16"), script)) == [row, *more]
    assert script.asked == 3


def test_an_unchanged_row_that_the_reader_lost_is_nothing() -> None:
    lost = [text if at != 2 else "" for at, text in enumerate(ROWS)]
    assert told(compared(lost, ROWS, Script(["1.2 The term is 36"]))) == []


def test_a_low_resolution_allows_no_change() -> None:
    other = edited(2, "36", "12")
    comparison = compared(other, other, Script(["rmis12mont"]), dpi=96)
    assert told(comparison) == [("reading", "1.2", "36", "12")]
    assert "96 dpi" in comparison.differences[0].note


@pytest.mark.parametrize(("dpi", "kind"), [(200, "change"), (150, "reading")])
def test_a_coarse_scan_keeps_no_comma_from_another_mark(dpi: float, kind: str) -> None:
    other = edited(3, "99.9", "99 9")
    with_mark = compared(other, other, Script(["low 99 9 pct"]), dpi=dpi)
    assert [item[0] for item in told(with_mark)] == [kind]


def test_a_filled_blank_is_a_fill_in() -> None:
    comparison = compared(ROWS, ROWS, Script(), more=(line(9, "Fictional Co", 10),), extra=((9, 10, "Fictional Co"),))
    assert [(item.kind, item.note, item.found) for item in comparison.differences] == [
        ("fill_in", "customer_name", "FictionalCo")
    ]


def test_the_same_words_outside_the_blank_are_a_change() -> None:
    comparison = compared(
        ROWS, ROWS, Script(["Fictional Co"]), more=(line(13, "Fictional Co", 10),), extra=((13, 10, "Fictional Co"),)
    )
    assert [(item[0], item[3]) for item in told(comparison)] == [("change", "FictionalCo")]


@pytest.mark.parametrize(("start", "end", "struck"), [((12, 3), (25, 3), True), ((20, 16), (34, 17), False)])
def test_a_pen_stroke_is_found_on_and_beside_the_print(
    start: tuple[int, int], end: tuple[int, int], struck: bool
) -> None:
    ink = np.full_like(drawn([]), 255)
    ends = [
        (round((place(row, column)[0]) * SCALE), round((place(row, column)[1] + 7) * SCALE))
        for column, row in (start, end)
    ]
    cv2.line(ink, ends[0], ends[1], (40, 40, 120), 5, cv2.LINE_AA)
    comparison = compared(ROWS, ROWS, Script(["x"] * 40), ink=ink)
    pens = [item for item in comparison.differences if item.kind == "change" and "ink" in item.signals]
    assert pens
    assert bool(pens[0].expected) == struck


def initialled(text: str, y: int, margin: float) -> list[tuple[str, str]]:
    """What is told of `text` written at the right edge, `y` px from the top."""
    ink = np.full_like(drawn([]), 255)
    cv2.putText(ink, text, (1440, y), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.6, (40, 40, 120), 3, cv2.LINE_AA)
    box = (1440 / SCALE, (y - 40) / SCALE, (1440 + 34 * len(text)) / SCALE, (y + 4) / SCALE)
    word = Word(text=text, box=box, confidence=0.9)
    more = (Line(text=text, box=box, confidence=0.9, words=(word,)),)
    comparison = compared(ROWS, ROWS, Script([text] * 9), more=more, ink=ink, margin=margin)
    return [(item.kind, item.note if item.kind == "mark" else "") for item in comparison.differences]


def test_initials_in_the_margin_that_a_pack_leaves_free_are_noted() -> None:
    assert initialled("WS", 1500, 90.0) == [("mark", "paraph"), ("mark", "paraph in the margin")]


@pytest.mark.parametrize(("text", "margin"), [("WS", 0.0), ("not ok", 90.0)])
def test_ink_in_the_margin_is_a_change_unless_it_can_be_initials(text: str, margin: float) -> None:
    assert "change" in [kind for kind, _ in initialled(text, 1500, margin)]


def test_dust_and_a_punch_hole_are_nothing() -> None:
    ink = np.full_like(drawn([]), 255)
    for x, y in ((500, 1500), (900, 1700), (1200, 1300)):
        cv2.circle(ink, (x, y), 3, (60, 60, 60), -1)
    cv2.circle(ink, (90, 1100), 22, (30, 30, 30), -1)
    assert compared(ROWS, ROWS, Script(), ink=ink).differences == ()


def re_flowed(row: int, old: str, new: str, seals: tuple[Seal, ...] = ()) -> Comparison:
    """The form's words with one change, set in shorter lines."""
    rows: list[str] = [""]
    for word in " ".join(edited(row, old, new)).split():
        if len(rows[-1]) + len(word) > 30:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    comparison, _ = compare(
        Document(submission=SUBMISSION, pages=(page(rows),)),
        Pictures([scanned(drawn(rows))]),
        Reference(sha256="0" * 64, edition="t", pages=(page(ROWS),), blanks=()),
        Pictures([drawn(ROWS)]),
        Script(["term is 12 months from"]),
        seals,
    )
    return comparison


def test_a_copy_of_another_layout_is_compared_by_its_words() -> None:
    comparison = re_flowed(2, "36", "12")
    assert comparison.pages[0].alignment == "reflowed"
    assert told(comparison) == [("change", "1.2", "36", "12")]


def test_words_hyphenated_by_another_layout_are_the_same_words() -> None:
    rows = [
        *("1.1 Either party may not as-", "sign this agreement without", "prior written con-", "sent of the provider"),
        *("1.2 The term is 36 months from", "first activation and availa-", "bility shall not fall below", "99.9 pct"),
        *("2.1 Disputes go to the people", "court of Pudong and in no case", "to arbitration by any insti-", "tute"),
        *("2.2 Customer data is stored on", "the mainland and must not be", "moved abroad without our con-", "sent in"),
        *("writing except where the law", "demands otherwise", "Name:"),
    ]
    comparison, _ = compare(
        Document(submission=SUBMISSION, pages=(page(rows),)),
        Pictures([scanned(drawn(rows))]),
        Reference(sha256="0" * 64, edition="t", pages=(page(ROWS),), blanks=()),
        Pictures([drawn(ROWS)]),
        Script(["x"] * 20),
    )
    assert comparison.pages[0].alignment == "reflowed"
    assert told(comparison) == []


def test_words_beside_a_seal_on_a_copy_of_another_layout_stay_in_doubt() -> None:
    (change,) = [item for item in re_flowed(2, "36", "12").differences if item.kind == "change"]
    assert change.box is not None
    x1, top, bottom = change.box[2], change.box[1], change.box[3]
    seal = Seal(
        page=1,
        box=(x1 + 2, top - 50, x1 + 120, bottom + 50),
        shape="round",
        diameter_mm=42,
        colour="red",
        confidence=0.9,
    )
    kinds = {kind for kind, *_ in told(re_flowed(2, "36", "12", (seal,)))}
    assert kinds == {"reading"}


def test_words_that_a_seal_may_have_hidden_are_not_called_taken_out() -> None:
    (plain,) = [item for item in re_flowed(3, "fall below ", "").differences if item.kind == "change"]
    assert plain.box is not None
    level = (plain.box[1] + plain.box[3]) / 2
    seal = Seal(
        page=1, box=(430, level - 60, 550, level + 60), shape="round", diameter_mm=42, colour="red", confidence=0.9
    )
    assert {kind for kind, *_ in told(re_flowed(3, "fall below ", "", (seal,)))} == {"reading"}


@pytest.mark.parametrize("written", [False, True], ids=["bare", "written on"])
def test_a_back_side_on_which_nothing_was_read_is_foreign_when_it_bears_ink(written: bool) -> None:
    back = drawn([]) if not written else drawn([""] * 4, ((4, 6, "terms are waived"),))
    reference = Reference(sha256="0" * 64, edition="t", pages=(page(ROWS),), blanks=(BLANK,))
    unread = Page(number=2, width=595, height=842, dpi=200, text_source="none")
    document = Document(submission=SUBMISSION, pages=(page(ROWS), unread))
    pictures = Pictures([scanned(drawn(ROWS)), scanned(back)])
    comparison, _ = compare(document, pictures, reference, Pictures([drawn(ROWS)]), Script())
    assert comparison.foreign == ((2,) if written else ())
