"""What the image's values are within objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.measure.lattice import Floats, Lattice


@dataclass(frozen=True)
class Intensity:
    """Of each object, in one channel, in the image's own values; std over all of its pixels."""

    mean: Floats
    lowest: Floats
    highest: Floats
    std: Floats


def intensities(pixels: Lattice, image: NDArray[Any]) -> list[Intensity]:
    """One for each channel of a (height, width) or (height, width, channels) image."""
    planes = image[:, :, None] if image.ndim == 2 else image
    return [_channel(pixels, planes[:, :, channel]) for channel in range(planes.shape[2])]


def _channel(pixels: Lattice, plane: NDArray[Any]) -> Intensity:
    values = plane[pixels.y, pixels.x].astype(np.float64)
    mean = pixels.sums(values) / pixels.area
    away = values - mean[pixels.owner]
    lowest, highest = np.full(pixels.count, np.inf), np.full(pixels.count, -np.inf)
    np.minimum.at(lowest, pixels.owner, values)
    np.maximum.at(highest, pixels.owner, values)
    return Intensity(mean, lowest, highest, np.sqrt(pixels.sums(away * away) / pixels.area))
