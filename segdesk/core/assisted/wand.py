"""The magic wand: the pixels that look like the one under the pointer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.assisted.pixels import Pixels, bounds_of, nothing, trimmed
from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage, Point

_FIRST = 512  # side of the window that growth starts in
MOST = 4096  # side of the largest one: 16 megapixels are flooded in less than half a second


@dataclass(frozen=True)
class Similar:
    """Pixels that look alike.

    complete: False where they may go on beyond what was looked at.
    """

    coverage: Coverage
    complete: bool


def connected(pixels: Pixels, seed: Point, tolerance: float, most: int = MOST) -> Similar:
    """What hangs together (by sides) with the pixel under `seed` and differs from it by `tolerance` or less.

    pixels: (H, W) or (H, W, 1 to 4) of any integer or float type; each channel may differ so much.
    tolerance: in the unit of the pixels.
    most: side of the largest window that is searched; growth starts in a small one, and goes on in one of
        twice the side for as long as it reaches the border.
    """
    bounds = bounds_of(pixels)
    column, row = math.floor(seed[0]), math.floor(seed[1])
    if not (0 <= column < bounds.width and 0 <= row < bounds.height):
        return Similar(nothing(), True)
    side = min(_FIRST, most)
    while True:
        window = _window(column, row, side, bounds)
        box, covered = _flooded(pixels[window.slices], column - window.x, row - window.y, tolerance)
        found = Box(box.x + window.x, box.y + window.y, box.width, box.height)
        cut_off = _touches(found, window, bounds)
        if not cut_off or side >= most:
            return Similar((found, covered), not cut_off)
        side = min(2 * side, most)


def alike(pixels: Pixels, seed: Point, tolerance: float, region: Box, most: int = MOST) -> Similar:
    """All pixels of the region that differ from the one under `seed` by `tolerance` or less.

    A region larger than `most` a side is looked at around the seed only.
    """
    bounds = bounds_of(pixels)
    column, row = math.floor(seed[0]), math.floor(seed[1])
    if not (0 <= column < bounds.width and 0 <= row < bounds.height):
        return Similar(nothing(), True)
    whole = region.intersect(bounds).unite(Box(column, row, 1, 1))
    window = _window(column, row, most, whole)
    part = pixels[window.slices]
    like = part[row - window.y, column - window.x].astype(np.float64)
    near = (part >= like - tolerance) & (part <= like + tolerance)
    return Similar(trimmed(window, near if part.ndim == 2 else near.all(axis=2)), window == whole)


def _flooded(part: Pixels, column: int, row: int, tolerance: float) -> tuple[Box, NDArray[np.bool_]]:
    if part.ndim == 3 and part.shape[2] == 2:
        part = np.dstack([part, part[:, :, :1]])
    elif part.ndim == 3 and part.shape[2] > 3:
        part = part[:, :, :3]
    kind = np.uint8 if part.dtype == np.uint8 else np.float32  # OpenCV floods these two
    flooded = np.require(part, kind, ["C", "W"])  # it is not written to, but OpenCV wants to be free to
    height, width = part.shape[:2]
    reached = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (1 << 8)
    span = (float(tolerance),) * 3
    _, _, _, (x, y, w, h) = cv2.floodFill(flooded, reached, (column, row), (0,), span, span, flags)
    box = Box(x, y, w, h)
    return box, reached[1:-1, 1:-1][box.slices].astype(np.bool_)


def _window(column: int, row: int, side: int, bounds: Box) -> Box:
    """A square of that side around a pixel, moved so that it lies within the bounds as far as it fits."""
    width, height = min(side, bounds.width), min(side, bounds.height)
    x = min(max(column - width // 2, bounds.x), bounds.right - width)
    y = min(max(row - height // 2, bounds.y), bounds.bottom - height)
    return Box(x, y, width, height)


def _touches(found: Box, window: Box, bounds: Box) -> bool:
    """Whether it ends at a side of the window beyond which there is more of the image."""
    return (
        (found.x == window.x > bounds.x)
        or (found.y == window.y > bounds.y)
        or (found.right == window.right < bounds.right)
        or (found.bottom == window.bottom < bounds.bottom)
    )
