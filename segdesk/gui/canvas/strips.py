"""The parts of a box in which pixels have changed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box

_STRIP = 160  # device pixels: parts of a stroke's box are about as high, as far as
_STRIPS = 6  # they are not more: each costs a little in itself


def strips(box: Box, changed: NDArray[np.bool_], scale: float) -> Iterator[Box]:
    """Boxes around the pixels of a box that are True in `changed`; scale: device pixels a pixel.

    Where pixels are large on the screen the box is parted, so that a wide brush that moved a little costs
    no more than the crescent that it added.
    """
    parts = min(max(1, round(box.height * scale / _STRIP)), _STRIPS, box.height)
    height = math.ceil(box.height / parts)
    for top in range(0, box.height, height):
        strip = changed[top : top + height]
        columns = np.flatnonzero(strip.any(axis=0))
        if len(columns):
            first, last = int(columns[0]), int(columns[-1])
            yield Box(box.x + first, box.y + top, last - first + 1, len(strip))
