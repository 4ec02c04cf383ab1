"""Pictures of what went wrong, for eyes: the page or a crop of it with boxes drawn in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
TRUTH, TOLD = (0, 140, 0), (200, 0, 200)  # RGB
_LONGEST = 1400


def save(
    folder: Path,
    name: str,
    pixels: NDArray[np.uint8],
    dpi: float,
    truth: Sequence[Box] = (),
    told: Sequence[Box] = (),
    crop: Box | None = None,
    margin_pt: float = 40.0,
) -> str:
    """JPEG with true boxes green, the product's magenta (all in pt); returns the path below `folder.parents[1]`."""
    canvas = np.ascontiguousarray(pixels.copy())
    scale = dpi / 72
    for boxes, colour in ((truth, TRUTH), (told, TOLD)):
        for box in boxes:
            x0, top, x1, bottom = (round(value * scale) for value in box)
            cv2.rectangle(canvas, (x0 - 3, top - 3), (x1 + 3, bottom + 3), colour, 2)
    if crop is not None:
        x0, top, x1, bottom = (round(value * scale) for value in crop)
        pad = round(margin_pt * scale)
        canvas = canvas[max(0, top - pad) : bottom + pad, max(0, x0 - pad) : x1 + pad]
    longest = max(canvas.shape[:2])
    if longest > _LONGEST:
        canvas = np.asarray(
            cv2.resize(canvas, None, fx=_LONGEST / longest, fy=_LONGEST / longest, interpolation=cv2.INTER_AREA)
        )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jpg"
    cv2.imwrite(str(path), cv2.cvtColor(canvas, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 80])
    return path.relative_to(folder.parents[1]).as_posix()
