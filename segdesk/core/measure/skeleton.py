"""The middle line of objects, for what is long and thin: roots, vessels, cracks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.measure.lattice import Floats, Ids, Ints, Lattice
from segdesk.core.measure.thinning import thin

_FARTHEST = 2**20  # pixels, which is more than an image has


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
    on_line = np.flatnonzero(line[pixels.y, pixels.x])
    y, x, owner = pixels.y[on_line], pixels.x[on_line], pixels.owner[on_line]
    distance = np.maximum(_distances(pixels.ids, y, x), 1)
    count = np.bincount(owner, minlength=pixels.count)
    width = 2 * np.bincount(owner, distance, pixels.count) / np.maximum(count, 1) - 1
    return Skeletons(_length(pixels, line, on_line), width)


def _length(pixels: Lattice, line: NDArray[np.bool_], on_line: NDArray[np.intp]) -> Floats:
    y, x, owner = pixels.y[on_line], pixels.x[on_line], pixels.owner[on_line]
    number = pixels.numbers[owner]

    def along(dy: int, dx: int) -> NDArray[np.bool_]:
        """Where the pixel that lies so is of the same line."""
        there = (y + dy < line.shape[0]) & (x + dx >= 0) & (x + dx < line.shape[1])
        row, column = np.where(there, y + dy, 0), np.where(there, x + dx, 0)
        return np.asarray(there & line[row, column] & (pixels.ids[row, column] == number))

    below, right, left = along(1, 0), along(0, 1), along(0, -1)
    total = right.astype(np.float64) + below
    for dx, beside in ((1, right), (-1, left)):
        total += np.sqrt(2) * (along(1, dx) & ~beside & ~below)
    return np.asarray(np.bincount(owner, total, pixels.count), np.float64)


def _distances(ids: Ids, y: Ints, x: Ints) -> Floats:
    """How far some pixels are from the nearest one that is not of the same object, in pixels.

    First along the columns, then along the rows, but only from these pixels: Felzenszwalb and Huttenlocher
    (2012), "Distance transforms of sampled functions". Where there is none, it is _FARTHEST.
    """
    columns = _along_columns(_clear(ids))
    square = columns[y, x].astype(np.int64) ** 2
    open_ = np.arange(len(y))
    for step in range(1, ids.shape[1]):
        open_ = open_[square[open_] > step * step]
        if not len(open_):
            break
        for side in (-step, step):
            there = x[open_] + side
            within = (there >= 0) & (there < ids.shape[1])
            here, there = open_[within], there[within]
            found = columns[y[here], there].astype(np.int64) ** 2 + step * step
            square[here] = np.minimum(square[here], found)
    return np.sqrt(square.astype(np.float64))


def _clear(ids: Ids) -> NDArray[np.bool_]:
    """(height, width): the pixels of objects, but for those on one side of where two objects touch."""
    inside = ids > 0
    clear = inside.copy()
    # Where two objects touch, nothing lies between them: the pixels on one side stand for it.
    for dy, dx in ((0, 1), (1, 0)):
        here = np.s_[: ids.shape[0] - dy, : ids.shape[1] - dx]
        clear[here] &= (ids[here] == ids[dy:, dx:]) | ~inside[dy:, dx:]
    return clear


def _along_columns(inside: NDArray[np.bool_]) -> Ids:
    """How far each pixel is from the nearest one outside in its column."""
    far = np.empty(inside.shape, np.int32)
    last = np.full(inside.shape[1], _FARTHEST, np.int32)
    for row in range(len(far)):
        last = np.minimum((last + 1) * inside[row], _FARTHEST)
        far[row] = last
    last[:] = _FARTHEST
    for row in reversed(range(len(far))):
        last = np.minimum(last + 1, far[row])
        far[row] = last
    return far
