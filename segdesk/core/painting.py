"""Shapes as sets of pixels: what a stroke of each tool covers.

Every function gives a Box inside the image and the (box.height, box.width) bool pixels that are
covered. Coordinates are in pixels, x to the right and y down, with pixel (0, 0) spanning 0 to 1 on
both axes; a pixel is covered where its centre is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.mask import Plane

Point: TypeAlias = tuple[float, float]
Coverage: TypeAlias = tuple[Box, NDArray[np.bool_]]
Floats: TypeAlias = NDArray[np.float64]

_ROUNDING = 1e-9  # pixels; a centre right on the rim is inside
_NEAR = 2048  # pixels to each side, in which the end of a region is looked for first


def round_stroke(start: Point, end: Point, diameter: float, bounds: Box) -> Coverage:
    """A round brush of `diameter` pixels dragged straight from `start` to `end`.

    The pixel under each end is always covered, however small the brush.
    """
    radius = max(diameter, 1.0) / 2
    box = _box_around((start, end), radius, bounds)
    if box.is_empty:
        return box, np.zeros((0, 0), np.bool_)
    y = np.arange(box.y, box.bottom, dtype=np.float64) + 0.5
    spans = [_disc_span(start, radius, y), _disc_span(end, radius, y), *_band_spans(start, end, radius, y)]
    # The shape is convex, so that each row of it is one run of pixels: cheap however wide the brush.
    left = np.minimum.reduce([span[0] for span in spans])
    right = np.maximum.reduce([span[1] for span in spans])
    x = np.arange(box.x, box.right, dtype=np.float32)
    first = np.ceil(left - 0.5 - _ROUNDING).astype(np.float32)[:, None]
    last = np.floor(right - 0.5 + _ROUNDING).astype(np.float32)[:, None]
    covered = (x >= first) & (x <= last)
    for px, py in (start, end):
        column, row = int(np.floor(px)) - box.x, int(np.floor(py)) - box.y
        if 0 <= column < box.width and 0 <= row < box.height:
            covered[row, column] = True
    return box, covered


def square_stroke(start: Point, end: Point, side: float, bounds: Box) -> Coverage:
    """An upright square brush of `side` whole pixels dragged straight from `start` to `end`.

    It stands on whole pixels at both ends, and the pixel under each end is always covered.
    """
    pixels = max(round(side), 1)
    half = pixels / 2
    start, end = (_on_pixels(place, pixels) for place in (start, end))
    box = _box_around((start, end), half, bounds)
    if box.is_empty:
        return box, np.zeros((0, 0), np.bool_)
    y = np.arange(box.y, box.bottom, dtype=np.float64) + 0.5
    dx, dy = end[0] - start[0], end[1] - start[1]
    # How far along the way, from 0 to 1, the square is over a row: from one moment to another.
    if abs(dy) > _ROUNDING:
        at_edges = np.stack(((y - half - start[1]) / dy, (y + half - start[1]) / dy))
        begins, ends = np.clip(at_edges.min(0), 0, 1), np.clip(at_edges.max(0), 0, 1)
    else:
        begins, ends = np.zeros_like(y), np.ones_like(y)
    at_begin, at_end = start[0] + begins * dx, start[0] + ends * dx
    left, right = np.minimum(at_begin, at_end) - half, np.maximum(at_begin, at_end) + half
    top, bottom = min(start[1], end[1]) - half, max(start[1], end[1]) + half
    # A centre on the left or upper rim is inside, one on the right or lower rim is not: a square of n
    # pixels covers n, wherever it stands.
    inside = (y >= top - _ROUNDING) & (y < bottom - _ROUNDING)
    x = np.arange(box.x, box.right, dtype=np.float32) + np.float32(0.5)
    covered = (x >= (left - _ROUNDING).astype(np.float32)[:, None]) & (
        x < (right - _ROUNDING).astype(np.float32)[:, None]
    )
    covered &= inside[:, None]
    return box, covered


def polyline(points: Sequence[Point], width: float, bounds: Box) -> Coverage:
    """A line of `width` pixels through points, with round ends and corners."""
    box = _box_around(points, max(width, 1.0) / 2, bounds)
    covered = np.zeros((box.height, box.width), np.bool_)
    for start, end in pairwise([points[0], *points] if len(points) == 1 else points):
        part, stroke = round_stroke(start, end, width, bounds)
        if not part.is_empty:
            covered[part.y - box.y : part.bottom - box.y, part.x - box.x : part.right - box.x] |= stroke
    return box, covered


def crosses_itself(points: Sequence[Point]) -> bool:
    """Whether two sides of a closed polygon cross, other than where neighbours meet."""
    corners = np.asarray(points, np.float64)
    count = len(corners)
    if count < 4:
        return False
    a, b = corners, np.roll(corners, -1, axis=0)

    def side(p: Floats, q: Floats, r: Floats) -> Floats:
        first, second = q - p, r - p
        return np.asarray(first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0], np.float64)

    for i in range(count - 2):
        others = slice(i + 2, count - 1 if i == 0 else count)
        c, d = a[others], b[others]
        apart = side(a[i], b[i], c) * side(a[i], b[i], d)
        across = side(c, d, a[i]) * side(c, d, b[i])
        if ((apart < 0) & (across < 0)).any():
            return True
    return False


def polygon(points: Sequence[Point], bounds: Box) -> Coverage:
    """The inside of a closed polygon, even-odd where it crosses itself, with its outline.

    Fewer than three points cover what a line through them does.
    """
    box = _box_around(points, 0.5, bounds)
    if box.is_empty:
        return box, np.zeros((0, 0), np.bool_)
    # OpenCV counts from pixel centres, and keeps four binary digits of what lies between them.
    shifted = (np.asarray(points, np.float64) - 0.5 - (box.x, box.y)) * 16
    canvas = np.zeros((box.height, box.width), np.uint8)
    cv2.fillPoly(canvas, [np.rint(shifted).astype(np.int32)], 1, shift=4)
    return box, canvas.astype(np.bool_)


def rectangle(corner: Point, opposite: Point, bounds: Box) -> Coverage:
    """All pixels that the rectangle between two corners touches."""
    left, right = sorted((corner[0], opposite[0]))
    top, bottom = sorted((corner[1], opposite[1]))
    x, y = int(np.floor(left)), int(np.floor(top))
    whole = Box(x, y, max(1, int(np.ceil(right)) - x), max(1, int(np.ceil(bottom)) - y))
    box = whole.intersect(bounds)
    return box, np.ones((box.height, box.width), np.bool_)


def ellipse(corner: Point, opposite: Point, bounds: Box) -> Coverage:
    """The ellipse that fits between two corners."""
    box = _box_around((corner, opposite), 0, bounds)
    if box.is_empty:
        return box, np.zeros((0, 0), np.bool_)
    x, y = _centres(box)
    half_width = max(abs(corner[0] - opposite[0]) / 2, 0.5)
    half_height = max(abs(corner[1] - opposite[1]) / 2, 0.5)
    across = (x - (corner[0] + opposite[0]) / 2) / half_width
    down = (y - (corner[1] + opposite[1]) / 2) / half_height
    return box, across * across + down * down <= 1.0


def connected_region(labels: Plane, seed: Point) -> Coverage:
    """The pixels of one class that hang together (by their sides) with the one under `seed`.

    It looks no further than a few times the region's size, however large the plane is.
    """
    height, width = labels.shape
    column, row = int(np.floor(seed[0])), int(np.floor(seed[1]))
    whole, reach = Box(0, 0, width, height), _NEAR
    if not (0 <= column < width and 0 <= row < height):
        return Box(0, 0, 0, 0), np.zeros((0, 0), np.bool_)
    while True:
        window = Box(column - reach, row - reach, 2 * reach, 2 * reach).intersect(whole)
        box, covered = _flooded(labels[window.slices], column - window.x, row - window.y)
        box = Box(window.x + box.x, window.y + box.y, box.width, box.height)
        # What reaches a side of the window may go on beyond it.
        if window == whole or box.grow(1).intersect(whole) == box.grow(1).intersect(window):
            return box, covered
        reach *= 2


def _flooded(labels: Plane, column: int, row: int) -> Coverage:
    height, width = labels.shape
    reached = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (1 << 8)
    _, _, _, (x, y, w, h) = cv2.floodFill(labels, reached, (column, row), (0,), (0,), (0,), flags)
    box = Box(x, y, w, h)
    return box, reached[1:-1, 1:-1][box.slices].view(np.bool_)


def pixel_under(labels: Plane, point: Point) -> int | None:
    """What the plane says at a place; None off it."""
    height, width = labels.shape
    column, row = int(np.floor(point[0])), int(np.floor(point[1]))
    return int(labels[row, column]) if 0 <= column < width and 0 <= row < height else None


def holes(labels: Plane, seed: Point) -> tuple[Coverage, int]:
    """What the region of one class under `seed` encloses, and that class; empty where it has no hole."""
    box, region = connected_region(labels, seed)
    if box.is_empty:
        return (box, region), 0
    class_index = int(labels[int(np.floor(seed[1])), int(np.floor(seed[0]))])
    # Flooding what is outside, from a rim of one pixel around the box, leaves what is enclosed.
    walls = np.pad(region, 1).astype(np.uint8)
    reached = np.pad(walls, 1)
    cv2.floodFill(walls, reached, (0, 0), (2,), (0,), (0,), 8)
    return (box, walls[1:-1, 1:-1] == 0), class_index


def _on_pixels(place: Point, pixels: int) -> Point:
    """The centre, nearest to a place, of a square that covers so many whole pixels a side."""
    if pixels % 2:
        return float(np.floor(place[0])) + 0.5, float(np.floor(place[1])) + 0.5
    return float(np.rint(place[0])), float(np.rint(place[1]))


def _disc_span(centre: Point, radius: float, y: Floats) -> tuple[Floats, Floats]:
    """Where a disc begins and ends in each row; from +inf to -inf where it is not in the row."""
    half2 = radius * radius - (y - centre[1]) ** 2
    half = np.where(half2 >= 0, np.sqrt(np.maximum(half2, 0)), -np.inf)
    return centre[0] - half, centre[0] + half


def _band_spans(start: Point, end: Point, radius: float, y: Floats) -> list[tuple[Floats, Floats]]:
    """Where the sides of the rectangle between two discs cross each row."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = float(np.hypot(dx, dy))
    if length == 0:
        return []
    nx, ny = -dy / length * radius, dx / length * radius
    corners = [
        (start[0] + nx, start[1] + ny),
        (end[0] + nx, end[1] + ny),
        (end[0] - nx, end[1] - ny),
        (start[0] - nx, start[1] - ny),
    ]
    spans: list[tuple[Floats, Floats]] = []
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if abs(by - ay) > _ROUNDING:
            crosses = (y >= min(ay, by)) & (y <= max(ay, by))
            at = ax + (y - ay) / (by - ay) * (bx - ax)
            spans.append((np.where(crosses, at, np.inf), np.where(crosses, at, -np.inf)))
    return spans


def _box_around(points: Sequence[Point], margin: float, bounds: Box) -> Box:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    left, top = int(np.floor(min(xs) - margin)), int(np.floor(min(ys) - margin))
    right, bottom = int(np.ceil(max(xs) + margin)), int(np.ceil(max(ys) + margin))
    return Box(left, top, max(1, right - left), max(1, bottom - top)).intersect(bounds)


def _centres(box: Box) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The pixel centres of a box as a row of x and a column of y."""
    x = np.arange(box.x, box.right, dtype=np.float64)[None, :] + 0.5
    y = np.arange(box.y, box.bottom, dtype=np.float64)[:, None] + 0.5
    return x, y
