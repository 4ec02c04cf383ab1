"""Outlines of seals: circle, ellipse and square in mm, laid onto an ink map by least squares along their normals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap

Shape = Literal["round", "oval", "square"]
Floats = NDArray[np.float64]

NORMALS = 240
STEP_MM = 0.25
_BAND_MM = 0.6  # half width of the outline's ink band
_GUARD_MM = 1.6  # where the paper outside should be bare again


@dataclass(frozen=True)
class Outline:
    """Middle line of a seal's border: centre and half axes in mm, origin top-left, `angle` in radians clockwise."""

    shape: Shape
    x: float
    y: float
    a: float
    b: float
    angle: float = 0.0

    @property
    def extent(self) -> tuple[float, float]:
        """Half width and half height in mm of the upright box around it."""
        cos, sin = abs(np.cos(self.angle)), abs(np.sin(self.angle))
        if self.shape == "square":
            return float(self.a * cos + self.b * sin), float(self.a * sin + self.b * cos)
        return float(np.hypot(self.a * cos, self.b * sin)), float(np.hypot(self.a * sin, self.b * cos))

    def grown(self, mm: float) -> Outline:
        """The outline moved outwards along its normals (for an ellipse: approximately)."""
        return replace(self, a=self.a + mm, b=self.b + mm)


@lru_cache(maxsize=8)
def _unit_circle(count: int) -> Floats:
    t = np.arange(count) * (2 * np.pi / count)
    return np.stack([np.sin(t), -np.cos(t)], axis=1)


@lru_cache(maxsize=8)
def _unit_square(count: int) -> tuple[Floats, Floats]:
    t = (np.arange(count) + 0.5) / count * 4
    side, along = np.floor(t).astype(int), (t % 1) * 2 - 1
    nx = np.choose(side, [0.0, 1.0, 0.0, -1.0])
    ny = np.choose(side, [-1.0, 0.0, 1.0, 0.0])
    return np.stack([nx - ny * along, ny + nx * along], axis=1), np.stack([nx, ny], axis=1)


def _own_frame(outline: Outline, count: int) -> tuple[Floats, Floats]:
    """Points and outward normals around the origin before turning, uniform in arc length, from the top clockwise."""
    if outline.shape == "square":
        points, normals = _unit_square(count)
        return points * (outline.a, outline.b), normals
    if outline.a == outline.b:
        circle = _unit_circle(count)
        return circle * outline.a, circle
    dense = _unit_circle(8 * count)
    speed = np.hypot(outline.a * dense[:, 1], outline.b * dense[:, 0])
    length = np.zeros(8 * count + 1)
    np.cumsum((speed + np.roll(speed, -1)) / 2, out=length[1:])
    t = np.interp(np.arange(count) / count * length[-1], length, np.arange(8 * count + 1)) * (2 * np.pi / (8 * count))
    sin, cos = np.sin(t), np.cos(t)
    normals = np.stack([outline.b * sin, -outline.a * cos], axis=1)
    normals /= np.sqrt((normals**2).sum(axis=1, keepdims=True))
    return np.stack([outline.a * sin, -outline.b * cos], axis=1), normals


def _turned(vectors: Floats, angle: float) -> Floats:
    if angle == 0:
        return vectors
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(vectors @ np.array([[cos, sin], [-sin, cos]]), dtype=np.float64)


def points_and_normals(outline: Outline, count: int = NORMALS) -> tuple[Floats, Floats]:
    """`count` points (x, y) in mm, uniform in arc length, clockwise from the outline's top, and outward normals."""
    points, normals = _own_frame(outline, count)
    return _turned(points, outline.angle) + np.array([outline.x, outline.y]), _turned(normals, outline.angle)


def profile(
    ink: FloatMap, scale: float, outline: Outline, offsets: Floats, count: int = NORMALS
) -> tuple[FloatMap, NDArray[np.bool_]]:
    """Ink along the normals, shape (count, len(offsets)), offsets in mm outwards; which points are on the map."""
    points, normals = points_and_normals(outline, count)
    px = points * scale
    start, along = (px - 0.5).astype(np.float32), normals.astype(np.float32)
    steps = (offsets * scale).astype(np.float32)
    x, y = (start[:, axis, None] + along[:, axis, None] * steps for axis in (0, 1))
    sampled = cv2.remap(ink, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    height, width = ink.shape[:2]
    inside = (px[:, 0] > 0) & (px[:, 0] < width) & (px[:, 1] > 0) & (px[:, 1] < height)
    return np.asarray(sampled, dtype=np.float32), inside


def _jacobian(outline: Outline, count: int) -> Floats:
    """Movement of each outline point along its normal per unit of x, y, a, (b), (angle)."""
    points, normals = _own_frame(outline, count)
    turned = _turned(normals, outline.angle)
    columns = [turned[:, 0], turned[:, 1]]
    if outline.shape == "round":
        columns.append(np.ones(count))
        return np.stack(columns, axis=1)
    if outline.shape == "square":
        columns.append(np.ones(count))
    else:
        columns.append(normals[:, 0] * points[:, 0] / outline.a)
        columns.append(normals[:, 1] * points[:, 1] / outline.b)
    swing = np.stack([-points[:, 1], points[:, 0]], axis=1)
    columns.append((normals * swing).sum(axis=1))
    return np.stack(columns, axis=1)


def _moved(outline: Outline, step: Floats) -> Outline:
    x, y = outline.x + float(step[0]), outline.y + float(step[1])
    a = outline.a + float(step[2])
    if outline.shape == "round":
        return replace(outline, x=x, y=y, a=a, b=a)
    if outline.shape == "square":
        return replace(outline, x=x, y=y, a=a, b=a, angle=outline.angle + float(step[3]))
    return replace(outline, x=x, y=y, a=a, b=outline.b + float(step[3]), angle=outline.angle + float(step[4]))


def _edge_response(ink: FloatMap, scale: float, outline: Outline, reach: float) -> tuple[Floats, Floats, Floats]:
    """Best offset of the ink band per normal within +-`reach` mm, its strength, and whether the point is on the map."""
    offsets = np.arange(-reach - _BAND_MM, reach + _GUARD_MM + _BAND_MM + STEP_MM / 2, STEP_MM)
    sampled, inside = profile(ink, scale, outline, offsets)
    width = 2 * round(_BAND_MM / STEP_MM) + 1
    band = cv2.blur(sampled, (width, 1), borderType=cv2.BORDER_REPLICATE)
    guard = round(_GUARD_MM / STEP_MM)
    first = round(_BAND_MM / STEP_MM)
    count = round(2 * reach / STEP_MM) + 1
    score = band[:, first : first + count] - 0.6 * band[:, first + guard : first + guard + count]
    best = score.argmax(axis=1)
    strength = np.maximum(score[np.arange(len(score)), best], 0) * inside
    return offsets[first + best], strength.astype(np.float64), inside.astype(np.float64)


def fit(ink: FloatMap, scale: float, outline: Outline, *, close: bool = False) -> Outline:
    """The outline moved, sized and turned so that it lies on the ink band next to it (robust Gauss-Newton).

    `close` = it nearly does already.
    """
    start = outline
    for reach in (1.0, 0.75) if close else (2.5, 1.75, 1.25, 0.75):
        offset, strength, _ = _edge_response(ink, scale, outline, reach)
        if strength.sum() < 1e-3:
            return start
        jacobian = _jacobian(outline, NORMALS)
        middle = np.zeros(jacobian.shape[1])
        for _ in range(4):
            residual = offset - jacobian @ middle
            weight = strength / (1 + (residual / (0.35 * reach)) ** 2) ** 2
            normal = jacobian.T @ (jacobian * weight[:, None]) + np.eye(jacobian.shape[1]) * 1e-3 * weight.sum()
            middle = np.linalg.solve(normal, jacobian.T @ (weight * offset))
        outline = _moved(outline, middle)
        if not (5 < outline.a < 40 and 5 < outline.b < 40):
            return start
    return outline
