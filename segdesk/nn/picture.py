"""An image as a network reads it: from memory, or part by part from a file that is too large for that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource, Regions, open_regions, read_image
from segdesk.nn import resized
from segdesk.nn.normalise import Normalised, Pixels
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.tiling import Readable

_WHOLE = 256 * 2**20  # bytes up to which an image is held in memory
_LOOKS, _LOOK = 8, 96  # a side's pieces that statistics are taken from, and the side of one in pixels


class Parts:
    """An image that stays in its file; what is read of it is normalised as the whole would be."""

    def __init__(self, regions: Regions, spec: NetworkSpec) -> None:
        """Raises ImageError where the file is damaged."""
        self.height, self.width = regions.height, regions.width
        self._regions = regions
        sample = Normalised.of(_sample(regions), spec.in_channels, spec.normalisation)
        self._kept = int(sample.pixels.shape[-1])
        self._like = sample

    def read(self, box: Box) -> NDArray[np.float32]:
        """(channels, box.height, box.width) float32; the box lies inside.

        Raises:
            ImageError: the file is gone or damaged there.
        """
        pixels = self._regions.read(box)
        pixels = pixels[..., None] if pixels.ndim == 2 else pixels[..., : self._kept]
        like = self._like
        part = Normalised(pixels, like.centre, like.spread, like.channels)
        return part.read(Box(0, 0, box.width, box.height))


@contextmanager
def opened(source: ImageSource, spec: NetworkSpec) -> Iterator[Readable]:
    """An image, ready to be read by a model while this lasts.

    Raises:
        ImageError: it cannot be read.
    """
    with open_regions(source) as regions:
        by_parts = regions.is_piecewise and not spec.preparation.changes_pixels
        if by_parts and regions.nbytes > _WHOLE:
            yield Parts(regions, spec)
            return
    yield normalised(source, spec)


def normalised(source: ImageSource, spec: NetworkSpec) -> Normalised:
    """An image in memory, ready to be read by a model; raises ImageError."""
    return resized.normalised(read_image(source), spec)


def _sample(regions: Regions) -> Pixels:
    """(H, W) or (H, W, C) pixels from all over the image."""
    wide, tall = min(_LOOK, regions.width), min(_LOOK, regions.height)
    rows = np.linspace(0, regions.height - tall, _LOOKS).astype(int)
    columns = np.linspace(0, regions.width - wide, _LOOKS).astype(int)
    looks = [[regions.read(Box(int(x), int(y), wide, tall)) for x in columns] for y in rows]
    sample: Pixels = np.concatenate([np.concatenate(row, axis=1) for row in looks], axis=0)
    return sample
