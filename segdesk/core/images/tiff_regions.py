"""Parts of a TIFF page: which tiles or strips they lie in, and those decoded; smaller copies come along."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageError
from segdesk.core.geometry import Box
from segdesk.core.images import tiff_pages, tiff_reader
from segdesk.core.images.failures import cut_short, foreign, unreachable
from segdesk.core.images.raw import final_dtype
from segdesk.core.images.reader import meant
from segdesk.core.images.tile_cache import tiles

_ROWS_AT_ONCE = 2**20  # bytes of rows that are read in one go where nothing is compressed
_NEARLY = 0.02  # how far a smaller copy's proportions may be off
_numbers = itertools.count()


@dataclass(frozen=True)
class Level:
    """The image at one size: a grid of pieces of one size, the last ones cut off.

    parts: the planes whose samples are the channels: pages, or offsets of bare values.
    """

    width: int
    height: int
    piece: tuple[int, int]  # width and height
    frame: Any
    parts: tuple[Any, ...]

    @property
    def columns(self) -> int:
        return -(-self.width // self.piece[0])

    @property
    def rows(self) -> int:
        return -(-self.height // self.piece[1])

    def piece_box(self, row: int, column: int) -> Box:
        """The pixels of a piece."""
        width, height = self.piece
        return Box(column * width, row * height, width, height).intersect(Box(0, 0, self.width, self.height))

    def touched(self, box: Box) -> Iterator[tuple[int, int]]:
        """Row and column of each piece that a box inside the level touches."""
        width, height = self.piece
        rows = range(box.y // height, (box.bottom - 1) // height + 1)
        return itertools.product(rows, range(box.x // width, (box.right - 1) // width + 1))


class TiffPieces:
    """A page of an open file; see `Regions` for what is read."""

    def __init__(self, path: Path, levels: tuple[Level, ...], channels: int, dtype: np.dtype[Any]) -> None:
        self.levels = levels
        self.channels = channels
        self.dtype = dtype
        self._path = path
        self._owner = next(_numbers)
        self._lock = threading.Lock()
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise unreachable(path, error) from error

    def read(self, box: Box, level: int) -> NDArray[Any]:
        """The pixels of a box that lies inside of the level."""
        there = self.levels[level]
        pieces = list(there.touched(box))
        shape = (box.height, box.width) if self.channels == 1 else (box.height, box.width, self.channels)
        out = np.empty(shape, self.dtype)
        for row, column in pieces:
            at = there.piece_box(row, column)
            pixels = self._piece(level, row, column)
            inside = at.intersect(box)
            source = Box(inside.x - at.x, inside.y - at.y, inside.width, inside.height)
            target = Box(inside.x - box.x, inside.y - box.y, inside.width, inside.height)
            out[target.slices] = pixels[source.slices]
        return out

    def close(self) -> None:
        self._file.close()
        tiles.forget(self._owner)

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()

    def _piece(self, level: int, row: int, column: int) -> NDArray[Any]:
        key = (self._owner, level, row, column)
        pixels = tiles.get(key)
        if pixels is None:
            pixels = self._decoded(self.levels[level], row, column)
            tiles.put(key, pixels)
        return pixels

    def _decoded(self, level: Level, row: int, column: int) -> NDArray[Any]:
        box = level.piece_box(row, column)
        try:
            with foreign(self._path):
                planes = [self._plane(level, part, row, column, box) for part in level.parts]
                stored = planes[0] if len(planes) == 1 else np.concatenate(planes, axis=2)
                stored = stored[..., 0] if stored.shape[2] == 1 else stored
                return meant(tiff_reader.as_raw(level.frame, stored))
        except ValueError as error:  # from a file that is closed: nobody wants this any more
            raise ImageError(str(error)) from error

    def _plane(self, level: Level, part: Any, row: int, column: int, box: Box) -> NDArray[Any]:
        """(h, w, samples) values of one piece as stored."""
        frame = level.frame
        if isinstance(part, int):
            return self._bare(level, part, box)
        apart, contiguous = frame.shaped[0], frame.shaped[4]
        out = np.empty((box.height, box.width, apart * contiguous), frame.dtype)
        for sample in range(apart):
            index = (sample * level.rows + row) * level.columns + column
            data = self._bytes(part.dataoffsets[index], part.databytecounts[index])
            target = out[..., sample * contiguous : (sample + 1) * contiguous]
            if not data:
                target[...] = frame.nodata
                continue
            arguments = {}
            if int(frame.compression) in tiff_pages.JPEG:
                arguments = {"jpegtables": part.jpegtables, "jpegheader": frame.jpegheader}
            segment, _, _ = frame.decode(data, index, _fullsize=False, **arguments)
            target[...] = segment[0, : box.height, : box.width]
        return out

    def _bare(self, level: Level, offset: int, box: Box) -> NDArray[Any]:
        """Rows of a page that is stored as it is."""
        frame = level.frame
        dtype = np.dtype(frame.dtype).newbyteorder(frame.parent.byteorder)
        apart, contiguous = frame.shaped[0], frame.shaped[4]
        row_bytes = level.width * contiguous * dtype.itemsize
        planes = []
        for sample in range(apart):
            start = offset + (sample * level.height + box.y) * row_bytes
            data = self._bytes(start, box.height * row_bytes)
            if len(data) < box.height * row_bytes:
                raise cut_short(self._path)
            planes.append(np.frombuffer(data, dtype).reshape(box.height, level.width, contiguous))
        return planes[0] if apart == 1 else np.concatenate(planes, axis=2)

    def _bytes(self, offset: int, count: int) -> bytes:
        with self._lock:
            self._file.seek(offset)
            return self._file.read(count)


def open_pieces(path: Path, page: int) -> TiffPieces | None:
    """A page to be read in pieces; None where it has to be decoded whole.

    Raises:
        DecoderError: tifffile does not get along with the file.
        ImageError: the file cannot be reached, claims more than it holds, or has no such page.
    """
    with tiff_pages.opened(path, page, whole=False) as (tiff, chosen, pages), foreign(path):
        first = _level(chosen.series, chosen.parts)
        if first is None:
            return None
        smaller = [_level(series, chosen.parts) for series in _smaller(tiff, chosen.series, pages)]
        levels = [first]
        for level in sorted((each for each in smaller if each), key=lambda each: -each.width):
            ratio = level.width * first.height / (level.height * first.width)
            if level.width < levels[-1].width and abs(ratio - 1) < _NEARLY + 1 / level.height:
                levels.append(level)
        _, _, stored = tiff_pages.stored_shape(chosen)
        channels = tiff_reader.final_channels(first.frame, stored)
        palette = tiff_reader.is_paletted(first.frame)
        dtype = np.dtype(np.uint8) if palette else final_dtype(first.frame.dtype)
        return TiffPieces(path, tuple(levels), channels, dtype)


def _smaller(tiff: Any, series: Any, pages: int) -> list[Any]:
    """Series that may be smaller copies of one."""
    found = list(series.levels[1:])
    if pages == 1:  # else it is not known whose copies they are
        found += [other for other in tiff.series if other is not series and _is_reduced(other)]
    frame = series.keyframe
    return [
        other
        for other in found
        if other.keyframe.dtype == frame.dtype
        and other.keyframe.photometric == frame.photometric
        and len(other) == len(series)
        and other.keyframe.shaped[0] == frame.shaped[0]
        and other.keyframe.shaped[4] == frame.shaped[4]
    ]


def _is_reduced(series: Any) -> bool:
    return int(series.keyframe.subfiletype) == 1 and {"Y", "X"} <= set(series.axes)


def _level(series: Any, numbers: tuple[int, ...]) -> Level | None:
    """The pages of these numbers, as a grid of pieces; None where they have to be decoded whole."""
    if not tiff_pages.is_piecewise(series):
        return None
    frame = series.keyframe
    width, height = int(frame.imagewidth), int(frame.imagelength)
    row_bytes = width * np.dtype(frame.dtype).itemsize * frame.shaped[4]
    rows = (width, max(1, min(height, _ROWS_AT_ONCE // max(1, row_bytes))))
    if tiff_pages.has_one_header(series):
        if series.dataoffset is None:
            return None
        size = math.prod(frame.shape) * np.dtype(frame.dtype).itemsize
        offsets = tuple(int(series.dataoffset) + number * size for number in numbers)
        return Level(width, height, rows, frame, offsets)
    parts = tuple(series[number] for number in numbers)
    if any(part is None or not part.dataoffsets for part in parts):
        return None
    if tiff_pages.is_bare(frame):
        return Level(width, height, rows, frame, tuple(int(part.dataoffsets[0]) for part in parts))
    level = Level(width, height, tiff_pages.piece_size(frame), frame, parts)
    count = level.columns * level.rows * frame.shaped[0]
    if any(len(part.dataoffsets) < count or len(part.databytecounts) < count for part in parts):
        return None
    frame.init_decode()
    for part in parts:
        part.jpegtables  # noqa: B018  (read while the file is open, and kept)
    return level
