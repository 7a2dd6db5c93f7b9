"""The pages of a TIFF file, and whether it holds what it claims. What was looked into is remembered."""

from __future__ import annotations

import logging
import math
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from segdesk.core.images import orientation
from segdesk.core.images.failures import cut_short, damaged, foreign, no_such_page
from segdesk.core.images.limits import check_claim, check_pieces, check_size
from segdesk.core.images.tiff_chain import is_endless

logging.getLogger("tifffile").setLevel(logging.CRITICAL)

_YCBCR = 6
# YCbCr (outside of JPEG), the CIE spaces and the logarithmic ones: tifffile gives their numbers as they are.
_FOREIGN_COLORS = (_YCBCR, 8, 9, 10, 32844, 32845)
JPEG = (7, 33007, 34892)
OLD_JPEG = 6
FAX = (2, 3, 4)
# Bytes of pixels that a byte of the file can stand for, at the very best, by the compression's tag.
_BEST_RATIOS = {1: 1, 5: 4500, 7: 6000, 8: 1040, 32773: 64, 32946: 1040}
_MOST_PIECE = 64 * 2**20  # bytes of a tile or strip, decoded; larger ones are no pieces
_MOST_REMEMBERED = 4


@dataclass(frozen=True)
class Page:
    """One picture of a file: the parts of `series`, numbered in its own order, that are its channels."""

    series: Any
    parts: tuple[int, ...]


@dataclass
class _Parsed:
    """A file that was looked into: its handle is closed while nobody reads."""

    stamp: tuple[int, int, int]
    tiff: Any
    pages: list[Page]
    lock: threading.Lock = field(default_factory=threading.Lock)


_remembered: OrderedDict[Path, _Parsed] = OrderedDict()
_remembering = threading.Lock()


@contextmanager
def opened(path: Path, page: int, *, whole: bool = True) -> Iterator[tuple[Any, Page, int]]:
    """The file, a page of it, and how many there are; one thread at a time has a file.

    whole: the page is about to be decoded as a whole, so it must not be too large for that.

    Raises:
        DecoderError: tifffile does not get along with the file.
        ImageError: the file claims more than it holds, is too large, or has no such page.
    """
    parsed = _parsed(path)
    with parsed.lock:
        with foreign(path):
            parsed.tiff.filehandle.open()
        try:
            if not 0 <= page < len(parsed.pages):
                count = len(parsed.pages)
                raise no_such_page(path, page, count) if count else cut_short(path)
            chosen = parsed.pages[page]
            with foreign(path):
                _check(path, parsed.tiff, chosen, whole=whole)
            yield parsed.tiff, chosen, len(parsed.pages)
        finally:
            parsed.tiff.filehandle.close()


def _parsed(path: Path) -> _Parsed:
    """What is in a file; looking into one of many pages takes far longer than reading one of them."""
    with foreign(path):
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    with _remembering:
        known = _remembered.get(path)
        if known is not None and known.stamp == stamp:
            _remembered.move_to_end(path)
            return known
    with foreign(path):
        if is_endless(path):
            raise damaged(path)  # tifffile would not notice every loop
        with tifffile.TiffFile(path) as tiff:
            parsed = _Parsed(stamp, tiff, _pages(tiff))
    with _remembering:
        _remembered[path] = parsed
        while len(_remembered) > _MOST_REMEMBERED:
            _remembered.popitem(last=False)
    return parsed


def _check(path: Path, tiff: Any, page: Page, *, whole: bool) -> None:
    """Refuse a page that cannot be decoded, or that should not be."""
    frame = page.series.keyframe
    # The parts of a page are alike, so that one speaks for all.
    part = page.series[page.parts[0]] if len(page.series) > page.parts[0] else frame
    if part is None:
        raise cut_short(path)
    tifffile.TIFF.DECOMPRESSORS[int(frame.compression)]  # fails for what it has no decoder for
    _check_data(path, part, tiff.filehandle.size)
    height, width, channels = stored_shape(page)
    if whole or not is_piecewise(page.series):
        check_size(path, width, height, channels, frame.dtype.itemsize)
    else:
        check_pieces(path, width, height)
    if int(frame.compression) == OLD_JPEG or (
        int(frame.photometric) in _FOREIGN_COLORS and int(frame.compression) not in JPEG
    ):
        raise ValueError("colours that tifffile leaves as they are")


def is_piecewise(series: Any) -> bool:
    """Whether pages of this series can be read in pieces: tiles, strips, or bare rows."""
    frame = series.keyframe
    bits = frame.bitspersample if isinstance(frame.bitspersample, int) else max(frame.bitspersample)
    compression = int(frame.compression)
    if (
        orientation_of(frame) != 1
        or series.is_multifile
        or series.transform is not None
        or frame.shaped[1] != 1
        or bits < 8
        or (frame.is_subsampled and compression not in JPEG)
        or frame.fillorder != 1
        or compression in FAX
    ):
        return False
    if has_one_header(series) or is_bare(frame):
        return bool(frame.predictor == 1)
    width, height = piece_size(frame)
    return bool(width * height * frame.shaped[4] * np.dtype(frame.dtype).itemsize <= _MOST_PIECE)


def is_bare(frame: Any) -> bool:
    """Whether rows of values lie in the file one after the other."""
    return bool(frame.is_contiguous and not frame.is_tiled and frame.predictor == 1)


def piece_size(frame: Any) -> tuple[int, int]:
    """Width and height of a tile or strip; the last ones may be cut off."""
    if frame.is_tiled:
        return int(frame.tilewidth), int(frame.tilelength)
    return int(frame.imagewidth), max(1, min(int(frame.rowsperstrip), int(frame.imagelength)))


def orientation_of(frame: Any) -> int:
    """How the page is turned, 1 to 8."""
    return orientation.valid(frame.tags.valueof(orientation.TAG))


def _pages(tiff: Any) -> list[Page]:
    """All pictures of a file in order; smaller copies and masks of them are left out."""
    pages: list[Page] = []
    for series in tiff.series:
        # Bit 0 of the type marks a reduced copy, bit 2 a transparency mask.
        if (pages and int(series.keyframe.subfiletype) & 0b101) or not {"Y", "X"} <= set(series.axes):
            continue
        if series.shape[-series.keyframe.ndim :] != series.keyframe.shape:
            raise ValueError(f"pages of {series.keyframe.shape} in a series of {series.shape}")
        lead = series.axes[: -series.keyframe.ndim]
        sizes = series.shape[: len(lead)]
        _check_stack(tiff, series, math.prod(sizes))
        numbers = np.arange(math.prod(sizes)).reshape(sizes)
        outer = [at for at, axis in enumerate(lead) if axis not in "SC"]
        inner = [at for at, axis in enumerate(lead) if axis in "SC"]
        rows = numbers.transpose(outer + inner).reshape(math.prod(sizes[at] for at in outer), -1)
        pages.extend(Page(series, tuple(int(part) for part in row)) for row in rows)
    if len(tiff.series) > 1 and all(series.kind == "generic" for series in tiff.series):
        # Pages of equal size are grouped: put them back in the order of the file.
        pages.sort(key=lambda page: page.series[page.parts[0]].index)
    return pages


def _check_stack(tiff: Any, series: Any, planes: int) -> None:
    """Refuse a stack whose description promises planes that are not in the file."""
    if has_one_header(series):
        missing = series.nbytes > tiff.filehandle.size
    else:
        missing = planes != len(series) or (not series.is_multifile and planes > len(tiff.pages))
    if missing:
        raise EOFError(f"{planes} planes are promised")


def has_one_header(series: Any) -> bool:
    """Whether the planes of a stack lie behind each other, and only the first one is described."""
    return len(series) == 1 and math.prod(series.shape) > math.prod(series.keyframe.shape)


def stored_shape(page: Page) -> tuple[int, int, int]:
    """Height, width and channels of a page before palettes and alpha are looked at."""
    frame = page.series.keyframe
    sizes = dict(zip(frame.axes, frame.shape, strict=True))
    if set(sizes) - set("YXSC"):
        raise ValueError(f"a page with axes {frame.axes}")
    channels = sizes.get("S", 1) * sizes.get("C", 1) * len(page.parts)
    return sizes["Y"], sizes["X"], channels


def _check_data(path: Path, part: Any, stored: int) -> None:
    """Refuse a page whose data lies outside of the file, or cannot be as much as it claims."""
    frame = part.keyframe
    segments = [
        (offset, count)
        for offset, count in zip(part.dataoffsets, part.databytecounts, strict=False)
        if count > 0
    ]
    if not segments or max(offset for offset, _ in segments) >= stored:
        raise cut_short(path)
    held = sum(min(count, stored - offset) for offset, count in segments)
    bits = frame.bitspersample if isinstance(frame.bitspersample, int) else max(frame.bitspersample)
    claimed = frame.imagewidth * frame.imagelength * frame.samplesperpixel * bits / 8
    # Some writers leave out empty tiles.
    claimed *= len(segments) / max(len(part.dataoffsets), 1)
    ratio = _BEST_RATIOS.get(int(frame.compression), math.inf)
    check_claim(path, claimed, held, ratio)
