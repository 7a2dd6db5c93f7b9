"""A colour for each object's number, far from its neighbours' colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from segdesk.core.mask import Plane

_GOLDEN = 0.61803398875  # of the circle of hues from one number to the next: none comes near the last ones
_LIGHTNESS = (0.62, 0.75, 0.5)


def hue(number: int) -> QColor:
    """The colour of a number from 1 on."""
    return QColor.fromHslF(number * _GOLDEN % 1.0, 0.85, _LIGHTNESS[number % len(_LIGHTNESS)])


def indices(ids: NDArray[np.int32]) -> Plane:
    """(height, width) uint8 of `palette` indices from objects' numbers; 0 stays 0."""
    return np.where(ids > 0, (ids - 1) % 255 + 1, 0).astype(np.uint8)


def palette() -> list[QColor]:
    """256 colours, the first of which is never used."""
    return [hue(index) for index in range(256)]
