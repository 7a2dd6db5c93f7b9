"""The pixels of numbered objects, listed once for all measurements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Lattice:
    """All pixels of some objects, row by row.

    ids: (height, width) int32, 0 for the background. numbers: of the objects, ascending.
    owner: of each pixel, its object's index in `numbers`. y, x: of each pixel.
    tops, lefts, bottoms, rights: of each object's box; the last two are the first row and column beyond.
    """

    ids: Ids
    numbers: Ids
    owner: NDArray[np.intp]
    y: Ints
    x: Ints
    area: Ints
    tops: Ints
    lefts: Ints
    bottoms: Ints
    rights: Ints

    @property
    def count(self) -> int:
        return len(self.numbers)

    def sums(self, weights: Floats) -> Floats:
        """The sum of a figure of each pixel over each object."""
        return np.asarray(np.bincount(self.owner, weights, self.count), np.float64)


def lattice(ids: Ids) -> Lattice:
    """List the pixels of the objects in (height, width) int32 numbers, of which 0 is the background."""
    y, x = np.nonzero(ids)
    found = ids[y, x]
    present = np.bincount(found) if len(found) else np.zeros(1, np.intp)
    numbers = np.flatnonzero(present)
    index = np.zeros(len(present), np.intp)
    index[numbers] = np.arange(len(numbers))
    owner = index[found]
    area = present[numbers].astype(np.int64)
    count = len(numbers)
    low = np.full((2, count), np.iinfo(np.int64).max)
    high = np.full((2, count), -1, np.int64)
    for axis, places in enumerate((y, x)):
        np.minimum.at(low[axis], owner, places)
        np.maximum.at(high[axis], owner, places)
    return Lattice(
        ids,
        numbers.astype(np.int32),
        owner,
        y.astype(np.int64),
        x.astype(np.int64),
        area,
        low[0],
        low[1],
        high[0] + 1,
        high[1] + 1,
    )
