"""Laying one impression on another: affine alignment by the enhanced correlation coefficient."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inspection.ink import FloatMap

Matrix23 = NDArray[np.float32]

_ROUNDS, _LEAST_STEP = 60, 1e-5


def laid_on(still: FloatMap, moved: FloatMap, start: Matrix23, soft_px: int) -> tuple[float, Matrix23] | None:
    """Correlation, and the map from `still` to `moved` of the same size; None when they have no common picture.

    `soft_px` = odd size of the Gaussian that widens the reach.
    """
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, _ROUNDS, _LEAST_STEP)
    everything = np.full(still.shape, 255, np.uint8)
    try:
        value, found = cv2.findTransformECC(
            still, moved, start.astype(np.float32), cv2.MOTION_AFFINE, criteria, everything, soft_px
        )
    except cv2.error:  # it does not converge
        return None
    return float(value), np.asarray(found, dtype=np.float32)


def turn_and_stretch(matrix: Matrix23) -> tuple[float, float]:
    """Degrees by which a map turns, and the factor by which it enlarges."""
    turn = float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))
    return turn, float(np.sqrt(abs(np.linalg.det(matrix[:, :2].astype(np.float64)))))
