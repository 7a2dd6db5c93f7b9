"""A range of values: what of a shape is as bright as what a person means."""

from __future__ import annotations

import math

import numpy as np

from segdesk.core.assisted.pixels import Pixels, bounds_of, values
from segdesk.core.painting import Coverage, Point

_MOST_SEEN = 1_000_000  # pixels


def in_range(pixels: Pixels, coverage: Coverage, low: float, high: float) -> Coverage:
    """Those of the covered pixels whose value lies from `low` to `high`, both included.

    pixels: (H, W) or (H, W, C) of any type; the value is the gray, or the brightness of RGB, in its own unit.
    """
    box, covered = coverage
    if box.is_empty:
        return coverage
    value = values(pixels[box.slices])
    return box, covered & (value >= low) & (value <= high)


def value_at(pixels: Pixels, point: Point) -> float | None:
    """The value of the pixel under a point; None off the image."""
    column, row = math.floor(point[0]), math.floor(point[1])
    bounds = bounds_of(pixels)
    if not (0 <= column < bounds.width and 0 <= row < bounds.height):
        return None
    return float(values(pixels[row : row + 1, column : column + 1])[0, 0])


def value_range(pixels: Pixels) -> tuple[float, float]:
    """The least and the greatest value of an image, seen on some of its pixels, spread evenly over it.

    Values that are no numbers (NaN, infinity) are passed over; (0, 0) where there are no others.
    """
    step = max(1, math.ceil(math.sqrt(pixels.shape[0] * pixels.shape[1] / _MOST_SEEN)))
    seen = values(pixels[::step, ::step])
    known = seen[np.isfinite(seen)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
