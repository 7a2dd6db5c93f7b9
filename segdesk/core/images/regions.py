"""Reading a part of an image: only that part, where the file allows it.

    with open_regions(source) as regions:
        part = regions.read(Box(1000, 2000, 512, 512))

What is read is exactly what `read_image` gives there, so a part and the whole never disagree.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.images import kinds, tiff_regions
from segdesk.core.images.failures import DecoderError
from segdesk.core.images.reader import inspect_image, read_image
from segdesk.core.images.source import ImageSource

Size = tuple[int, int]


class Regions(ABC):
    """One image, read piece by piece; any thread may read.

    width, height: of the image.   channels: 1 for gray.   dtype: of what is read.
    sizes: (width, height) of each level; level 0 is the image, the others are smaller copies in the file.
    is_piecewise: reading a part costs about that part, not the whole.
    """

    width: int
    height: int
    channels: int
    dtype: np.dtype[Any]
    sizes: tuple[Size, ...]
    is_piecewise: bool

    @property
    def box(self) -> Box:
        return Box(0, 0, self.width, self.height)

    @property
    def nbytes(self) -> int:
        """Bytes of the whole image, decoded."""
        return self.width * self.height * self.channels * self.dtype.itemsize

    @abstractmethod
    def read(self, box: Box, level: int = 0) -> NDArray[Any]:
        """(box.height, box.width) or (box.height, box.width, channels) pixels, which nobody may change.

        Raises:
            ImageError: the file is gone or damaged there.
            ValueError: the box is empty or reaches beyond the level.
        """

    @abstractmethod
    def close(self) -> None:
        """Let the file go."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class WholeImage(Regions):
    """An image that has to be decoded whole, which happens when something of it is first wanted."""

    is_piecewise = False

    def __init__(self, source: ImageSource, pixels: NDArray[Any] | None = None) -> None:
        self._source = source
        self._pixels = pixels
        self._lock = threading.Lock()
        if pixels is None:
            info = inspect_image(source.path, source.page)
            self.width, self.height, self.channels = info.width, info.height, info.channels
            self.dtype = np.dtype(info.dtype)
        else:
            self.height, self.width = pixels.shape[:2]
            self.channels = 1 if pixels.ndim == 2 else int(pixels.shape[2])
            self.dtype = pixels.dtype
        self.sizes = ((self.width, self.height),)

    def read(self, box: Box, level: int = 0) -> NDArray[Any]:
        check_box(box, self.sizes, level)
        with self._lock:
            if self._pixels is None:
                self._pixels = read_image(self._source)
        return self._pixels[box.slices]

    def close(self) -> None:
        self._pixels = None


class PiecewiseTiff(Regions):
    """A TIFF page that is stored in tiles or strips, of which only those are decoded that are wanted."""

    is_piecewise = True

    def __init__(self, pieces: tiff_regions.TiffPieces) -> None:
        self._pieces = pieces
        self.width, self.height = pieces.levels[0].width, pieces.levels[0].height
        self.channels, self.dtype = pieces.channels, pieces.dtype
        self.sizes = tuple((level.width, level.height) for level in pieces.levels)

    def read(self, box: Box, level: int = 0) -> NDArray[Any]:
        check_box(box, self.sizes, level)
        return self._pieces.read(box, level)

    def close(self) -> None:
        self._pieces.close()


def open_regions(source: ImageSource) -> Regions:
    """A page, ready to be read in parts.

    Raises:
        ImageError: the file cannot be reached or is no image, or has no such page.
    """
    if kinds.recognise(source.path) == kinds.TIFF:
        try:
            pieces = tiff_regions.open_pieces(source.path, source.page)
        except DecoderError:
            pieces = None
        if pieces is not None:
            return PiecewiseTiff(pieces)
    return WholeImage(source)


def check_box(box: Box, sizes: tuple[Size, ...], level: int) -> None:
    """Raise ValueError for a box that is empty or reaches beyond its level."""
    if not 0 <= level < len(sizes):
        raise ValueError(f"no level {level} of {len(sizes)}")
    if box.is_empty or box.x < 0 or box.y < 0 or box.right > sizes[level][0] or box.bottom > sizes[level][1]:
        raise ValueError(f"{box} in a level of {sizes[level]}")
