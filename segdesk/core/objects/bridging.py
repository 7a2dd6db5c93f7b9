"""Merging objects: a bridge where they are nearest to each other, or none where they touch."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND, Plane
from segdesk.core.objects.change import Assertion, Change, kept_apart
from segdesk.core.objects.found import FoundObject, united
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
    whole = objects[0].coverage
    for found in objects[1:]:
        whole = united(whole, found.coverage)
    rims = [_rim(found) for found in objects]
    joined, waiting = [0], list(range(1, len(objects)))
    while waiting:  # the shortest way from what is joined already to what is not (Prim)
        ways = [(_nearest(rims[a], rims[b]), b) for a in joined for b in waiting]
        (_, start, end), nearest = min(ways, key=lambda way: way[0][0])
        if max(abs(end[0] - start[0]), abs(end[1] - start[1])) > 1:
            box, covered = round_stroke(start, end, max(width, 2.0), bounds)
            free = covered & (labels[box.slices] == BACKGROUND)
            if free.any():
                changes.append(Assertion(box, free, index))
                whole = united(whole, (box, free))
        joined.append(nearest)
        waiting.remove(nearest)
    return Change(tuple(changes), kept_apart([FoundObject(index, *whole)]))


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
