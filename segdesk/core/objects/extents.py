"""How far each of the numbered objects of a plane reaches, and how large it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segdesk.core.runs import changes

Ids = NDArray[np.int32]


def extents(ids: Ids, count: int, pixels: NDArray[np.uint8]) -> tuple[Ids, Ids]:
    """Boxes (count, 4) x, y, width, height, and areas (count,), of the objects 1 to `count`.

    ids: (height, width), 0 outside; each number occurs. pixels: (height, width) that change along a row
    wherever `ids` do. From runs, this takes a fraction of the time that OpenCV's statistics take, unless all
    is noise.
    """
    if not count:
        return np.zeros((0, 4), np.int32), np.zeros(0, np.int32)
    height, width = ids.shape
    # Of bytes, where something changes is found in a quarter of the time.
    starts = np.concatenate([np.zeros(1, np.int64), changes(pixels.ravel(), width)])
    owners = ids.ravel()[starts]
    stops = np.append(starts[1:], ids.size)
    inside = owners > 0
    owners = owners[inside] - 1
    starts, lengths = starts[inside], (stops - starts)[inside]
    y = starts // width
    x = starts - y * width
    left, top = np.full(count, width), np.full(count, height)
    right, bottom = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.minimum.at(left, owners, x)
    np.maximum.at(right, owners, x + lengths)
    np.minimum.at(top, owners, y)
    np.maximum.at(bottom, owners, y + 1)
    boxes = np.column_stack([left, top, right - left, bottom - top]).astype(np.int32)
    return boxes, np.bincount(owners, weights=lengths, minlength=count).astype(np.int32)
