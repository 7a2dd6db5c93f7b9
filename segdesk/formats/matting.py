"""How much of each pixel at an object's edge belongs to it: a soft alpha instead of a staircase.

The guided filter of He, Sun and Tang, "Guided Image Filtering" (ECCV 2010), with the image as the guide and
the mask as what is filtered: within each window the alpha is a linear function of the colour, so that it
follows hairs and blurred edges that a mask of whole pixels cannot.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_EVENNESS = 1e-4
"""How little the colour of a window may vary (a variance of values from 0 to 1) and still say something."""

_TILE = 1024

Floats = NDArray[np.floating[Any]]


def soft_alpha(picture: NDArray[np.uint8], covered: NDArray[np.bool_], width: int) -> NDArray[np.uint8]:
    """(height, width) uint8 from 0, outside, to 255, within.

    picture: (height, width, 3) RGB.   covered: the object.
    width: of the band that may be see-through in part, in pixels to either side of the object's edge; 0
    leaves the edge hard. The image's border is no edge.
    """
    alpha = covered.astype(np.uint8) * np.uint8(255)
    if width <= 0 or not covered.any() or covered.all():
        return alpha
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width + 1, 2 * width + 1))
    near = cv2.dilate(alpha, disc) != cv2.erode(alpha, disc)
    rows, columns = covered.shape
    for top in range(0, rows, _TILE):
        for left in range(0, columns, _TILE):
            inner = slice(top, min(rows, top + _TILE)), slice(left, min(columns, left + _TILE))
            band = near[inner]
            if not band.any():
                continue
            # What a pixel becomes depends on pixels up to two windows away.
            y, x = max(0, top - 2 * width), max(0, left - 2 * width)
            outer = slice(y, inner[0].stop + 2 * width), slice(x, inner[1].stop + 2 * width)
            soft = _filtered(picture[outer], covered[outer], width)
            part = soft[top - y :, left - x :][: band.shape[0], : band.shape[1]]
            alpha[inner][band] = np.rint(np.clip(part[band], 0, 1) * 255).astype(np.uint8)
    return alpha


def _filtered(picture: NDArray[np.uint8], covered: NDArray[np.bool_], radius: int) -> Floats:
    """The mask, filtered by windows of 2 * radius + 1 pixels."""
    guide = picture.astype(np.float32) / 255
    mask = covered.astype(np.float32)
    mean, mean_mask = _mean(guide, radius), _mean(mask, radius)
    both = _mean(guide * mask[..., None], radius) - mean * mean_mask[..., None]
    spread = np.empty((*mask.shape, 3, 3), np.float32)
    for i in range(3):
        for j in range(i, 3):
            value = _mean(guide[..., i] * guide[..., j], radius) - mean[..., i] * mean[..., j]
            spread[..., i, j] = spread[..., j, i] = value
    spread += _EVENNESS * np.eye(3, dtype=np.float32)
    slope = np.linalg.solve(spread, both[..., None])[..., 0]
    shift = mean_mask - (slope * mean).sum(axis=-1)
    result: Floats = (_mean(slope, radius) * guide).sum(axis=-1) + _mean(shift, radius)
    return result


def _mean(values: Floats, radius: int) -> Floats:
    side = 2 * radius + 1
    return np.asarray(cv2.boxFilter(values, -1, (side, side), borderType=cv2.BORDER_REFLECT), np.float32)
