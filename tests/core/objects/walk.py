"""Objects found the slow way: from each pixel to its neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Of each of the eight neighbours: rows, columns, which end has the bit, and the bit.
_WAYS = (
    (0, 1, 0, 1), (0, -1, 1, 1), (1, 0, 0, 2), (-1, 0, 1, 2),
    (1, 1, 0, 4), (-1, -1, 1, 4), (1, -1, 0, 8), (-1, 1, 1, 8),
)  # fmt: skip


def walked(labels: NDArray[np.uint8], borders: NDArray[np.uint8]) -> NDArray[np.int32]:
    """(height, width) numbers from 1 on in the order of rows, 0 on the background."""
    height, width = labels.shape
    ids = np.zeros(labels.shape, np.int32)
    count = 0
    for row, column in zip(*np.nonzero(labels), strict=True):
        if ids[row, column]:
            continue
        count += 1
        ids[row, column] = count
        waiting = [(int(row), int(column))]
        while waiting:
            y, x = waiting.pop()
            for down, right, end, bit in _WAYS:
                v, u = y + down, x + right
                if not (0 <= v < height and 0 <= u < width) or ids[v, u] or labels[v, u] != labels[y, x]:
                    continue
                if not (borders[y, x] if end == 0 else borders[v, u]) & bit:
                    ids[v, u] = count
                    waiting.append((v, u))
    return ids
