"""What lies so near to a stroke that nobody can take it for background only because it is not painted."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def beside(painted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is painted, and a margin around it, about half as wide as the stroke that it lies along.

    A person paints inside of an object and seldom up to its edge. If all around were background, the object
    would be learned to be no larger than what was painted of it.

    painted: (H, W), with at least one pixel that is not, if any is.
    """
    found = painted.copy()
    depth = _distance(painted)
    radius = float(depth.max())
    while radius > 0.5:  # every painted pixel has a depth of 1 at the least
        # The core of what is thicker than twice this, grown back and as much again.
        found |= _distance(depth < radius) <= 2 * radius
        radius /= 2
    return found


def _distance(inside: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How far each pixel is from the nearest one that is not inside, in pixels."""
    distance = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(distance, np.float32)
