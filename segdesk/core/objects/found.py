"""One object of a mask: pixels of one class that hang together by sides or corners, across no border."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.borders import Bits
from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND, Plane
from segdesk.core.objects.components import components
from segdesk.core.painting import Coverage, Point

_WINDOW = 1024  # side of the first window that is searched, in pixels; it doubles while the object goes on
_AMONG_BORDERS = 128  # where objects are parted, which takes longer to search and mostly means small ones


@dataclass(frozen=True, eq=False)
class FoundObject:
    """Some pixels of one class.

    box: the smallest one around them. covered: (box.height, box.width) bool.
    """

    class_index: int
    box: Box
    covered: NDArray[np.bool_]

    @property
    def coverage(self) -> Coverage:
        return self.box, self.covered

    @property
    def area(self) -> int:
        """Pixels."""
        return int(np.count_nonzero(self.covered))

    def covers(self, point: Point) -> bool:
        """Whether the pixel under a place is one of its own."""
        column, row = math.floor(point[0]) - self.box.x, math.floor(point[1]) - self.box.y
        return 0 <= column < self.box.width and 0 <= row < self.box.height and bool(self.covered[row, column])

    @property
    def seed(self) -> Point:
        """The centre of a pixel well within: one of the middle row's longest run."""
        row = self.box.height // 2
        if not self.covered[row].any():
            row = int(np.argmax(self.covered.any(axis=1)))
        steps = np.flatnonzero(np.diff(np.pad(self.covered[row].astype(np.int8), 1)))
        starts, stops = steps[::2], steps[1::2]
        longest = int(np.argmax(stops - starts))
        column = int(starts[longest] + stops[longest]) // 2
        return self.box.x + column + 0.5, self.box.y + row + 0.5


def object_at(
    labels: Plane, point: Point, most: int | None = None, *, borders: Bits | None = None
) -> FoundObject | None:
    """The object under a place of the image; None on the background and off the image.

    It looks no further than about twice the object's size, however large the plane is. most: None also for
    an object that does not end within half as many pixels on each side of the place. borders: of the mask.
    """
    height, width = labels.shape
    x, y = math.floor(point[0]), math.floor(point[1])
    if not (0 <= x < width and 0 <= y < height) or labels[y, x] == BACKGROUND:
        return None
    index, whole, side = int(labels[y, x]), Box(0, 0, width, height), _WINDOW
    if borders is not None and borders[_around(x, y, side, whole).slices].any():
        side = _AMONG_BORDERS
    while True:
        window = _around(x, y, side, whole)
        near = borders[window.slices] if borders is not None else None
        if near is None or not near.any():
            found = _filled(labels, window, x, y)
        else:
            found = _joined(labels, near, window, x, y)
        if _is_within(found[0], window, whole):
            return FoundObject(index, *found)
        if most is not None and side >= most:
            return None
        side *= 2


def _around(x: int, y: int, side: int, whole: Box) -> Box:
    return Box(x - side // 2, y - side // 2, side, side).intersect(whole)


def trimmed(class_index: int, coverage: Coverage) -> FoundObject | None:
    """An object of these pixels, with the smallest box around them; None where there are none."""
    box, covered = coverage
    x, y, width, height = cv2.boundingRect(covered.astype(np.uint8))
    if width == 0 or height == 0:
        return None
    return FoundObject(
        class_index, Box(box.x + x, box.y + y, width, height), covered[y : y + height, x : x + width].copy()
    )


def united(first: Coverage, second: Coverage) -> Coverage:
    """The pixels of either."""
    box = first[0].unite(second[0])
    covered = np.zeros((box.height, box.width), np.bool_)
    for part, pixels in (first, second):
        covered[part.y - box.y : part.bottom - box.y, part.x - box.x : part.right - box.x] |= pixels
    return box, covered


def all_of(objects: Iterable[FoundObject]) -> Coverage:
    """The pixels of all of them."""
    parts = [found.coverage for found in objects]
    box = Box(0, 0, 0, 0)
    for part, _ in parts:
        box = box.unite(part)
    covered = np.zeros((box.height, box.width), np.bool_)
    for part, pixels in parts:
        covered[part.y - box.y : part.bottom - box.y, part.x - box.x : part.right - box.x] |= pixels
    return box, covered


def within(coverage: Coverage, box: Box) -> NDArray[np.bool_]:
    """What is covered of a box, as (box.height, box.width) bool."""
    part, pixels = coverage
    covered = np.zeros((box.height, box.width), np.bool_)
    both = part.intersect(box)
    if not both.is_empty:
        covered[both.y - box.y : both.bottom - box.y, both.x - box.x : both.right - box.x] = pixels[
            both.y - part.y : both.bottom - part.y, both.x - part.x : both.right - part.x
        ]
    return covered


def _filled(labels: Plane, window: Box, x: int, y: int) -> Coverage:
    pixels = np.ascontiguousarray(labels[window.slices])
    reached = np.zeros((window.height + 2, window.width + 2), np.uint8)
    flags = 8 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (1 << 8)
    seed = (x - window.x, y - window.y)
    _, _, _, (left, top, width, height) = cv2.floodFill(pixels, reached, seed, (0,), (0,), (0,), flags)
    covered = reached[1 + top : 1 + top + height, 1 + left : 1 + left + width].astype(np.bool_)
    return Box(window.x + left, window.y + top, width, height), covered


def _joined(labels: Plane, borders: Bits, window: Box, x: int, y: int) -> Coverage:
    """As `_filled`, where something in the window is parted."""
    parts = components(labels[window.slices] == labels[y, x], borders)
    number = int(parts.ids[y - window.y, x - window.x])
    box = Box(*parts.boxes[number - 1].tolist())
    return Box(window.x + box.x, window.y + box.y, box.width, box.height), parts.ids[box.slices] == number


def _is_within(box: Box, window: Box, whole: Box) -> bool:
    """Whether the object ends inside of the window, so that none of it was missed."""
    return (
        (box.x > window.x or window.x == whole.x)
        and (box.y > window.y or window.y == whole.y)
        and (box.right < window.right or window.right == whole.right)
        and (box.bottom < window.bottom or window.bottom == whole.bottom)
    )
