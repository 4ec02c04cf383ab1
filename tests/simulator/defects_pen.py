"""Pen, fluid and writing on the printed sheet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tests.simulator.fill import Style, ballpoint, blanks, write
from tests.simulator.ink import Box, InkPatch, Mark, Page, cover, defect
from tests.simulator.textmap import TextMap
from tests.simulator.texture import blur, field


@dataclass(frozen=True)
class StrikeOut:
    """Words crossed out with a pen."""

    find: str
    page: int | None = None
    ink: str = "pen-black"

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Raises TextNotFoundError."""
        found = text.find(self.find, self.page)
        page = pages[found.row.page - 1]
        x0, top, x1, bottom = page.px(found.box)
        pad = bottom - top
        canvas = np.zeros((3 * pad, x1 - x0 + 2 * pad), dtype=np.uint8)
        xs = np.linspace(0.7 * pad, canvas.shape[1] - 0.7 * pad, 12)
        ys = 1.5 * pad + np.cumsum(rng.normal(0, 0.03 * pad, 12)) + np.linspace(0.12, -0.12, 12) * pad
        line = np.stack([xs, ys], axis=1).round().astype(np.int32)
        cv2.polylines(canvas, [line], False, 255, max(2, round(0.38 * page.px_per_mm)), cv2.LINE_AA)
        coverage = ballpoint(cover(canvas), page.px_per_mm, rng)
        page.patches.append(InkPatch(x0 - pad, top - pad, coverage, self.ink))
        return [defect("struck out", found.row.page, found.box, self.find, "")]


@dataclass(frozen=True)
class HandNote:
    """Handwriting beside the text: box in points on a page."""

    text: str
    page: int
    box: Box
    ink: str = "pen-blue"
    kind: str = "margin handwriting"

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Shrinks and wraps to the box."""
        write(pages[self.page - 1], self.box, self.text, "hand", rng, self.ink)
        return [defect(self.kind, self.page, self.box, "", self.text)]


@dataclass(frozen=True)
class Interline:
    """Handwriting between two lines, above some words, with an insertion mark."""

    above: str
    text: str
    page: int | None = None
    ink: str = "pen-blue"

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Raises TextNotFoundError."""
        found = text.find(self.above, self.page)
        x0, top, x1, _ = found.box
        size = found.row.chars[0].size
        wide = max(x1 - x0, 1.1 * size * len(self.text))
        box = (x0, top - 0.75 * size, x0 + wide, top + 0.25 * size)
        page = pages[found.row.page - 1]
        write(page, box, self.text, "hand", rng, self.ink)
        left, upper, _, lower = page.px((x0 - 0.4 * size, top, x0 + 0.4 * size, top + size))
        canvas = np.zeros((lower - upper, round(0.8 * size * page.dpi / 72)), dtype=np.uint8)
        rows, cols = canvas.shape
        caret = np.array([[2, rows - 3], [cols // 2, rows // 3], [cols - 3, rows - 3]], dtype=np.int32)
        cv2.polylines(canvas, [caret], False, 255, max(2, round(0.3 * page.px_per_mm)), cv2.LINE_AA)
        page.patches.append(InkPatch(left, upper, ballpoint(cover(canvas), page.px_per_mm, rng), self.ink))
        return [
            defect(
                "handwriting between lines",
                found.row.page,
                (x0 - 0.4 * size, box[1], box[2], top + size),
                "",
                self.text,
            )
        ]


@dataclass(frozen=True)
class CorrectionFluid:
    """Words painted over, other words typed on the dry fluid (empty: left blank)."""

    find: str
    replace: str
    page: int | None = None

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Raises TextNotFoundError."""
        found = text.find(self.find, self.page)
        page = pages[found.row.page - 1]
        x0, top, x1, bottom = page.px(found.box)
        pad = round(0.8 * page.px_per_mm)
        shape = (bottom - top + 4 * pad, x1 - x0 + 4 * pad)
        blob = np.zeros(shape, dtype=np.float32)
        blob[pad:-pad, pad:-pad] = 1
        edge = blur(blob, 0.5 * page.px_per_mm) + 0.10 * field(shape, 1.2 * page.px_per_mm, rng)
        painted = (edge > 0.5) | (np.pad(np.ones((bottom - top, x1 - x0), dtype=bool), 2 * pad))
        rows, cols = slice(top - 2 * pad, top - 2 * pad + shape[0]), slice(x0 - 2 * pad, x0 - 2 * pad + shape[1])
        page.toner[rows, cols] = np.where(painted, 0, page.toner[rows, cols])
        solid = painted.astype(np.float32)
        rim = (
            np.clip(solid - blur(solid, 0.35 * page.px_per_mm), 0, 1) * 0.22
            + np.clip(blur(solid, 0.2 * page.px_per_mm) - solid, 0, 1) * 0.3
        )
        page.patches.append(InkPatch(x0 - 2 * pad, top - 2 * pad, rim.astype(np.float32), "shadow"))
        if self.replace:
            low = found.box[3] + 0.2 * (found.box[3] - found.box[1])
            write(
                page,
                (found.box[0], found.box[1] - 0.2 * (found.box[3] - found.box[1]), found.box[2], low),
                self.replace,
                "typed",
                rng,
            )
        return [defect("correction fluid", found.row.page, found.box, self.find, self.replace)]


@dataclass(frozen=True)
class TermInBlank:
    """A condition written into a blank of the form, such as 价格以双方另行约定为准."""

    pdf: Path
    name: str
    text: str = "价格以双方另行约定为准"
    style: Style = "hand"

    def apply(self, pages: list[Page], text: TextMap, rng: np.random.Generator) -> list[Mark]:
        """Raises StopIteration for an unknown field."""
        zone = next(zone for zone in blanks(self.pdf) if zone.name == self.name)
        write(pages[zone.page - 1], zone.box, self.text, self.style, rng)
        return [defect("term in blank", zone.page, zone.box, "", self.text)]
