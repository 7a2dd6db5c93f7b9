"""How the assisted tools look at pixels, whatever kind of image these come from."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage

Pixels: TypeAlias = NDArray[Any]  # (height, width) or (height, width, channels)

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


def bounds_of(pixels: Pixels) -> Box:
    """The box of the whole image."""
    return Box(0, 0, pixels.shape[1], pixels.shape[0])


def nothing() -> Coverage:
    """No pixel at all."""
    return Box(0, 0, 0, 0), np.zeros((0, 0), np.bool_)


def trimmed(box: Box, covered: NDArray[np.bool_]) -> Coverage:
    """The same coverage in the smallest box."""
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    if len(rows) == 0:
        return nothing()
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    smaller = Box(box.x + left, box.y + top, right - left, bottom - top)
    return smaller, np.ascontiguousarray(covered[top:bottom, left:right])


def within(coverage: Coverage, box: Box) -> NDArray[np.bool_]:
    """(box.height, box.width) bool: a coverage as seen through a box, which may be larger or beside it."""
    seen = np.zeros((box.height, box.width), np.bool_)
    common = coverage[0].intersect(box)
    if not common.is_empty:
        there = _inside(common, box)
        seen[there] = coverage[1][_inside(common, coverage[0])]
    return seen


def color_bytes(pixels: Pixels) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 of uint8 pixels that are gray or have three channels or more."""
    if pixels.ndim == 3 and pixels.shape[2] >= 3:
        return np.ascontiguousarray(pixels[:, :, :3], np.uint8)
    gray = pixels if pixels.ndim == 2 else pixels[:, :, 0]
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(gray, np.uint8), cv2.COLOR_GRAY2RGB), np.uint8)


def values(pixels: Pixels) -> NDArray[np.float32]:
    """(height, width) float32, one figure a pixel in the image's own unit: gray, or the brightness of RGB.

    Of any other number of channels it is the mean.
    """
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    if pixels.shape[2] in (3, 4):
        return np.asarray(pixels[:, :, :3].astype(np.float32) @ _LUMA, np.float32)
    return np.asarray(pixels.mean(axis=2, dtype=np.float32), np.float32)


def _inside(part: Box, whole: Box) -> tuple[slice, slice]:
    return Box(part.x - whole.x, part.y - whole.y, part.width, part.height).slices
