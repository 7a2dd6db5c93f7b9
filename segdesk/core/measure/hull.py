"""The pixels of objects' convex hulls.

A hull is that of the middles of the pixels' sides, and a pixel belongs to it where its centre is in it or on
its border. In half pixels all of that are whole numbers, so the count is exact.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from segdesk.core.measure.lattice import Ints, Lattice


def hull_area(pixels: Lattice) -> Ints:
    """How many pixels the convex hull of each object has."""
    points, edges = _extremes(pixels)
    hulls = [cv2.convexHull(points[a:b])[:, 0, :] for a, b in pairwise(edges.tolist())]
    if not hulls:
        return np.zeros(0, np.int64)
    corners = np.concatenate(hulls).astype(np.int64)
    owner = np.repeat(np.arange(pixels.count), [len(hull) for hull in hulls])
    following = np.roll(corners, -1, axis=0)
    last = np.flatnonzero(np.diff(owner, append=-1))
    following[last] = corners[np.concatenate([[0], last[:-1] + 1])]
    return _lattice_points(corners, following, owner, pixels)


def _extremes(pixels: Lattice) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.int32]], Ints]:
    """The middles of the outer sides of each row of each object, in half pixels from the object's corner.

    Gives (n, 2) x and y, object by object, and where each object's begin.
    """
    heights = pixels.bottoms - pixels.tops
    first_row = np.concatenate([[0], np.cumsum(heights)])
    rows = int(first_row[-1])
    row = first_row[pixels.owner] + pixels.y - pixels.tops[pixels.owner]
    low = np.full(rows, np.iinfo(np.int64).max)
    high = np.full(rows, -1, np.int64)
    np.minimum.at(low, row, pixels.x)
    np.maximum.at(high, row, pixels.x)
    object_of_row = np.repeat(np.arange(pixels.count), heights)
    lefts = pixels.lefts[object_of_row]
    y = 2 * (np.arange(rows) - first_row[object_of_row])
    left, right = 2 * (low - lefts), 2 * (high - lefts)
    # Rows of an object that has none of its pixels there repeat the object's first pixel.
    empty = high < 0
    some = first_row[object_of_row[empty]]
    left[empty], right[empty], y[empty] = left[some], right[some], y[some]
    points = np.empty((rows, 6, 2), np.int32)
    for place, (x, dx, dy) in enumerate(
        ((left, -1, 0), (left, 0, -1), (left, 0, 1), (right, 1, 0), (right, 0, -1), (right, 0, 1))
    ):
        points[:, place, 0] = x + dx
        points[:, place, 1] = y + dy
    return points.reshape(-1, 2), first_row * 6


def _lattice_points(start: Ints, stop: Ints, owner: Ints, pixels: Lattice) -> Ints:
    """Even points in or on convex polygons, given by their edges in half pixels."""
    heights = pixels.bottoms - pixels.tops
    first_row = np.concatenate([[0], np.cumsum(heights)])
    upward = stop[:, 1] < start[:, 1]
    top = np.where(upward[:, None], stop, start)
    bottom = np.where(upward[:, None], start, stop)
    first, last = -(-top[:, 1] // 2), bottom[:, 1] // 2  # the rows whose middle an edge crosses
    many = np.maximum(last - first + 1, 0)
    many[top[:, 1] == bottom[:, 1]] = 0
    edge = np.repeat(np.arange(len(many)), many)
    row = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(many) - many, many)
    dx, dy = bottom[edge, 0] - top[edge, 0], bottom[edge, 1] - top[edge, 1]
    # x in half pixels is top + numerator / dy; a pixel's index is half of that.
    numerator = top[edge, 0] * dy + (2 * row - top[edge, 1]) * dx
    place = first_row[owner[edge]] + row
    rows = int(first_row[-1])
    leftmost = np.full(rows, np.iinfo(np.int64).max)
    rightmost = np.full(rows, np.iinfo(np.int64).min)
    np.minimum.at(leftmost, place, -(-numerator // (2 * dy)))
    np.maximum.at(rightmost, place, numerator // (2 * dy))
    widths = np.maximum(rightmost - leftmost + 1, 0)
    return np.add.reduceat(widths, first_row[:-1]) if rows else np.zeros(0, np.int64)
