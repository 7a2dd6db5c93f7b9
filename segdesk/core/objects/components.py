"""What hangs together in a plane: neighbours by sides and corners, unless a border parts them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.borders import STEPS, Bits, beside, within_classes
from segdesk.core.objects.extents import extents

Ids = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Components:
    """ids: (height, width) from 1 on, 0 outside. boxes: (n, 4) x, y, width, height. areas: (n,) pixels."""

    ids: Ids
    boxes: Ids
    areas: Ids


def components(plane: NDArray[np.bool_], borders: Bits | None = None) -> Components:
    """The components of the pixels of a plane, in the order of their rows.

    borders: (height, width) as in `segdesk.core.borders`; None where nothing is parted.
    """
    pixels = np.ascontiguousarray(plane).view(np.uint8)
    if borders is not None and borders.any():
        live = borders & within_classes(pixels)
        if live.any():
            return _parted(pixels, live)
    ids = np.empty(pixels.shape, np.int32)  # by numpy, which asks for large pages: a third of the time
    count, _ = cv2.connectedComponents(pixels, ids, connectivity=8, ltype=cv2.CV_32S)
    return Components(ids, *extents(ids, count - 1, pixels))


def _parted(pixels: Bits, live: Bits) -> Components:
    """What lies off the borders hangs together as ever; pixels beside one are joined to it one by one."""
    near = beside(live)
    count, nodes, stats, _ = cv2.connectedComponentsWithStats(
        np.pad(np.where(near, np.uint8(0), pixels), 1), connectivity=8
    )
    y, x = (along + 1 for along in np.nonzero(near))  # in the padded plane, where all have eight neighbours
    nodes[y, x] = np.arange(count, count + len(y), dtype=np.int32)
    bits = np.pad(live, 1)
    starts: list[Ids] = []
    stops: list[Ids] = []
    for bit, (down, right) in STEPS.items():
        for way in (1, -1):
            other = nodes[y + way * down, x + way * right]
            owner = bits[y, x] if way > 0 else bits[y - down, x - right]
            joined = (other > 0) & (owner & bit == 0)
            starts.append(nodes[y, x][joined])
            stops.append(other[joined])
    owners = united(count + len(y), np.concatenate(starts), np.concatenate(stops))
    lefts = np.concatenate([stats[1:, 0], x]) - 1
    tops = np.concatenate([stats[1:, 1], y]) - 1
    rights = np.concatenate([stats[1:, 0] + stats[1:, 2], x + 1]) - 1
    bottoms = np.concatenate([stats[1:, 1] + stats[1:, 3], y + 1]) - 1
    areas = np.concatenate([stats[1:, cv2.CC_STAT_AREA], np.ones(len(y), np.int32)])
    roots, number = np.unique(owners[1:], return_inverse=True)
    far = np.int32(2**31 - 1)
    edges = (
        np.stack([np.full(len(roots), far), np.full(len(roots), far)]),
        np.zeros((2, len(roots)), np.int32),
    )
    for low, high, first, last in zip(*edges, (lefts, tops), (rights, bottoms), strict=True):
        np.minimum.at(low, number, first.astype(np.int32))
        np.maximum.at(high, number, last.astype(np.int32))
    (left, top), (right_edge, bottom) = edges
    order = np.lexsort((left, top))
    place = np.empty(len(roots), np.int32)
    place[order] = np.arange(1, len(roots) + 1, dtype=np.int32)
    table = np.concatenate([np.zeros(1, np.int32), place[number]])
    boxes = np.column_stack([left, top, right_edge - left, bottom - top])[order].astype(np.int32)
    sizes = np.bincount(number, weights=areas, minlength=len(roots))[order].astype(np.int32)
    return Components(table[nodes[1:-1, 1:-1]], boxes, sizes)


def united(count: int, first: Ids, second: Ids) -> Ids:
    """The lowest of the numbers below `count` that each one hangs together with, by pairs."""
    owner = np.arange(count, dtype=np.int32)
    while True:
        one, other = owner[first], owner[second]
        apart = one != other
        if not apart.any():
            return owner
        first, second = first[apart], second[apart]
        np.minimum.at(owner, np.maximum(one, other)[apart], np.minimum(one, other)[apart])
        while not np.array_equal(further := owner[owner], owner):
            owner = further
