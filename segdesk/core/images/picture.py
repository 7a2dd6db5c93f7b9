"""An image that is open: its pixels, or a way to read parts of them, and what a screen must know of all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.images.calibration import read_pixel_size
from segdesk.core.images.display import Window, to_display
from segdesk.core.images.failures import page_named
from segdesk.core.images.limits import too_large
from segdesk.core.images.look import Look, Renderer, automatic_windows
from segdesk.core.images.overview import Overview, overview
from segdesk.core.images.pixel_size import PixelSize
from segdesk.core.images.reader import read_image
from segdesk.core.images.regions import Regions, WholeImage, open_regions
from segdesk.core.images.source import ImageSource

HELD = 256 * 2**20
"""Bytes of an image up to which it is held as a whole, even where it could be read in parts."""

_MOST_SAMPLES = 200_000


@dataclass(frozen=True)
class Picture:
    """One page of a file, open.

    pixels: (height, width) or (height, width, channels) as `read_image` gives them; None where the image is
        read in parts.
    overview: a small copy, where it is read in parts.   windows: what each channel is shown with where
        nobody chose.   pixel_size: as the file says.
    """

    source: ImageSource
    regions: Regions
    pixels: NDArray[Any] | None
    overview: Overview | None
    windows: tuple[Window, ...]
    pixel_size: PixelSize | None = None

    @property
    def width(self) -> int:
        return self.regions.width

    @property
    def height(self) -> int:
        return self.regions.height

    @property
    def raw(self) -> NDArray[Any]:
        """All pixels.

        Raises:
            ImageError: the image is so large that it is read in parts.
        """
        if self.pixels is None:
            raise too_large(self.source.path)
        return self.pixels

    @cached_property
    def display(self) -> NDArray[np.uint8]:
        """(height, width) or (height, width, 3) uint8 as an untouched image is shown.

        Raises:
            ImageError: the image is so large that it is read in parts.
        """
        return to_display(self.raw)

    @cached_property
    def sample(self) -> NDArray[Any]:
        """(n, channels) values from all over the image, for histograms and percentiles."""
        values = self.overview.sample if self.overview is not None else self.raw
        channels = 1 if values.ndim == 2 else values.shape[2]
        step = max(1, round((values.shape[0] * values.shape[1] / _MOST_SAMPLES) ** 0.5))
        return np.ascontiguousarray(values[::step, ::step].reshape(-1, channels))

    @property
    def size(self) -> int:
        """Bytes that it takes, a display copy included."""
        if self.pixels is None:
            return 0 if self.overview is None else int(self.overview.pixels.nbytes)
        copied = "display" in self.__dict__ and self.display is not self.pixels
        return int(self.pixels.nbytes) + (int(self.display.nbytes) if copied else 0)

    def read(self, box: Box) -> NDArray[Any]:
        """The pixels of a box inside of the image; raises ImageError where they cannot be read."""
        return self.regions.read(box)

    def renderer(self, look: Look) -> Renderer:
        """What shows it like this."""
        return Renderer(look, self.windows, self.regions.dtype)


def open_picture(source: ImageSource, held: int = HELD) -> Picture:
    """Read an image, or get ready to read it in parts where it is large and its file allows that.

    held: the bytes from which on it is read in parts.

    Raises:
        ImageError: the file cannot be reached or decoded, or has no such page.
    """
    with page_named(source.path, source.page):
        regions = open_regions(source)
    pixel_size = read_pixel_size(source)
    if regions.is_piecewise and regions.nbytes > held:
        small = overview(regions)
        return Picture(source, regions, None, small, automatic_windows(small.sample), pixel_size)
    regions.close()
    pixels = read_image(source)
    return Picture(source, WholeImage(source, pixels), pixels, None, automatic_windows(pixels), pixel_size)
