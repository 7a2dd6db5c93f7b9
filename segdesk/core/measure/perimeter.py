"""The length of objects' borders.

A border pixel has a side that is not the object's; a line through the centres of the border pixels is
estimated from each one's neighbours (Benkrid, Crookes and Benkrid 2000, "Design and FPGA implementation of a
perimeter estimator").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segdesk.core.measure.lattice import Floats, Lattice

_SIDES = ((-1, 0), (1, 0), (0, -1), (0, 1))
_CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))
_SIDE, _CORNER = 2, 10  # what a neighbour adds to a border pixel's code, which begins with 1


# Codes of a border pixel that the line passes straight, across corners, and half and half.
_STRAIGHT, _ACROSS, _BENT = (5, 7, 15, 17, 25, 27), (21, 33), (13, 23)


def perimeter(pixels: Lattice) -> Floats:
    """Of each object, in pixels."""
    on_border, rim = border(pixels)
    ids = np.pad(pixels.ids, 1)
    y, x, owner = pixels.y[on_border] + 1, pixels.x[on_border] + 1, pixels.owner[on_border]
    number = pixels.numbers[owner]
    code = np.ones(len(y), np.intp)
    for steps, worth in ((_SIDES, _SIDE), (_CORNERS, _CORNER)):
        for dy, dx in steps:
            code += worth * (rim[y + dy, x + dx] & (ids[y + dy, x + dx] == number))
    kind = _kinds()[code]
    counts = np.bincount(owner * 4 + kind, minlength=4 * pixels.count).reshape(-1, 4)
    straight, across, bent = counts[:, 1], counts[:, 2], counts[:, 3]
    return np.asarray(straight + np.sqrt(2) * across + (1 + np.sqrt(2)) / 2 * bent, np.float64)


def _kinds() -> NDArray[np.intp]:
    kinds = np.zeros(1 + 4 * _SIDE + 4 * _CORNER, np.intp)
    for kind, codes in enumerate((_STRAIGHT, _ACROSS, _BENT), start=1):
        kinds[list(codes)] = kind
    return kinds


def border(pixels: Lattice) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Which pixels of the list are on a border, and where: (height + 2, width + 2), a pixel around."""
    ids = pixels.ids
    inner = np.zeros(ids.shape, np.bool_)
    middle = ids[1:-1, 1:-1]
    inner[1:-1, 1:-1] = (
        (middle == ids[:-2, 1:-1])
        & (middle == ids[2:, 1:-1])
        & (middle == ids[1:-1, :-2])
        & (middle == ids[1:-1, 2:])
    )
    edge = (ids > 0) & ~inner
    return np.flatnonzero(edge[pixels.y, pixels.x]), np.pad(edge, 1)
