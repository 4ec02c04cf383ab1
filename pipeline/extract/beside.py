"""The value that stands beside a label, in one or several parts, and how sure the two belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extract.anchors import Anchor, Layout, reading_order, same_row
from pipeline.extract.glyphs import Run, around, joined
from pipeline.extract.labels import is_prose
from pipeline.model import Box

# How a value was found, best first; a later one is only used where no earlier one is.
APART, COLON, SPACED, TIGHT = 3.0, 2.5, 2.0, 1.0
MISREAD_COST = 0.5
BELOW_GAP = 1.6  # of the text height
LONGEST_TIGHT = 60
GAP_BEHIND = 0.5  # em between a label and the value in its line
LOOSE_GAP = 1.5  # em; parts of one value stand closer


@dataclass(frozen=True)
class Part:
    """Lines of one value; box in pt on the upright page."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True)
class Found:
    """`parts` stand apart, e.g. a value and the writing of a seal; `beside` is where a value belongs."""

    keys: tuple[str, ...]
    score: float
    parts: tuple[Part, ...] = ()
    below: bool = False
    beside: Box | None = None

    @property
    def whole(self) -> Part | None:
        """All parts as one."""
        return merged(self.parts) if self.parts else None


def found_values(page_layout: Layout, slope: float) -> list[Found]:
    """One entry per label that introduces fields; without parts where nothing stands beside it."""
    return [_found(anchor, page_layout, slope) for anchor in page_layout.anchors if anchor.span.label.fields]


def merged(parts: Sequence[Part]) -> Part:
    """Several parts as one value."""
    return Part(
        text=joined([part.text for part in parts]),
        box=around([part.box for part in parts]),
        confidence=min(part.confidence for part in parts),
    )


def in_parts(runs: Sequence[Run]) -> tuple[Part, ...]:
    """Lines in reading order, grouped by what stands together."""
    groups: list[list[Run]] = []
    for run in reading_order(runs):
        if groups and not _loose(groups[-1], run):
            groups[-1].append(run)
        else:
            groups.append([run])
    return tuple(merged([Part(run.text, run.origin, run.confidence) for run in group]) for group in groups)


def _loose(group: Sequence[Run], run: Run) -> bool:
    last, height = group[-1], max(group[-1].height, run.height)
    if same_row(last.box, run.box):
        return run.box[0] - last.box[2] > LOOSE_GAP * height
    left = min(other.box[0] for other in group)
    centre = abs(group[0].box[0] + group[0].box[2] - run.box[0] - run.box[2]) / 2
    return abs(run.box[0] - left) > height and centre > height


def _found(anchor: Anchor, page_layout: Layout, slope: float) -> Found:
    keys = anchor.span.label.fields
    region = _beside(anchor, slope)
    runs = [*([anchor.inline] if anchor.inline else []), *anchor.owned]
    cost = 0.0 if anchor.span.exact else MISREAD_COST
    if runs:
        score = _score(anchor)
        return Found(keys, score - cost if score else 0.0, in_parts(runs), beside=region)
    under = _below(anchor, page_layout)
    if under is None:
        return Found(keys, APART if anchor.alone else 0.0, beside=region)
    return Found(keys, SPACED - cost if _in_head_row(anchor) else TIGHT, in_parts([under]), below=True, beside=region)


def _score(anchor: Anchor) -> float:
    """0 when the label is but a word of a sentence."""
    if anchor.inline is None:
        return APART if anchor.alone else SPACED
    if anchor.span.colon:
        return COLON
    if anchor.gap >= GAP_BEHIND or anchor.inline.glyphs[0].spaced:
        return SPACED
    text = anchor.inline.text
    return 0.0 if is_prose(text) or len(text) > LONGEST_TIGHT else TIGHT


def _below(anchor: Anchor, page_layout: Layout) -> Run | None:
    """Text right under a label, as in a head row of labels; never where the next label stands."""
    box, height = anchor.run.box, anchor.run.height
    under = [
        run
        for run in page_layout.texts
        if box[3] - 0.3 * height <= run.box[1] <= box[3] + BELOW_GAP * height
        and min(box[2], run.box[2]) > max(box[0], run.box[0])
    ]
    owned = {run for other in page_layout.anchors for run in other.owned}
    free = [run for run in under if run not in owned]
    return free[0] if len(free) == 1 and (_in_head_row(anchor) or not anchor.row_mates) else None


def _in_head_row(anchor: Anchor) -> bool:
    """Labels side by side with nothing between them."""
    return any(not mate.inline and not mate.owned for mate in anchor.row_mates)


def _beside(anchor: Anchor, slope: float) -> Box:
    """From the label to the next one, on the upright page: the row falls by `slope`."""
    box, pad = anchor.run.box, 0.25 * anchor.run.height
    left, right = box[2] + pad, anchor.bound - pad
    top, bottom = (slope * left, slope * right) if slope > 0 else (slope * right, slope * left)
    return (left, box[1] - pad + top, right, box[3] + pad + bottom)
