"""Pen strokes, stray ink and pale writing on a laid page as differences, told from what blanks and margins allow."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.inspection.compare_faint import faint_writing
from pipeline.inspection.compare_ink import Stroke, strokes
from pipeline.inspection.compare_scene import Scene, grown, inside, located, touching, within
from pipeline.inspection.compare_text import text_of
from pipeline.inspection.register import Registration
from pipeline.model import Box, Difference, DifferenceKind, TextReader

LIKELY, DOUBTFUL = 0.85, 0.5
PARAPH = 115.0  # pt (40 mm) that initials may be long


def pen_strokes(scene: Scene, place: Registration, told: Sequence[Box]) -> list[tuple[Box, Difference]]:
    """Pen strokes and stray ink, where no textual change tells of them already."""
    blanks = [grown(box, 5.0) for _, box in scene.blanks]
    free = [*blanks, *_stamped(scene), *(grown(box, 5.0) for box in told)]
    printed = [located(scene, at) for at in scene.sheet.glyphs]
    return [(stroke.box, _stroke(scene, place, stroke, blanks)) for stroke in strokes(scene.sheet, printed, free)]


def pale_words(
    scene: Scene, place: Registration, told: Sequence[Box], reader: TextReader
) -> list[tuple[Box, Difference]]:
    """Writing too pale to count as ink, where nothing else tells of it."""
    blanks = [box for _, box in scene.blanks]
    free = [*_stamped(scene), *(grown(box, 5.0) for box in told)]
    return [
        (
            box,
            Difference(
                kind="reading",
                page=place.page,
                reference_page=place.reference_page,
                box=place.place(box),
                clause=scene.clause(box),
                found=text.text,
                confidence=DOUBTFUL,
                signals=("reread",),
                note="pale writing",
            ),
        )
        for box, text in faint_writing(scene.sheet, free, blanks, reader)
    ]


def _stamped(scene: Scene) -> list[Box]:
    return [grown(box, 4.0) for box in scene.stamped]


def _stroke(scene: Scene, place: Registration, stroke: Stroke, blanks: Sequence[Box]) -> Difference:
    long = max(stroke.box[2] - stroke.box[0], stroke.box[3] - stroke.box[1])
    runs_out = any(touching(stroke.box, box) for box in blanks) and long < 40.0
    paraph = long < PARAPH and any(within(stroke.box, margin) for margin in scene.paraphs)
    kind: DifferenceKind = "change" if stroke.pen and not scene.doubt else "reading"
    struck = [at for at in scene.sheet.glyphs if stroke.on_print and inside(located(scene, at), stroke.box, 2.0)]
    note = "ink over the print" if struck else "ink beside the print"
    if runs_out or paraph:
        kind, note = "mark", "leaves its blank" if runs_out else "paraph in the margin"
    return Difference(
        kind=kind,
        page=place.page,
        reference_page=place.reference_page,
        box=place.place(stroke.box),
        clause=scene.clause(stroke.box),
        expected=text_of([scene.aligned.expected[at] for at in struck]),
        confidence=LIKELY if stroke.pen else DOUBTFUL,
        signals=("ink", "shape") if stroke.pen else ("ink",),
        note=note,
    )
