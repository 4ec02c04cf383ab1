"""How large the seal is that a slice was cut from, by the border alone: what a slice without lettering still tells."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.inspection.ink import FloatMap
from pipeline.inspection.overlay import AROUND, PX, Field, Piece, scores_of

_BORDER_MM = 2.6  # from the outer edge inwards, with paper beside the border
_LEAST_WIDTH_MM, _LEAST_MM2 = 3.0, 1.0
_SIZES = np.arange(0.95, 1.0501, 0.005)
# Of 52 first and last and 137 inner slices of 3 mm and more 47 and 119 lay within; of slices cut in the same places
# from impressions at least 1 mm smaller or larger in diameter 1 of 85 and 3 of 153.
_SAME_LEAST, _SAME_MOST = 0.984, 1.021


def is_of_size(piece: Piece, whole: FloatMap, radius: float) -> bool:
    """Whether its border curves like that of the `whole` impression at `PX`, turned alike; False if too narrow."""
    if piece.width < _LEAST_WIDTH_MM:
        return False
    rows, columns = np.ogrid[: piece.ink.shape[0], : piece.ink.shape[1]]
    away = np.hypot(columns / PX + piece.start, rows / PX - radius)
    border = np.asarray(away > radius - _BORDER_MM, dtype=np.float32)
    if float((piece.ink * border).sum()) < _LEAST_MM2 * PX**2:
        return False
    field = Field.of(piece, radius, [_scaled(whole, float(size)) for size in _SIZES])
    inner = (field.at(at)[AROUND:-AROUND, AROUND:-AROUND] for at in range(len(_SIZES)))
    suits = [float(scores_of(np.ascontiguousarray(part), piece.ink, border).max()) for part in inner]
    return bool(_SAME_LEAST <= _SIZES[int(np.argmax(suits))] <= _SAME_MOST)


def _scaled(whole: FloatMap, size: float) -> FloatMap:
    """Larger or smaller about its centre."""
    middle = (whole.shape[0] - 1) / 2
    matrix = np.array([[size, 0.0, middle - size * middle], [0.0, size, middle - size * middle]])
    return np.asarray(cv2.warpAffine(whole, matrix, whole.shape[::-1]), dtype=np.float32)
