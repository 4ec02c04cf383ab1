"""Red ink on a laid page: it is divided out with the seals' before print and scan are compared, a note with it."""

from __future__ import annotations

from pipeline.inspection.compare_scene import Scene, grown
from pipeline.inspection.register import Registration
from pipeline.inspection.tones import loose_red
from pipeline.model import Difference, Picture

RIM = 6.0  # pt around a seal or blank in which red ink is still its own
DOUBTFUL = 0.5


def red_notes(picture: Picture, scene: Scene, place: Registration) -> list[Difference]:
    """Red ink that no seal, slice or blank accounts for; doubtful, because a seal may have been overlooked."""
    free = [*scene.seals, *scene.slices, *(box for _, box in scene.blanks)]
    return [
        Difference(
            kind="reading",
            page=place.page,
            reference_page=place.reference_page,
            box=box,
            clause=scene.clause(place.back(box)),
            confidence=DOUBTFUL,
            signals=("ink",),
            note="red ink that belongs to no seal",
        )
        for box in loose_red(picture, [grown(place.place(box), RIM) for box in free])
    ]
