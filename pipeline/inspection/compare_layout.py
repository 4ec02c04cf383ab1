"""What every scan of a form's page is laid over: all that depends on the form alone, made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from pipeline.inspection.compare_field import BORDER, Segment, box_px, segments
from pipeline.inspection.compare_text import HOLE, Mark
from pipeline.inspection.compare_warp import halved
from pipeline.model import Pixels

Rectangle = tuple[int, int, int, int]  # x0, y0, x1, y1 in px of maps with a border
FIRST_BLUR = 1.0  # px; between the sharpest and the dullest scans
RULED = 60  # darkness from which ink that is no text is a rule's or a picture's
RULE = 13  # px about the form's rules in which ink is theirs


@dataclass(frozen=True)
class Layout:
    """A form's page in the frame: its sharp `print_` with `BORDER` around, and its characters in reading order."""

    print_: Pixels
    expected: Sequence[Mark]

    @cached_property
    def parts(self) -> tuple[Segment, ...]:
        """The page's rows, cut."""
        return tuple(segments(self.expected))

    @cached_property
    def boxes(self) -> tuple[Rectangle, ...]:
        """Where each of the characters is printed."""
        boxes = (box_px(mark.box) for mark in self.expected)
        return tuple((x0 + BORDER, y0 + BORDER, x1 + BORDER, y1 + BORDER) for x0, y0, x1, y1 in boxes)

    @cached_property
    def rough(self) -> Pixels:
        """The print at half the resolution, as blurred as most scans are."""
        return halved(self.blurred(FIRST_BLUR))

    @cached_property
    def rules(self) -> Pixels | None:
        """Not 0 on and about the form's ink that is no text: rules, tables, pictures; None where there is none."""
        rest = self.print_.copy()
        for mark, (x0, y0, x1, y1) in zip(self.expected, self.boxes, strict=True):
            if mark.char != HOLE:
                rest[y0 - 1 : y1 + 1, x0 - 1 : x1 + 1] = 0
        _, ruled = cv2.threshold(rest, RULED, 1, cv2.THRESH_BINARY)
        if not cv2.countNonZero(ruled):
            return None
        return np.asarray(cv2.dilate(ruled, np.ones((RULE, RULE), np.uint8)), dtype=np.uint8)

    def blurred(self, sigma: float) -> Pixels:
        """The print as a scan of that blur (px) shows it."""
        return np.asarray(cv2.GaussianBlur(self.print_, (0, 0), sigma), dtype=np.uint8)
