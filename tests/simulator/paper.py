"""The scanner: where the sheet lies on the glass, what the optics and the sensor do, and how the picture is coded."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.simulator.ink import Box, Bytes, Floats, Page, compose, cover
from tests.simulator.texture import field

Mode = Literal["colour", "grey", "1-bit"]
Range = tuple[float, float]


@dataclass(frozen=True)
class ScanSettings:
    """Ranges are drawn per page; blur in scan pixels; crop_mm = left, top, right, bottom (< 0 shows background)."""

    dpi: int = 200
    mode: Mode = "colour"
    skew_deg: Range = (-0.6, 0.6)
    shift_mm: float = 0.8
    stretch: float = 0.002
    warp_mm: float = 0.15
    blur_px: Range = (0.6, 0.8)
    shade: Range = (0.01, 0.04)
    tint: tuple[float, float, float] = (0.985, 0.98, 0.965)
    contrast: Range = (0.93, 0.97)
    noise: Range = (1.5, 3.0)
    dust: Range = (3, 9)
    jpeg: int = 80
    crop_mm: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    background: int = 246
    turn: int = 0
    turns: Mapping[int, int] | None = None


PRESETS: dict[str, ScanSettings] = {
    "clean": ScanSettings(
        skew_deg=(-0.15, 0.15),
        shift_mm=0.3,
        stretch=0.0005,
        warp_mm=0.04,
        blur_px=(0.4, 0.5),
        shade=(0.0, 0.01),
        tint=(0.995, 0.995, 0.99),
        contrast=(0.97, 0.99),
        noise=(0.6, 1.2),
        dust=(0, 2),
        jpeg=90,
    ),
    "normal": ScanSettings(),
    "hard": ScanSettings(
        skew_deg=(-1.2, 1.2),
        shift_mm=1.8,
        stretch=0.006,
        warp_mm=0.5,
        blur_px=(0.9, 1.25),
        shade=(0.05, 0.12),
        tint=(0.97, 0.95, 0.90),
        contrast=(0.82, 0.90),
        noise=(3.5, 6.5),
        dust=(15, 40),
        jpeg=55,
    ),
}


def preset(name: str, dpi: int = 200, mode: Mode = "colour") -> ScanSettings:
    """clean, normal or hard at a resolution."""
    return replace(PRESETS[name], dpi=dpi, mode=mode)


@dataclass(frozen=True)
class ScannedPage:
    """RGB picture after coding, its coded bytes, and the map from paper mm to received page points (2 x 3)."""

    picture: Bytes
    coded: bytes
    dpi: int
    mode: Mode
    to_points: NDArray[np.float64]

    @property
    def size_pt(self) -> tuple[float, float]:
        """Page size as received."""
        height, width = self.picture.shape[:2]
        return width * 72 / self.dpi, height * 72 / self.dpi

    def box(self, box_mm: Box) -> Box:
        """A box of the paper as box of the received page in points (the slow warp, < 0.5 mm, is left out)."""
        x0, y0, x1, y1 = box_mm
        corners = np.array([[x0, y0, 1], [x1, y0, 1], [x1, y1, 1], [x0, y1, 1]]) @ self.to_points.T
        left, top = corners.min(axis=0)
        right, bottom = corners.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


def scan(page: Page, settings: ScanSettings, rng: np.random.Generator, number: int = 1) -> ScannedPage:
    """One pass over the glass."""
    glass = compose(page)
    to_scan, shape = _placement(page, settings, rng)
    ratio = page.dpi / settings.dpi
    sigma = float(np.hypot(rng.uniform(*settings.blur_px) * ratio, 0.38 * ratio))
    soft = np.asarray(cv2.GaussianBlur(glass, (0, 0), sigma), dtype=np.uint8)
    lying = _project(soft, to_scan, shape, settings, rng)
    lit = _sense(lying, settings, rng)
    turn = (settings.turns or {}).get(number, settings.turn)
    to_points = np.vstack([to_scan, [0, 0, 1]]) @ np.diag([page.px_per_mm, page.px_per_mm, 1.0])
    to_points = np.diag([72 / settings.dpi, 72 / settings.dpi, 1.0]) @ to_points
    to_points = _turn_matrix(turn, shape[1] * 72 / settings.dpi, shape[0] * 72 / settings.dpi) @ to_points
    upright = np.ascontiguousarray(np.rot90(lit, -turn // 90))
    picture, coded = encode(upright, settings)
    return ScannedPage(picture, coded, settings.dpi, settings.mode, to_points[:2])


def _placement(
    page: Page, settings: ScanSettings, rng: np.random.Generator
) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Print pixels -> scan pixels (affine 2 x 3) and the scan's rows and columns."""
    width, height = page.size_mm
    left, top, right, bottom = settings.crop_mm
    scale = settings.dpi / 25.4
    shape = (round((height - top - bottom) * scale), round((width - left - right) * scale))
    angle = np.radians(rng.uniform(*settings.skew_deg))
    spread = 1 + rng.normal(0, settings.stretch / 2, 2)
    shear = rng.normal(0, settings.stretch / 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.array([[spread[0], shear], [0.0, spread[1]]]) * (settings.dpi / page.dpi)
    centre = np.array([page.toner.shape[1] / 2, page.toner.shape[0] / 2])
    goal = np.array([(width / 2 - left) * scale, (height / 2 - top) * scale])
    goal += rng.uniform(-1, 1, 2) * settings.shift_mm * scale
    return np.column_stack([linear, goal - linear @ centre]), shape


def _project(
    soft: Bytes, to_scan: NDArray[np.float64], shape: tuple[int, int], settings: ScanSettings, rng: np.random.Generator
) -> Bytes:
    back = cv2.invertAffineTransform(to_scan)
    xs, ys = np.meshgrid(np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32))
    reach = settings.warp_mm * settings.dpi / 25.4 / 2
    slow = max(shape) / 3.0
    wave_x, wave_y = field(shape, slow, rng) * reach, field(shape, slow, rng) * reach
    xs, ys = xs + wave_x, ys + wave_y
    map_x = (back[0, 0] * xs + back[0, 1] * ys + back[0, 2]).astype(np.float32)
    map_y = (back[1, 0] * xs + back[1, 1] * ys + back[1, 2]).astype(np.float32)
    edge = (settings.background,) * 3
    return np.asarray(
        cv2.remap(soft, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=edge),
        dtype=np.uint8,
    )


def _sense(lying: Bytes, settings: ScanSettings, rng: np.random.Generator) -> Bytes:
    """Paper tint, contrast, light falling off across the glass, sensor noise, dust."""
    shape = (lying.shape[0], lying.shape[1])
    contrast = rng.uniform(*settings.contrast)
    white = np.asarray(settings.tint, dtype=np.float32) * 252
    light = np.asarray((1 - contrast * (1 - cover(lying))) * white, dtype=np.float32)
    angle, depth = rng.uniform(0, 2 * np.pi), rng.uniform(*settings.shade)
    rows, cols = (
        np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None],
        np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :],
    )
    light *= (1 - depth * (0.5 + 0.5 * (rows * np.sin(angle) + cols * np.cos(angle))))[:, :, None].astype(np.float32)
    _dust(light, settings, rng)
    sigma = rng.uniform(*settings.noise)
    grain = field(shape, 1.4, rng)[:, :, None] * (0.6 * sigma)
    light += grain + rng.standard_normal(light.shape, dtype=np.float32) * (0.7 * sigma)
    return np.clip(np.round(light), 0, 255).astype(np.uint8)


def _dust(light: Floats, settings: ScanSettings, rng: np.random.Generator) -> None:
    """Specks of 0.1-0.35 mm and now and then a hair, in place."""
    scale = settings.dpi / 25.4
    veil = np.ones(light.shape[:2], dtype=np.float32)
    for _ in range(int(rng.integers(int(settings.dust[0]), int(settings.dust[1]) + 1))):
        x, y = rng.uniform(0, light.shape[1]), rng.uniform(0, light.shape[0])
        axes = (rng.uniform(0.05, 0.17, 2) * scale * 16).astype(int)
        depth = float(rng.uniform(0.15, 0.7))
        if rng.random() < 0.06:
            ends = [(round(x + dx), round(y + dy)) for dx, dy in rng.normal(0, 1.2 * scale, (4, 2))]
            cv2.polylines(veil, [np.array(ends, dtype=np.int32)], False, 1 - 0.5 * depth, 1, cv2.LINE_AA)
            continue
        centre = (round(x * 16), round(y * 16))
        cv2.ellipse(
            veil,
            centre,
            (int(axes[0]), int(axes[1])),
            float(rng.uniform(0, 180)),
            0,
            360,
            1 - depth,
            -1,
            cv2.LINE_AA,
            4,
        )
    light *= cv2.GaussianBlur(veil, (0, 0), 0.5)[:, :, None]


def _turn_matrix(turn: int, width: float, height: float) -> NDArray[np.float64]:
    """Turn a page clockwise by a multiple of 90 degrees inside its own bounds."""
    if turn % 360 == 90:
        return np.array([[0, -1, height], [1, 0, 0], [0, 0, 1]], dtype=np.float64)
    if turn % 360 == 180:
        return np.array([[-1, 0, width], [0, -1, height], [0, 0, 1]], dtype=np.float64)
    if turn % 360 == 270:
        return np.array([[0, 1, 0], [-1, 0, width], [0, 0, 1]], dtype=np.float64)
    return np.eye(3)


def encode(picture: Bytes, settings: ScanSettings) -> tuple[Bytes, bytes]:
    """The picture as the reader will see it, and its bytes (JPEG 4:2:0; 1-bit: packed rows, 1 = white)."""
    if settings.mode == "1-bit":
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        white = grey > round(float(np.median(grey)) * 0.66)
        return np.repeat(np.where(white, 255, 0).astype(np.uint8)[:, :, None], 3, axis=2), np.packbits(
            white, axis=1
        ).tobytes()
    image = Image.fromarray(picture)
    if settings.mode == "grey":
        image = image.convert("L")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=settings.jpeg, subsampling=2, dpi=(settings.dpi, settings.dpi), optimize=True)
    return np.asarray(Image.open(buffer).convert("RGB")), buffer.getvalue()
