"""The middle line of objects, for what is long and thin: roots, vessels, cracks.

Thinning after Zhang and Suen (1984), "A fast parallel algorithm for thinning digital patterns": all objects
at once, and only the pixels whose neighbours have changed are looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.measure.lattice import Floats, Ids, Lattice

_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # clockwise from above


def _tables() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of the 256 neighbourhoods let a pixel go in the first and in the second half of a pass."""
    code = np.arange(256)
    bits = (code[:, None] >> np.arange(8)) & 1
    many = bits.sum(axis=1)
    changes = ((bits == 0) & (np.roll(bits, -1, axis=1) == 1)).sum(axis=1)
    above, right, below, left = bits[:, 0], bits[:, 2], bits[:, 4], bits[:, 6]
    thin = (many >= 2) & (many <= 6) & (changes == 1)
    first = thin & (above * right * below == 0) & (right * below * left == 0)
    second = thin & (above * right * left == 0) & (above * below * left == 0)
    return first, second


_HALVES = _tables()


@dataclass(frozen=True)
class Skeletons:
    """Of each object: how long its middle line is, and how wide the object is along it, in pixels."""

    length: Floats
    width: Floats


def skeletons(pixels: Lattice) -> Skeletons:
    """Measure the middle line of each object.

    length: links between neighbouring pixels of the line, 1 along a side and the square root of 2 across a
        corner where no side leads the same way; 0 where the line is a single pixel.
    width: twice the mean distance from the line to the nearest pixel outside of the object, less 1, so that a
        line of one pixel is 1 wide. Beyond the image nothing counts as outside.
    """
    line = thin(pixels.ids)
    distance = np.maximum(_distance_outside(pixels.ids), 1)
    on_line = np.flatnonzero(line[pixels.y, pixels.x])
    y, x, owner = pixels.y[on_line], pixels.x[on_line], pixels.owner[on_line]
    count = np.bincount(owner, minlength=pixels.count)
    width = 2 * np.bincount(owner, distance[y, x], pixels.count) / np.maximum(count, 1) - 1
    return Skeletons(_length(pixels, line, on_line), width)


def thin(ids: Ids) -> NDArray[np.bool_]:
    """(height, width) bool: the middle lines of numbered objects; each object keeps at least a pixel."""
    wide = ids.shape[1] + 2
    flat = np.pad(ids, 1).ravel()
    steps = np.array([dy * wide + dx for dy, dx in _AROUND])
    inner = np.ones(len(flat), np.bool_)
    for step in steps[::2]:
        inner &= flat == np.roll(flat, -step)
    look = np.flatnonzero((flat > 0) & ~inner)
    left = np.bincount(flat)
    while len(look):
        gone = []
        for let_go in _HALVES:
            look = look[flat[look] > 0]
            own = flat[look]
            code = np.zeros(len(look), np.intp)
            for bit, step in enumerate(steps):
                code |= (flat[look + step] == own).astype(np.intp) << bit
            out = look[let_go[code]]
            gone.append(_let_go(flat, out, left))
            # Pixels of the first half's border that come to light are looked at in the second half too.
            look = _distinct(np.concatenate([look, _neighbours(flat, gone[-1], steps)]))
        look = _neighbours(flat, np.concatenate(gone), steps)
    return np.asarray(flat.reshape(-1, wide)[1:-1, 1:-1] > 0)


def _let_go(flat: Ids, out: NDArray[np.intp], left: NDArray[np.intp]) -> NDArray[np.intp]:
    """Take pixels away, but for one where an object had no others left; gives those that are gone."""
    own = flat[out]
    left -= np.bincount(own, minlength=len(left))
    last = np.flatnonzero(left[own] == 0)
    if len(last):  # squares of four pixels would vanish at once
        numbers, first = np.unique(own[last], return_index=True)
        left[numbers] += 1
        out = np.delete(out, last[first])
    flat[out] = 0
    return out


def _neighbours(flat: Ids, places: NDArray[np.intp], steps: NDArray[np.intp]) -> NDArray[np.intp]:
    around = (places[:, None] + steps[None, :]).ravel()
    return _distinct(around[flat[around] > 0])


def _distinct(places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Each once, ascending; by sorting, which is many times faster here than by hashing."""
    places = np.sort(places)
    if len(places) < 2:
        return places
    return np.asarray(places[np.concatenate([[True], places[1:] != places[:-1]])])


def _length(pixels: Lattice, line: NDArray[np.bool_], on_line: NDArray[np.intp]) -> Floats:
    ids = np.where(np.pad(line, 1), np.pad(pixels.ids, 1), 0)
    y, x, owner = pixels.y[on_line] + 1, pixels.x[on_line] + 1, pixels.owner[on_line]
    number = pixels.numbers[owner]
    total = np.zeros(len(y))
    for dy, dx in ((0, 1), (1, 0)):
        total += ids[y + dy, x + dx] == number
    for dy, dx in ((1, 1), (1, -1)):
        direct = (ids[y + dy, x + dx] == number) & (ids[y, x + dx] != number) & (ids[y + dy, x] != number)
        total += np.sqrt(2) * direct
    return np.asarray(np.bincount(owner, total, pixels.count), np.float64)


def _distance_outside(ids: Ids) -> NDArray[np.float32]:
    """How far each pixel is from the nearest one that is not of the same object, in pixels."""
    inside = (ids > 0).astype(np.uint8)
    # Where two objects touch, nothing lies between them: the pixels on one side stand for it.
    for (dy, dx), (sy, sx) in (((0, 1), (0, -1)), ((1, 0), (-1, 0))):
        there = ids[dy:, dx:]
        here = ids[: ids.shape[0] + sy, : ids.shape[1] + sx]
        touching = (there > 0) & (here > 0) & (there != here)
        inside[: ids.shape[0] + sy, : ids.shape[1] + sx][touching] = 0
    return np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)
