"""How well ink on the paper fits a seal's outline, and whether there is lettering inside."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.chords import has_chords
from pipeline.inspection.ink import FloatMap
from pipeline.inspection.outline import NORMALS, STEP_MM, Outline, profile

_OFFSETS = np.arange(-8.0, 3.0 + STEP_MM / 2, STEP_MM)
_SECTORS = 36
WIPED_MM = 1.2  # half width of the band taken out with an outline
_LEAST_SUPPORT = 0.5
_LEAST_KNOWN = 0.6  # share of the outline that other seals must leave to be judged
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Measure:
    """Shares are 0..1; `outer_mm` = from the outline to the border's outer edge, `changes` = strokes met per turn.

    `overruns` = sides of a square, of 8, that run on beyond a corner as table rules do; `known` = share of the outline
    on the page that no other seal hides; `chords` = two lines run across a ring.
    """

    support: float
    weakest: float
    visible: float
    level: float
    outer_mm: float
    thickness_mm: float
    text_spread: float
    text_run: float
    changes: float
    coverage: float
    overruns: int = 0
    known: float = 1.0
    chords: bool = False


def _between(low: float, high: float) -> slice:
    return slice(int(np.searchsorted(_OFFSETS, low - 1e-6)), int(np.searchsorted(_OFFSETS, high + 1e-6)))


def _hits(sampled: FloatMap, faint: float) -> tuple[Flags, float]:
    """Normals on which the border is inked and the paper just outside it is not, and the ink level of the border."""
    on = sampled[:, _between(-0.75, 0.75)].max(axis=1)
    outside = sampled[:, _between(1.25, 2.25)].mean(axis=1)
    level = max(float(np.quantile(on, 0.6)), faint)
    return (on > max(0.3 * level, 0.7 * faint)) & (outside < 0.6 * on), level


def _weakest_quarter(hits: Flags, inside: Flags) -> float:
    shares = []
    for quarter in range(4):
        part = np.roll(np.arange(NORMALS), -quarter * NORMALS // 4)[: NORMALS // 4]
        seen = inside[part]
        if seen.mean() >= 0.4:
            shares.append(float(hits[part][seen].mean()))
    return min(shares, default=0.0)


def _lettering(sampled: FloatMap, inside: Flags, outline: Outline, level: float) -> tuple[float, float, float]:
    """Share of sectors with ink in the text band, share of their longest arc, and ink-paper changes per full turn."""
    unit = min(outline.a, outline.b) / 20.0
    band = sampled[:, _between(-min(6.5 * unit, 7.5), -1.6 * unit)]
    # Lettering is thinner than the border, so at low resolution it is paler: it is judged by its own strength.
    strength = float(np.quantile(band, 0.97))
    dark = band > max(0.35 * min(strength, level), 0.07 * level, 0.025)
    sector = np.arange(NORMALS) * _SECTORS // NORMALS
    filled = np.bincount(sector, weights=dark.mean(axis=1), minlength=_SECTORS) * _SECTORS / NORMALS
    seen = np.bincount(sector, weights=inside, minlength=_SECTORS) > 0
    inked = (filled > 0.08) & seen
    spread = float(inked[seen].mean()) if seen.any() else 0.0
    flips = (dark != np.roll(dark, 1, axis=0)).sum(axis=0)
    share = max(float(inside.mean()), 0.1)
    return spread, _longest_arc(inked) / _SECTORS, float(np.quantile(flips, 0.7)) / share


def _longest_arc(inked: Flags) -> int:
    """Longest run of inked sectors around the circle; a single empty sector (a gap between words) does not end it."""
    bridged = inked | (np.roll(inked, 1) & np.roll(inked, -1))
    longest = run = 0
    for flag in np.concatenate([bridged, bridged]):
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return min(longest, _SECTORS)


def _edges(sampled: FloatMap, hits: Flags) -> tuple[float, float]:
    """Outer edge of the border relative to the outline, and its thickness, from the mean profile in mm."""
    if not hits.any():
        return 0.5, 1.0
    mean = sampled[hits].mean(axis=0)
    low, high = _between(-1.0, 1.0).start, _between(-1.0, 1.0).stop
    top = int(low + mean[low:high].argmax())
    half = 0.5 * mean[top]
    right = next((i for i in range(top, len(mean)) if mean[i] < half), len(mean) - 1)
    left = next((i for i in range(top, -1, -1) if mean[i] < half), 0)
    outer = float(_OFFSETS[right - 1] + STEP_MM * (mean[right - 1] - half) / max(mean[right - 1] - mean[right], 1e-6))
    return min(outer, 2.0), float(_OFFSETS[right] - _OFFSETS[left] - STEP_MM)


def _coverage(ink: FloatMap, scale: float, outline: Outline, level: float) -> float:
    """Share of the area inside the outline that is inked."""
    x, y = outline.x * scale, outline.y * scale
    half_x, half_y = (extent * scale for extent in outline.extent)
    x0, x1 = max(0, int(x - half_x)), min(ink.shape[1], int(x + half_x) + 1)
    y0, y1 = max(0, int(y - half_y)), min(ink.shape[0], int(y + half_y) + 1)
    if x1 <= x0 or y1 <= y0:
        return 0.0
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    centre = (round(x) - x0, round(y) - y0)
    axes = (max(1, round(outline.a * scale)), max(1, round(outline.b * scale)))
    if outline.shape == "square":
        corners = cv2.boxPoints((centre, (2.0 * axes[0], 2.0 * axes[1]), float(np.rad2deg(outline.angle))))
        cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1)
    else:
        cv2.ellipse(mask, centre, axes, float(np.rad2deg(outline.angle)), 0, 360, 1, -1)
    region = ink[y0:y1, x0:x1][mask > 0]
    return float((region > 0.3 * level).mean()) if region.size else 0.0


def _overruns(ink: FloatMap, scale: float, outline: Outline, level: float) -> int:
    """Prolonged sides, of eight, that are inked 1.5 to 4 mm beyond the corner; off the map they count as bare."""
    cos, sin = np.cos(outline.angle), np.sin(outline.angle)
    reach = outline.a + np.arange(1.5, 4.01, 0.5)
    across = outline.a + np.arange(-0.75, 0.76, 0.25)
    inked = 0
    for along, beside in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        u, v = np.meshgrid(along * reach, beside * across)
        for one, other in ((u, v), (v, u)):
            x = ((outline.x + one * cos - other * sin) * scale - 0.5).astype(np.float32)
            y = ((outline.y + one * sin + other * cos) * scale - 0.5).astype(np.float32)
            sampled = cv2.remap(ink, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
            # The strongest row across is the rule, wherever in the border's width it lies.
            inked += bool((sampled.max(axis=0) > 0.35 * level).mean() > 0.8)
    return inked


def measure(
    ink: FloatMap,
    scale: float,
    outline: Outline,
    inside: Flags | None = None,
    known: Flags | None = None,
    faint: float = 0.03,
) -> Measure:
    """Measures of `outline` on `ink` at `scale` px/mm; `inside` = outline points on the page, if it is a cut-out.

    `known` = points not hidden by another seal's wiped outline: the others neither support nor contradict.
    The lettering of what has no ring is not looked at: most outlines voted for have none.
    """
    sampled, on_map = profile(ink, scale, outline, _OFFSETS)
    inside = on_map if inside is None else inside
    judged = inside if known is None else inside & known
    if inside.mean() < 0.2 or judged.sum() < _LEAST_KNOWN * inside.sum():
        return Measure(0, 0, float(inside.mean()), 0, 0.5, 1, 0, 0, 0, 0)
    hits, level = _hits(sampled[judged], faint)
    every = np.zeros(NORMALS, np.bool_)
    every[judged] = hits
    support, visible = float(hits.mean()), float(inside.mean())
    if support < _LEAST_SUPPORT:
        return Measure(support, 0, visible, level, 0.5, 1, 0, 0, 0, 0)
    spread, arc, changes = _lettering(sampled, inside, outline, level)
    outer, thickness = _edges(sampled, every)
    return Measure(
        support=support,
        weakest=_weakest_quarter(every, judged),
        visible=visible,
        level=level,
        outer_mm=outer,
        thickness_mm=thickness,
        text_spread=spread,
        text_run=arc,
        changes=changes,
        coverage=_coverage(ink, scale, outline, level),
        overruns=_overruns(ink, scale, outline, level) if outline.shape == "square" else 0,
        known=float(judged.sum() / inside.sum()),
        chords=outline.shape == "round" and has_chords(ink, scale, outline, level),
    )


def wiped(ink: FloatMap, scale: float, outline: Outline, reach_mm: float = WIPED_MM) -> FloatMap:
    """The map without the ink within `reach_mm` of the outline, so that an overlapping seal must stand by itself."""
    mask = np.zeros(ink.shape[:2], np.uint8)
    centre = (round(outline.x * scale), round(outline.y * scale))
    thickness = max(1, round(2 * reach_mm * scale))
    if outline.shape == "square":
        size = (2.0 * outline.a * scale, 2.0 * outline.b * scale)
        corners = cv2.boxPoints((centre, size, float(np.rad2deg(outline.angle))))
        cv2.polylines(mask, [np.round(corners).astype(np.int32)], True, 1, thickness)
    else:
        axes = (max(1, round(outline.a * scale)), max(1, round(outline.b * scale)))
        cv2.ellipse(mask, centre, axes, float(np.rad2deg(outline.angle)), 0, 360, 1, thickness)
    return np.where(mask > 0, np.float32(0), ink).astype(np.float32)
