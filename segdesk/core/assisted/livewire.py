"""The livewire: an outline that clings to the image's edges between the points that a person clicks.

E. N. Mortensen and W. A. Barrett, Intelligent Scissors for Image Composition, SIGGRAPH 1995; the search for
the cheapest way is OpenCV's.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from segdesk.core.assisted.pixels import Pixels, bounds_of, color_bytes
from segdesk.core.geometry import Box
from segdesk.core.painting import Point

REACH = 192  # pixels around a point that the way to the next one may use
_CANNY = 24.0, 72.0  # thresholds of what counts as an edge at all, in steps of 8-bit brightness
_STRONGEST = 220.0  # a gradient above this one is not more of an edge


class LiveWire:
    """The ways from one point to all places around it."""

    def __init__(self, pixels: Pixels, start: Point, reach: int = REACH) -> None:
        """pixels: (H, W) or (H, W, 3) uint8. start: in the image. reach: pixels to each side to be searched.

        Raises:
            ValueError: the start is off the image.
        """
        column, row = math.floor(start[0]), math.floor(start[1])
        bounds = bounds_of(pixels)
        if Box(column, row, 1, 1).intersect(bounds).is_empty:
            raise ValueError(f"a livewire cannot start at {start}, off the image")
        self.box = Box(column - reach, row - reach, 2 * reach + 1, 2 * reach + 1).intersect(bounds)
        self.start = start
        self._scissors = cv2.segmentation.IntelligentScissorsMB()
        self._scissors.setEdgeFeatureCannyParameters(*_CANNY)
        self._scissors.setGradientMagnitudeMaxLimit(_STRONGEST)
        self._scissors.applyImage(cv2.GaussianBlur(color_bytes(pixels[self.box.slices]), (0, 0), 0.8))
        self._scissors.buildMap((column - self.box.x, row - self.box.y))

    def way_to(self, end: Point) -> list[Point]:
        """The cheapest way from the start, pixel by pixel; beyond the reach it goes on straight.

        The first point is the start as it was given, the last one is `end`.
        """
        box = self.box
        column = min(max(math.floor(end[0]), box.x), box.right - 1)
        row = min(max(math.floor(end[1]), box.y), box.bottom - 1)
        contour = self._scissors.getContour((column - box.x, row - box.y)).reshape(-1, 2)
        middle: list[Point] = [(box.x + x + 0.5, box.y + y + 0.5) for x, y in contour[1:-1].tolist()]
        return [self.start, *middle, end]


def strongest_edge(pixels: Pixels, near: Point, radius: int) -> Point:
    """The centre of the pixel with the steepest gradient within `radius` pixels: where a click was meant.

    `near` itself where the image is flat there.
    """
    column, row = math.floor(near[0]), math.floor(near[1])
    bounds = bounds_of(pixels)
    box = Box(column - radius, row - radius, 2 * radius + 1, 2 * radius + 1).intersect(bounds)
    if box.is_empty or radius <= 0:
        return near
    around = box.grow(3).intersect(bounds)
    soft = cv2.GaussianBlur(color_bytes(pixels[around.slices]), (0, 0), 0.8).astype(np.float32)
    steep = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)).max(axis=2)
    inner = steep[Box(box.x - around.x, box.y - around.y, box.width, box.height).slices]
    y, x = np.mgrid[box.y : box.bottom, box.x : box.right]
    away = np.hypot(x + 0.5 - near[0], y + 0.5 - near[1])
    inner = np.where(away <= radius, inner * (1 - 0.3 * away / radius), 0)  # of two alike, the nearer one
    best = int(np.argmax(inner))
    if inner.flat[best] < _CANNY[0]:
        return near
    return box.x + best % box.width + 0.5, box.y + best // box.width + 0.5
