"""What reader and image say about every place of a laid page, weighed into differences.

A `change` takes two independent witnesses: the image, and a reading (the page's own or the second one of the crop).
What one witness says alone is a `reading`; what the others clearly contradict is nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.inspection.compare_alone import read_alone
from pipeline.inspection.compare_clear import is_clear
from pipeline.inspection.compare_dust import may_be_dust
from pipeline.inspection.compare_lost import (
    is_gone,
    is_overlooked,
    is_plain_alone,
    lies_over,
    other_in_rows,
    rows_as_printed,
    single,
)
from pipeline.inspection.compare_pen import DOUBTFUL, LIKELY, pale_words, pen_strokes
from pipeline.inspection.compare_reread import LEAST_CONFIDENCE, Answer, middle, read_again
from pipeline.inspection.compare_scene import Scene, inside, is_moved, touching
from pipeline.inspection.compare_suspects import Explained, Suspect, lies_aside, sort_out
from pipeline.inspection.compare_text import (
    HOLE,
    around,
    critical,
    fold,
    from_row_start,
    gist,
    is_hanzi,
    text_of,
    whole_figures,
)
from pipeline.inspection.compare_torn import torn_answers
from pipeline.inspection.compare_window import lone_strips
from pipeline.inspection.register import Registration
from pipeline.model import Box, Difference, DifferenceKind, ReadText, TextReader

ASSURED = 0.85  # confidence from which the page's reading is a witness
CERTAIN = 0.97
ALONE = 3  # characters read without their neighbours
MOVED_LEAST = 12  # characters above or below their place before a page counts as moved
ROW = 10  # characters from which what was left out is words, no figure
CONTEXT = 6  # characters shown around a difference


def judge(scene: Scene, registration: Registration, reader: TextReader) -> list[Difference]:
    """Everything on the page that the form does not say, once per place, boxes in pt of the scanned page."""
    explained, suspects = sort_out(scene)
    answers = read_again(reader, [suspect.window for suspect in suspects])
    answers = _read_alone(scene, suspects, answers, reader)
    again = [said for _, said in answers]
    suspects, answers = torn_answers(scene, *_without_guessing(scene, suspects, answers, reader), again)
    mask = critical(text_of(scene.aligned.expected))
    weighed: list[tuple[Suspect, Difference]] = []
    moved = moved_rows(scene)
    shown = rows_as_printed(scene, suspects, [answer for answer, _ in answers])
    for suspect, (answer, said) in zip(suspects, answers, strict=True):
        if lies_over(suspect, shown):
            continue
        if not suspect.read and in_rows(moved, suspect.box):
            continue  # what an insertion pushed about looks odd; its words were read and are as they should be
        weighty = any(mask[suspect.lo : suspect.hi]) or any(critical(text_of(suspect.seen)))
        kind, signals = weigh(suspect, answer, weighty=weighty)
        if kind is not None:
            kind = "reading" if _is_unfit(scene, suspect) else kind
            item = _difference(scene, registration, suspect, kind, signals, said.text, weighty=weighty)
            weighed.append((suspect, item))
    pen = pen_strokes(
        scene, registration, [suspect.box for suspect, difference in weighed if difference.kind == "change"]
    )
    told = [suspect.box for suspect, _ in weighed]
    pen = [(box, item) for box, item in pen if item.kind == "change" or not any(touching(box, other) for other in told)]
    if any(difference.kind == "change" for _, difference in weighed):
        pen = [(box, item) for box, item in pen if item.expected or not in_rows(moved, box)]
    # Only a stroke that is told may stand for the words read there.
    covered = [box for box, difference in pen if difference.kind == "change"]
    textual = [
        difference
        for suspect, difference in weighed
        if difference.kind == "change" or not any(inside(suspect.box, box, 2.0) for box in covered)
    ]
    pale = pale_words(scene, registration, [*told, *covered, *_read(explained)], reader)
    words = [box for box, _ in pale]
    pen = [(box, item) for box, item in pen if item.kind == "change" or not any(touching(box, at) for at in words)]
    return _allowed(registration, explained) + textual + [difference for _, difference in (*pen, *pale)]


def _read(explained: Sequence[Explained]) -> list[Box]:
    return [mark.box for item in explained for mark in item.marks]


def _read_alone(
    scene: Scene, suspects: Sequence[Suspect], answers: Sequence[tuple[Answer, ReadText]], reader: TextReader
) -> list[tuple[Answer, ReadText]]:
    """A third look at characters that look changed but read unchanged: without neighbours there is no guessing.

    It counts only where the form's own character, as blurred as the scan, is read rightly alone.
    """
    asked = [
        number
        for number, (suspect, (answer, _)) in enumerate(zip(suspects, answers, strict=True))
        if answer == "expected"
        and suspect.sight == "differs"
        and 0 < suspect.hi - suspect.lo <= ALONE
        and (suspect.read or not all(map(is_hanzi, _shown(scene, suspect.lo, suspect.hi))))
    ]
    strips = [strip for number in asked for strip in lone_strips(scene, _printed(scene, suspects[number]))]
    texts = reader.read_strips(strips) if strips else ()
    result = list(answers)
    for at, number in enumerate(asked):
        seen, printed = texts[2 * at], texts[2 * at + 1]
        suspect = suspects[number]
        wanted = gist(_shown(scene, suspect.lo, suspect.hi))
        said = gist(fold(seen.text))
        if wanted and said and gist(fold(printed.text)) == wanted != said and seen.confidence >= LEAST_CONFIDENCE:
            result[number] = ("found", seen)
    return result


def _without_guessing(
    scene: Scene, suspects: Sequence[Suspect], answers: Sequence[tuple[Answer, ReadText]], reader: TextReader
) -> tuple[list[Suspect], list[tuple[Answer, ReadText]]]:
    """What only looks odd, read character by character: most is cleared, look-alikes give themselves away."""
    asked = [number for number, suspect in enumerate(suspects) if is_overlooked(suspect) or not suspect.read]
    alone = read_alone(scene, [range(suspects[number].lo, suspects[number].hi) for number in asked], reader)
    found, said = list(suspects), list(answers)
    others: dict[int, tuple[int, ReadText]] = {}
    for number, answer in zip(asked, alone, strict=True):
        found[number] = replace(suspects[number], surely=not answer.cleared or suspects[number].strained)
        if answer.said is None or lies_aside(suspects[number]):
            continue
        if _is_lost(scene, found[number]) and is_plain_alone(scene, answer.at, answer.said):
            others[number] = (answer.at, answer.said)
        else:
            said[number] = ("found", answer.said)
    contradicted = [number for number, (side, _) in enumerate(answers) if _is_contradicted(suspects[number], side)]
    lost = {at: found[at] for at in (*asked, *contradicted) if at not in others and _is_lost(scene, found[at])}
    others.update(other_in_rows(scene, lost, [text for _, text in answers], reader))
    for number, (at, text) in others.items():
        one = single(scene, found[number], at)
        if (found[number].lo, found[number].hi) == (at, at + 1):
            found[number], said[number] = one, ("found", text)
        else:
            found, said = [*found, one], [*said, ("found", text)]
    return found, said


def _is_lost(scene: Scene, suspect: Suspect) -> bool:
    """Whether a row was lost where it lies as printed; where lines have moved its characters may be another row's."""
    if scene.limits.coarse or not suspect.read or suspect.shared or suspect.strained:
        return False
    return not in_rows(moved_rows(scene), suspect.box)


def _is_contradicted(suspect: Suspect, side: Answer) -> bool:
    """Whether what the page's reader made of it, lettering of a seal say, is not what the strip says."""
    return not is_overlooked(suspect) and suspect.lo < suspect.hi and suspect.sight == "differs" and side == "expected"


def _printed(scene: Scene, suspect: Suspect) -> list[int]:
    return [at for at in range(suspect.lo, suspect.hi) if at in scene.sheet.glyphs]


def weigh(suspect: Suspect, answer: Answer, *, weighty: bool) -> tuple[DifferenceKind | None, tuple[str, ...]]:
    """The kind of a difference and its witnesses; None when the witnesses clear it."""
    image = suspect.sight == "differs"
    second = answer in ("found", "other")
    if not suspect.read or (is_overlooked(suspect) and answer == "expected"):
        return _weigh_look(suspect, answer)
    signals = tuple(name for name, spoke in (("text", suspect.read), ("image", image), ("reread", second)) if spoke)
    if not image and not weighty and _is_flimsy(suspect):
        return None, signals
    if suspect.window.weak:
        return _weigh_weak(suspect, answer), signals
    if suspect.sight == "same":
        return ("reading" if second and (weighty or answer == "found") else None), signals
    if image and (second or (suspect.read and answer == "nothing" and _confidence(suspect) >= ASSURED)):
        return "change", signals
    if image:
        return "reading", signals
    if answer == "expected":
        return ("reading" if weighty and _confidence(suspect) >= ASSURED else None), signals
    return "reading", signals


def _weigh_look(suspect: Suspect, answer: Answer) -> tuple[DifferenceKind | None, tuple[str, ...]]:
    """What the page's reading has as it should be or not at all, but the image has otherwise."""
    if answer == "found":  # read alone: `other` may be a speck beside a comma
        return "change", ("image", "reread")
    if answer == "expected" and not suspect.surely:
        return None, ("image",)
    return "reading", ("image",)


def _is_flimsy(suspect: Suspect) -> bool:
    """A character or two read with doubt where the form has none and hardly any ink lies: a hair, a speck."""
    return suspect.lo == suspect.hi and len(suspect.seen) <= 2 and _confidence(suspect) < ASSURED


def _weigh_weak(suspect: Suspect, answer: Answer) -> DifferenceKind | None:
    """Punctuation, case and look-alikes: dust and blur do the same, so both other witnesses must agree."""
    image = suspect.sight == "differs"
    if suspect.sight == "same" or answer in ("expected", "nothing"):
        return "reading" if image and not suspect.read else None
    if image and answer == "found" and suspect.read:
        return "change"
    return "reading" if image else None


def _is_unfit(scene: Scene, suspect: Suspect) -> bool:
    """Whether the picture cannot confirm a change there, whatever was read."""
    if scene.doubt or is_veiled(scene, suspect.box) or may_be_dust(scene, suspect):
        return True
    if scene.limits.coarse and not suspect.read:
        return True
    return is_overlooked(suspect) and not is_gone(scene, suspect)


def _confidence(suspect: Suspect) -> float:
    return min((mark.confidence for mark in suspect.seen), default=1.0)


def _difference(
    scene: Scene,
    place: Registration,
    suspect: Suspect,
    kind: DifferenceKind,
    signals: tuple[str, ...],
    said: str,
    *,
    weighty: bool,
) -> Difference:
    marks = scene.aligned.expected
    lo, hi = suspect.lo, suspect.hi
    left_out = suspect.read and not suspect.seen and hi - lo > ROW
    lo, hi = from_row_start(marks, lo, hi) if left_out else (lo, hi)
    expected = _shown(scene, lo, hi)
    before, after = _shown(scene, max(lo - CONTEXT, 0), lo), _shown(scene, hi, hi + CONTEXT)
    found = text_of(suspect.seen) if suspect.read else middle(suspect.window, said)
    notes = ["critical"] if weighty else []
    notes += [scene.doubt] if scene.doubt else []
    notes += ["under a seal in a scan without colour"] if is_veiled(scene, suspect.box) else []
    notes.append(f"…{before}[{expected}→{text_of(suspect.seen)}]{after}… reread: {said}")
    if not left_out:
        expected, found = whole_figures(before, expected, found, after)
    return Difference(
        kind=kind,
        page=place.page,
        reference_page=place.reference_page,
        box=place.place(suspect.box),
        clause=scene.clause(marks[min(lo, len(marks) - 1)].box if marks else suspect.box),
        expected=expected,
        found=found,
        confidence=(CERTAIN if len(signals) > 2 else LIKELY) if kind == "change" else DOUBTFUL,
        signals=signals,
        clear=kind == "change" and is_clear(scene, suspect, signals),
        note="; ".join(notes),
    )


def _shown(scene: Scene, lo: int, hi: int) -> str:
    return text_of(scene.aligned.expected[lo:hi]).replace(HOLE, "")


def _allowed(place: Registration, explained: Sequence[Explained]) -> list[Difference]:
    """One difference per filled blank, and one per place where a seal's lettering was read."""
    groups: dict[tuple[str, str], list[Explained]] = {}
    for item in explained:
        groups.setdefault((item.kind, item.name), []).append(item)
    found = []
    for (_, name), items in groups.items():
        marks = [mark for item in items for mark in item.marks]
        found.append(
            Difference(
                kind=items[0].kind,
                page=place.page,
                reference_page=place.reference_page,
                box=place.place(around(mark.box for mark in marks)),
                found=text_of(marks),
                confidence=min(mark.confidence for mark in marks),
                signals=("text",),
                note=name,
            )
        )
    return found


def is_veiled(scene: Scene, box: Box) -> bool:
    """Whether a seal without colour covers the place: neither reader nor image is a witness there."""
    return any(touching(box, seal) for seal in scene.veiled)


def moved_rows(scene: Scene) -> tuple[float, float] | None:
    """Top and bottom (pt of the frame) between which lines put in or taken out have moved the print."""
    rows = [scene.aligned.expected[at].box for at in scene.sheet.glyphs if is_moved(scene, at)]
    if len(rows) < MOVED_LEAST:
        return None
    return min(row[1] for row in rows) - 30, max(row[3] for row in rows) + 30


def in_rows(rows: tuple[float, float] | None, box: Box) -> bool:
    """Whether a box reaches into them."""
    return rows is not None and box[1] < rows[1] and rows[0] < box[3]
