"""An image as a network reads it: from memory, or part by part from a file that is too large for that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource, Regions, open_regions, read_image
from segdesk.nn import resized
from segdesk.nn.large import measured, read_like
from segdesk.nn.normalise import Normalised
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.tiling import Readable

_WHOLE = 256 * 2**20  # bytes up to which an image is held in memory
_SMALL = 2**20  # pixels, up to which nobody looks whether an image could be read by parts


class Parts:
    """An image that stays in its file; what is read of it is normalised as the whole would be."""

    def __init__(self, regions: Regions, spec: NetworkSpec) -> None:
        """Raises ImageError where the file is damaged."""
        self.height, self.width = regions.height, regions.width
        self._regions = regions
        self._like = measured(regions, spec.in_channels, spec.normalisation)

    def read(self, box: Box) -> NDArray[np.float32]:
        """(channels, box.height, box.width) float32; the box lies inside.

        Raises:
            ImageError: the file is gone or damaged there.
        """
        return read_like(self._regions, box, self._like).read(Box(0, 0, box.width, box.height))


@contextmanager
def opened(
    source: ImageSource, spec: NetworkSpec, before: Callable[[int], None] | None = None, pixels: int = 0
) -> Iterator[Readable]:
    """An image, ready to be read by a model while this lasts.

    before: is called with how many pixels there are, before any of them is decoded.
    pixels: how many there are, where that is known.

    Raises:
        ImageError: it cannot be read.
    """
    if 0 < pixels <= _SMALL:
        if before is not None:
            before(pixels)
        yield normalised(source, spec)
        return
    with open_regions(source) as regions:
        if before is not None:
            before(regions.width * regions.height)
        by_parts = regions.is_piecewise and not spec.preparation.changes_pixels
        if by_parts and regions.nbytes > _WHOLE:
            yield Parts(regions, spec)
            return
    yield normalised(source, spec)


def normalised(source: ImageSource, spec: NetworkSpec) -> Normalised:
    """An image in memory, ready to be read by a model; raises ImageError."""
    return resized.normalised(read_image(source), spec)
