"""Cutting one object into several: along a drawn line, or where it is narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.borders import between
from segdesk.core.objects.change import Change, Division
from segdesk.core.objects.components import components
from segdesk.core.objects.found import FoundObject, trimmed
from segdesk.core.painting import Point

MAX_DEPTH = 50.0  # pixels; see by_watershed
_LEVEL = 0.5  # pixels of distance from one level of the flood to the next
_FLAT = 0.01  # pixels of distance that make no peak
_CRUMB = 4  # pixels; what is smaller is no part of its own
_LOOKED_AT = 120_000  # pixels of an object, above which it is looked at smaller


@dataclass(frozen=True)
class Split:
    """What becomes of one object.

    parts: the pieces, the largest first; each pixel is in one. change: draws the borders between them.
    """

    parts: tuple[FoundObject, ...]
    change: Change


def by_line(found: FoundObject, points: Sequence[Point]) -> Split:
    """Cut along a line through these places (image coordinates); one part where it does not cut through.

    The pixels right under the line go to one of its sides.
    """
    line = np.zeros(found.covered.shape, np.uint8)
    for start, end in pairwise(points):
        _draw_tight(line, _pixel(found, start), _pixel(found, end))
    return _divided(found, (found.covered & (line == 0)).astype(np.int32))


def by_watershed(found: FoundObject, depth: float = 1.0) -> Split:
    """Cut where the object is narrow, by watersheds of the distance to its border.

    Peaks that stand out are flooded from above until they meet (Vincent and Soille 1991, "Watersheds in
    digital spaces").

    depth: by how many pixels a neck must be narrower (in half its width) than the parts on both sides;
        more of it makes fewer parts.
    """
    return _divided(found, _basins(found, depth))


def _basins(found: FoundObject, depth: float) -> NDArray[np.int32]:
    """The number of the basin that each pixel of the object's box lies in, from 1; 0 where none came."""
    mask = np.pad(found.covered.astype(np.uint8), 1)
    scale = min(1.0, float(np.sqrt(_LOOKED_AT / max(1, found.area))))
    height, width = mask.shape
    small = mask
    if scale < 1:  # a large object's parts are seen well enough from farther away
        small = np.asarray(cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        small = np.pad(small, 1)
    distance = np.asarray(cv2.distanceTransform(small, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)
    peaks = _peaks(distance, max(depth, 0.5) * scale)
    count, seeds = cv2.connectedComponents(peaks.astype(np.uint8), connectivity=8)
    if count <= 2:
        return found.covered.astype(np.int32)
    owner = _flooded(seeds.astype(np.float32), distance)
    if scale < 1:
        near = cv2.resize(owner[1:-1, 1:-1], (width, height), interpolation=cv2.INTER_NEAREST)
        owner = np.asarray(near, np.float32)
    return owner[1:-1, 1:-1].astype(np.int32)


def _flooded(owner: NDArray[np.float32], distance: NDArray[np.float32]) -> NDArray[np.float32]:
    """Let every basin rise from its seed until it meets its neighbours, from the largest distance down."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    for level in [*np.arange(float(distance.max()), 0.0, -_LEVEL).tolist(), 1e-6]:
        free = (distance >= level) & (owner == 0)
        while free.any():
            wider = np.asarray(cv2.dilate(owner, cross), np.float32)
            reached = free & (wider > 0)
            if not reached.any():
                break
            owner[reached] = wider[reached]
            free &= ~reached
    return owner


def _spread(numbers: NDArray[np.int32], covered: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Give covered pixels without a number the highest one beside them, until all have one."""
    spread = numbers.astype(np.float32)  # numbers up to 16 millions are exact
    kernel = np.ones((3, 3), np.uint8)
    free = covered & (numbers == 0)
    while free.any():
        wider = np.asarray(cv2.dilate(spread, kernel), np.float32)
        reached = free & (wider > 0)
        if not reached.any():
            break
        spread[reached] = wider[reached]
        free &= ~reached
    return spread.astype(np.int32)


def _peaks(distance: NDArray[np.float32], depth: float) -> NDArray[np.bool_]:
    """Maxima that stand out by `depth` from the saddle to a higher one (h-maxima, Soille 2003)."""
    lower = _rebuilt(distance - np.float32(depth), distance)
    return np.asarray((lower - _rebuilt(lower - np.float32(_FLAT), lower) > _FLAT / 2) & (distance > 0))


def _rebuilt(marker: NDArray[np.float32], limit: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grey reconstruction by dilation, until nothing changes."""
    kernel = np.ones((3, 3), np.uint8)
    marker = np.maximum(marker, 0)
    while True:
        wider = np.minimum(cv2.dilate(marker, kernel), limit)
        if np.array_equal(wider, marker):
            return np.asarray(wider, np.float32)
        marker = np.asarray(wider, np.float32)


def _divided(found: FoundObject, numbers: NDArray[np.int32]) -> Split:
    """Part an object by the numbers of its pixels; those without one, and crumbs, go to a neighbour."""
    numbers = np.where(found.covered, numbers, 0)
    pieces = components(numbers > 0, between(numbers)[0])
    crumbs = np.flatnonzero(pieces.areas < _CRUMB) + 1
    numbers = _spread(np.where(np.isin(pieces.ids, crumbs), 0, pieces.ids), found.covered)
    parts = [
        trimmed(found.class_index, (found.box, numbers == number))
        for number in np.flatnonzero(np.bincount(numbers.ravel())).tolist()
        if number
    ]
    whole = sorted((part for part in parts if part is not None), key=lambda part: -part.area)
    if len(whole) < 2:
        return Split((found,), Change())
    return Split(tuple(whole), Change(divisions=(Division(found.box, numbers),)))


def _pixel(found: FoundObject, point: Point) -> tuple[int, int]:
    return int(np.floor(point[0])) - found.box.x, int(np.floor(point[1])) - found.box.y


def _draw_tight(plane: NDArray[np.uint8], start: tuple[int, int], end: tuple[int, int]) -> None:
    """A line whose pixels touch by their sides, so that nothing slips through at a corner."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    xs = np.rint(np.linspace(start[0], end[0], steps + 1)).astype(np.intp)
    ys = np.rint(np.linspace(start[1], end[1], steps + 1)).astype(np.intp)
    corner_y = ys[1:]  # where both change, the pixel between goes along
    columns, rows = np.concatenate([xs, xs[:-1]]), np.concatenate([ys, corner_y])
    height, width = plane.shape
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    plane[rows[inside], columns[inside]] = 1
