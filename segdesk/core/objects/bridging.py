"""Merging objects: a bridge where they are nearest to each other, or none where they touch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND, Plane
from segdesk.core.objects.change import Assertion, Change, kept_apart
from segdesk.core.objects.found import FoundObject, all_of, united
from segdesk.core.painting import Point, round_stroke


def merge(objects: Sequence[FoundObject], width: float, labels: Plane) -> Change:
    """Join objects of one class by straight bridges of `width` pixels, each to its nearest neighbour.

    All get the class of the first one. The bridges take background only, and where two touch, it is enough to
    take the border between them away; nothing where there are fewer than two.
    labels: (height, width) class indices of the whole image.
    """
    if len(objects) < 2:
        return Change()
    index = objects[0].class_index
    bounds = Box(0, 0, labels.shape[1], labels.shape[0])
    changes = [Assertion(o.box, o.covered, index) for o in objects[1:] if o.class_index != index]
    whole = all_of(objects)
    for start, end in _shortest_ways(objects):
        if max(abs(end[0] - start[0]), abs(end[1] - start[1])) > 1:
            box, covered = round_stroke(start, end, max(width, 2.0), bounds)
            free = covered & (labels[box.slices] == BACKGROUND)
            if free.any():
                changes.append(Assertion(box, free, index))
                whole = united(whole, (box, free))
    return Change(tuple(changes), kept_apart([FoundObject(index, *whole)]))


def _shortest_ways(objects: Sequence[FoundObject]) -> Iterator[tuple[Point, Point]]:
    """The ends of the ways that join all objects and are the shortest together (Prim 1957).

    How far apart their boxes are is known at once, and never more than the way itself, which is looked for
    only between those that are near by that.
    """
    rims = [_rim(found) for found in objects]
    boxes = np.array([(o.box.x, o.box.y, o.box.right - 1, o.box.bottom - 1) for o in objects], np.float64)
    waiting = set(range(1, len(objects)))
    near: list[tuple[float, int, int, tuple[Point, Point] | None]] = []  # squares, which two, and the way
    new = 0
    while waiting:
        gaps = np.maximum(0, np.maximum(boxes[:, :2] - boxes[new, 2:], boxes[new, :2] - boxes[:, 2:]))
        for other, gap in enumerate((gaps**2).sum(axis=1).tolist()):
            if other in waiting:
                heappush(near, (gap, new, other, None))
        while True:
            _, one, other, way = heappop(near)
            if way is not None and other in waiting:
                break
            if other in waiting:
                square, *ends = _nearest(rims[one], rims[other])
                heappush(near, (square, one, other, (ends[0], ends[1])))
        yield way
        waiting.remove(other)
        new = other


def _rim(found: FoundObject) -> NDArray[np.float64]:
    """(n, 2) x and y of the centres of the pixels at the object's border."""
    contours, _ = cv2.findContours(
        np.pad(found.covered.astype(np.uint8), 1), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE
    )
    points = np.concatenate(contours).reshape(-1, 2).astype(np.float64)
    return np.asarray(points - 0.5 + (found.box.x, found.box.y))


def _nearest(first: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[float, Point, Point]:
    """The shortest distance between two rims, and its ends."""
    if len(first) > len(second):
        distance, end, start = _nearest(second, first)
        return distance, start, end
    best: tuple[float, Point, Point] | None = None
    for chunk in np.array_split(first, max(1, len(first) * len(second) // 4_000_000)):
        squares = ((chunk[:, None, :] - second[None, :, :]) ** 2).sum(axis=2)
        at = int(np.argmin(squares))
        a, b = divmod(at, len(second))
        if best is None or squares[a, b] < best[0]:
            start, end = chunk[a].tolist(), second[b].tolist()
            best = float(squares[a, b]), (start[0], start[1]), (end[0], end[1])
    assert best is not None
    return best
