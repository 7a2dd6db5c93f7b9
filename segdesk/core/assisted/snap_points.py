"""Where a point or a side that a person sets by hand belongs: beside a neighbour, or on an edge."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.assisted.pixels import Pixels, bounds_of, color_bytes
from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.painting import Point

_FAINTEST = 6.0  # mean step of 8-bit brightness along a side, below which there is no edge
_SHARE = 0.25  # of a side that has to be a neighbour's boundary
_FARTHER = 0.3  # how much less a place counts at the rim of the reach than under the pointer
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_ROWS = 1024  # pixels along a side that are looked at, at most


def nearest_rim(labels: Plane, near: Point, class_index: int, radius: float) -> Point | None:
    """The centre of the nearest pixel, within `radius` pixels, that lies right beside another class.

    An outline that goes through such pixels, and takes them in, leaves no gap and takes nothing away.

    labels: (H, W). Neither the background (0) nor `class_index` itself is a neighbour. None: none is near.
    """
    reach = math.ceil(radius) + 2
    column, row = math.floor(near[0]), math.floor(near[1])
    box = Box(column - reach, row - reach, 2 * reach + 1, 2 * reach + 1).intersect(bounds_of(labels))
    if box.is_empty:
        return None
    others = _others(labels[box.slices], class_index)
    rim = cv2.dilate(others, _CROSS) > others
    rows, columns = np.nonzero(rim)
    if not len(rows):
        return None
    x, y = box.x + columns + 0.5, box.y + rows + 0.5
    away = np.hypot(x - near[0], y - near[1])
    best = int(np.argmin(away))
    return (float(x[best]), float(y[best])) if away[best] <= radius else None


def sides_on_edges(pixels: Pixels, fixed: Point, corner: Point, reach: int) -> Point:
    """The corner of an upright box whose two sides lie on the image's strongest edges within `reach` pixels.

    pixels: (H, W) or (H, W, 3) uint8. fixed: the opposite corner. Where no edge is along a side, it stays.
    """
    turned = pixels.swapaxes(0, 1)
    return (
        _side(pixels, fixed, corner, reach, _contrast, _FAINTEST),
        _side(turned, fixed[::-1], corner[::-1], reach, _contrast, _FAINTEST),
    )


def sides_on_boundaries(labels: Plane, fixed: Point, corner: Point, class_index: int, reach: int) -> Point:
    """The same for the boundaries of other classes than `class_index` and the background."""

    def changes(strip: Plane) -> NDArray[np.float32]:
        others = _others(strip, class_index)
        return np.asarray(others[:, 1:] != others[:, :-1], np.float32)

    return (
        _side(labels, fixed, corner, reach, changes, _SHARE),
        _side(labels.T, fixed[::-1], corner[::-1], reach, changes, _SHARE),
    )


def _side(
    plane: Pixels,
    fixed: Point,
    corner: Point,
    reach: int,
    steps_of: Callable[[Pixels], NDArray[np.float32]],
    least: float,
) -> float:
    """The x that the upright side at `corner` goes to, where the mean step along it is greatest."""
    middle, low, high = round(corner[0]), *sorted((fixed[1], corner[1]))
    top, bottom = math.floor(low), math.ceil(high)
    box = Box(middle - reach - 1, top, 2 * reach + 2, bottom - top).intersect(bounds_of(plane))
    if box.width < 2 or box.height < 2:
        return corner[0]
    steps = steps_of(plane[box.slices][:: max(1, box.height // _ROWS)]).mean(axis=0)
    places = box.x + 1 + np.arange(len(steps))
    away = np.abs(places - corner[0])
    counted = np.where(away <= reach, steps * (1 - _FARTHER * away / reach), 0)
    best = int(np.argmax(counted))
    return float(places[best]) if counted[best] > 0 and steps[best] >= least else corner[0]


def _contrast(strip: Pixels) -> NDArray[np.float32]:
    """(rows, columns - 1) how much a pixel differs from the next one in its row, in its steepest channel."""
    steps = np.abs(np.diff(color_bytes(strip).astype(np.float32), axis=1)).max(axis=2)
    return np.asarray(steps, np.float32)


def _others(labels: Plane, class_index: int) -> NDArray[np.uint8]:
    return np.asarray((labels != 0) & (labels != class_index), np.uint8)
