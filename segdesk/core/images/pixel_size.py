"""How large a pixel is in the world."""

from __future__ import annotations

import math
from dataclasses import dataclass

_UNITS = {
    "nm": "nm", "nanometer": "nm", "nanometre": "nm",
    "um": "µm", "µm": "µm", "μm": "µm",
    "micron": "µm", "microns": "µm", "micrometer": "µm", "micrometre": "µm",
    "mm": "mm", "millimeter": "mm", "millimetre": "mm",
    "cm": "cm", "centimeter": "cm", "centimetre": "cm",
    "m": "m", "meter": "m", "metre": "m",
}  # fmt: skip
UNITS = ("nm", "µm", "mm", "cm", "m")
"""What lengths are given in, the shortest first."""

METRES = {"nm": 1e-9, "µm": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0}


@dataclass(frozen=True)
class PixelSize:
    """Width and height of a pixel, above zero, in `unit`, one of UNITS."""

    x: float
    y: float
    unit: str


def sized(x: float, y: float, unit: str) -> PixelSize | None:
    """A size, where it is one."""
    known = _UNITS.get(unit.strip().lower())
    if known is None or not all(math.isfinite(side) and side > 0 for side in (x, y)):
        return None
    return PixelSize(float(x), float(y), known)
