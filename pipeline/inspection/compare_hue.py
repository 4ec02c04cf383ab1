"""Coloured ink on a laid page, a red note's: it is divided out with the seals' before print and scan are compared."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.inspection.compare_scene import Scene, grown
from pipeline.inspection.register import Registration
from pipeline.inspection.tones import unseen_ink
from pipeline.model import Box, Difference, Picture

RIM = 6.0  # pt around a seal or blank in which coloured ink is still its own
DOUBTFUL = 0.5


def hued_notes(picture: Picture, scene: Scene, own: Sequence[Box], place: Registration) -> list[Difference]:
    """Ink that no seal, slice, blank or coloured print of the form (`own`) accounts for; a seal may be overlooked."""
    free = [*scene.stamped, *(box for _, box in scene.blanks), *own]
    return [
        Difference(
            kind="reading",
            page=place.page,
            reference_page=place.reference_page,
            box=box,
            clause=scene.clause(place.back(box)),
            confidence=DOUBTFUL,
            signals=("ink",),
            note="coloured ink that belongs to no seal",
        )
        for box in unseen_ink(picture, [grown(place.place(box), RIM) for box in free])
    ]
