"""Position and shape of objects from the moments of their pixels (points at their centres).

Axes are those of the ellipse with the same second moments, orientation is the angle between the first
axis of the image (down) and the object's long one, from -pi/2 to pi/2, counter-clockwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segdesk.core.measure.lattice import Floats, Lattice


@dataclass(frozen=True)
class Shape:
    """Of each object, in pixels; orientation in radians."""

    centroid_y: Floats
    centroid_x: Floats
    equivalent_diameter: Floats
    major_axis: Floats
    minor_axis: Floats
    orientation: Floats
    eccentricity: Floats


def shape(pixels: Lattice) -> Shape:
    """Measure every object; centroids count from the centre of the image's first pixel."""
    area = pixels.area.astype(np.float64)
    # From each object's own corner all sums are whole numbers, and exact.
    y = (pixels.y - pixels.tops[pixels.owner]).astype(np.float64)
    x = (pixels.x - pixels.lefts[pixels.owner]).astype(np.float64)
    sum_y, sum_x = pixels.sums(y), pixels.sums(x)
    yy = pixels.sums(y * y) - sum_y * sum_y / area
    xx = pixels.sums(x * x) - sum_x * sum_x / area
    xy = pixels.sums(x * y) - sum_x * sum_y / area
    # The tensor of inertia, whose first axis is the image's rows.
    tensor = np.stack([xx, -xy, -xy, yy], axis=-1).reshape(-1, 2, 2) / area[:, None, None]
    values = np.clip(np.linalg.eigvalsh(tensor), 0, None)
    low, high = values[:, 0], values[:, 1]
    a, b, c = tensor[:, 0, 0], tensor[:, 0, 1], tensor[:, 1, 1]
    diagonal = np.where(b < 0, np.pi / 4, -np.pi / 4)
    with np.errstate(invalid="ignore", divide="ignore"):
        eccentricity = np.where(high == 0, 0.0, np.sqrt(np.clip(1 - low / high, 0, None)))
    return Shape(
        pixels.tops + sum_y / area,
        pixels.lefts + sum_x / area,
        np.sqrt(4 * area / np.pi),
        4 * np.sqrt(high),
        4 * np.sqrt(low),
        np.where(a == c, diagonal, 0.5 * np.arctan2(-2 * b, c - a)),
        eccentricity,
    )
