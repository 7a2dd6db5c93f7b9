"""From pixels to lengths in the world."""

from __future__ import annotations

import math
from dataclasses import dataclass

from segdesk.core.images.pixel_size import METRES, UNITS, PixelSize

_SQUARE = 1e-3  # by how much a square's sides may differ
_LEAST = 0.01  # of a handy unit that a pixel is long


@dataclass(frozen=True)
class Scale:
    """How long the side of a pixel is; size None: nobody knows, and lengths stay in pixels."""

    size: float | None = None
    unit: str = "px"


def scale_of(said: PixelSize | None, read: PixelSize | None) -> Scale:
    """The scale that a person said, in the unit they chose; else the file's, in the handiest unit.

    Pixels that are not squares have none.
    """
    known = said or read
    if known is None or not math.isclose(known.x, known.y, rel_tol=_SQUARE):
        return Scale()
    if said is not None:
        return Scale(said.x, said.unit)
    metres = known.x * METRES[known.unit]
    unit = next((u for u in reversed(UNITS) if metres / METRES[u] >= _LEAST), UNITS[0])
    return Scale(known.x, known.unit) if unit == known.unit else Scale(metres / METRES[unit], unit)
