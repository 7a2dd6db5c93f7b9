"""Bringing a part of an image to device pixels in one go.

OpenCV scales a whole array several times faster than it samples one from a place between two pixels. So a
part is begun some device pixels before it, where one of them begins with a pixel of the image.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.images.resample import scale

_OFF = 1 / 32  # device pixels by which the two may miss each other: as fine as OpenCV samples otherwise
_FURTHEST = 32  # device pixels before a part, in which they are likely to meet


class Part(NamedTuple):
    """Device pixels, and the pixels of the image that are scaled to them.

    source: a box of the image. lead: device pixels, to the right and down, that come before those asked for.
    width, height: of these.   step: pixels of the image a device pixel.
    """

    source: Box
    lead: tuple[int, int]
    width: int
    height: int
    step: float

    def smooth(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """The device pixels of (h, w[, channels]) pixels of the source, between which is interpolated."""
        return self._cut(scale(pixels, 1 / self.step))

    def nearest(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The device pixels of (h, w) pixels of the source, each that of its centre or one beside it."""
        # OpenCV's own way of looking at the centres follows the sizes, not the factor: it drifts off.
        middle = math.floor(self.step / 2)
        inner = pixels[min(middle, pixels.shape[0] - 1) :, min(middle, pixels.shape[1] - 1) :]
        factor = 1 / self.step
        scaled = cv2.resize(inner, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
        return np.ascontiguousarray(self._cut(scaled), np.uint8)

    def _cut(self, scaled: NDArray[Any]) -> NDArray[Any]:
        x, y = self.lead
        found = scaled[y : y + self.height, x : x + self.width]
        short = self.height - found.shape[0], self.width - found.shape[1]
        if not any(short):
            return found
        # At the image's far edge the last device pixel may lie on less than half a pixel.
        return np.pad(found, [(0, short[0]), (0, short[1]), *[(0, 0)] * (found.ndim - 2)], "edge")


def part(area: Box, step: float, width: int, height: int) -> Part | None:
    """How to scale a part of an image of this width and height; None where nothing meets near enough.

    area: device pixels, counted from the image's edge.   step: pixels of the image a device pixel.
    """
    across, down = _meeting(area.x, step), _meeting(area.y, step)
    if across is None or down is None:
        return None
    (left, x), (top, y) = across, down
    right, bottom = (math.ceil((end + 1) * step) + 1 for end in (area.right, area.bottom))
    source = Box(x, y, right - x, bottom - y).intersect(Box(0, 0, width, height))
    # At the far edge of a small image there may be too little left for a single device pixel.
    if source.width < (left + 1.5) * step or source.height < (top + 1.5) * step:
        return None
    return Part(source, (left, top), area.width, area.height, step)


def _meeting(start: int, step: float) -> tuple[int, int] | None:
    """So many device pixels before `start` one begins with a pixel of the image, and with which.

    A device pixel is not begun with where interpolating would look at the pixel before it.
    """
    before = np.arange(0 if step >= 1 else 2, min(start, _FURTHEST) + 1)
    if start <= _FURTHEST:
        before = np.append(before[before < start], start)  # the edge: nothing comes before it
    at = (start - before) * step
    near = np.flatnonzero(np.abs(at - np.round(at)) <= step * _OFF)
    return (int(before[near[0]]), round(float(at[near[0]]))) if len(near) else None
