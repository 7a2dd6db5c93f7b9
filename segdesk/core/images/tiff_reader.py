"""TIFF in all its shapes: stacks, planes, tiles, pyramids, 1 to 64 bits a value."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from segdesk.core.errors import ImageError
from segdesk.core.images import orientation
from segdesk.core.images.failures import DecoderError, cut_short, damaged, foreign, no_such_page
from segdesk.core.images.limits import check_claim, check_size
from segdesk.core.images.raw import ImageInfo, RawImage, final_dtype, is_gray
from segdesk.core.images.tiff_chain import is_endless

logging.getLogger("tifffile").setLevel(logging.CRITICAL)

_MIN_IS_WHITE, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 2, 3, 5, 6
# YCbCr (outside of JPEG), the CIE spaces and the logarithmic ones: tifffile gives their numbers as they are.
_FOREIGN_COLORS = (_YCBCR, 8, 9, 10, 32844, 32845)
_JPEG = (7, 33007, 34892)
_OLD_JPEG = 6
_FAX = (2, 3, 4)
_ALPHA = (1, 2)
# Bytes of pixels that a byte of the file can stand for, at the very best, by the compression's tag.
_BEST_RATIOS = {1: 1, 5: 4500, 7: 6000, 8: 1040, 32773: 64, 32946: 1040}


@dataclass(frozen=True)
class _Page:
    """One picture of a file: the parts of `series`, numbered in its own order, that are its channels."""

    series: Any
    parts: tuple[int, ...]


def inspect(path: Path, page: int = 0) -> ImageInfo:
    """Describe a page from tags alone.

    Raises:
        DecoderError: tifffile does not get along with the file; Pillow may.
        ImageError: the file claims more than it holds, is too large, or has no such page.
    """
    with _opened(path, page) as (_, chosen, pages):
        frame = chosen.series.keyframe
        with foreign(path):
            height, width, channels = _stored_shape(chosen)
            channels = _final_channels(frame, channels)
            dtype = np.dtype(np.uint8) if _is_paletted(frame) else final_dtype(frame.dtype)
            width, height = orientation.turned_size(width, height, _orientation(frame))
        return ImageInfo(path, "TIFF", width, height, channels, str(dtype), pages)


def decode(path: Path, page: int = 0) -> RawImage:
    """Decode a page.

    Raises:
        DecoderError: tifffile does not get along with the file; Pillow may.
        ImageError: the file claims more than it holds, is too large, or has no such page.
    """
    with _opened(path, page) as (tiff, chosen, _):
        try:
            with foreign(path):
                return _raw(chosen.series.keyframe, _pixels(path, tiff, chosen))
        except DecoderError as error:
            # The layout was clear, so the data is broken: another decoder would only print its complaints.
            raise ImageError(str(error)) from error


@contextmanager
def _opened(path: Path, page: int) -> Iterator[tuple[Any, _Page, int]]:
    with foreign(path):
        if is_endless(path):
            raise damaged(path)  # tifffile would not notice every loop
        tiff = tifffile.TiffFile(path)
    with tiff:
        with foreign(path):
            pages = _pages(tiff)
        if not 0 <= page < len(pages):
            raise no_such_page(path, page, len(pages)) if pages else cut_short(path)
        chosen = pages[page]
        with foreign(path):
            frame = chosen.series.keyframe
            # The parts of a page are alike, so that one speaks for all.
            part = chosen.series[chosen.parts[0]] if len(chosen.series) > chosen.parts[0] else frame
            if part is None:
                raise cut_short(path)
            tifffile.TIFF.DECOMPRESSORS[int(frame.compression)]  # fails for what it has no decoder for
            _check_data(path, part, tiff.filehandle.size)
            height, width, channels = _stored_shape(chosen)
            check_size(path, width, height, channels, frame.dtype.itemsize)
            if int(frame.compression) == _OLD_JPEG or (
                int(frame.photometric) in _FOREIGN_COLORS and int(frame.compression) not in _JPEG
            ):
                raise ValueError("colours that tifffile leaves as they are")
        yield tiff, chosen, len(pages)


def _pages(tiff: Any) -> list[_Page]:
    """All pictures of a file in order; smaller copies and masks of them are left out."""
    pages: list[_Page] = []
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
        pages.extend(_Page(series, tuple(int(part) for part in row)) for row in rows)
    if len(tiff.series) > 1 and all(series.kind == "generic" for series in tiff.series):
        # Pages of equal size are grouped: put them back in the order of the file.
        pages.sort(key=lambda page: page.series[page.parts[0]].index)
    return pages


def _check_stack(tiff: Any, series: Any, planes: int) -> None:
    """Refuse a stack whose description promises planes that are not in the file."""
    if _has_one_header(series):
        missing = series.nbytes > tiff.filehandle.size
    else:
        missing = planes != len(series) or (not series.is_multifile and planes > len(tiff.pages))
    if missing:
        raise EOFError(f"{planes} planes are promised")


def _has_one_header(series: Any) -> bool:
    """Whether the planes of a stack lie behind each other, and only the first one is described."""
    return len(series) == 1 and math.prod(series.shape) > math.prod(series.keyframe.shape)


def _stored_shape(page: _Page) -> tuple[int, int, int]:
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


def _pixels(path: Path, tiff: Any, page: _Page) -> NDArray[Any]:
    """(H, W) or (H, W, C) values as stored."""
    series, frame = page.series, page.series.keyframe
    if _has_one_header(series):
        parts = [_plane(path, series, number) for number in page.parts]
    else:
        if any(series[number] is None for number in page.parts):
            raise cut_short(path)
        parts = [tiff.asarray(key=number, series=series) for number in page.parts]
        if series.transform is not None:
            parts = [series.transform(part) for part in parts]
    planes = [_channels_last(part.reshape(frame.shape), frame.axes) for part in parts]
    pixels = planes[0] if len(planes) == 1 else np.concatenate(planes, axis=2)
    return pixels[..., 0] if pixels.shape[2] == 1 else pixels


def _plane(path: Path, series: Any, number: int) -> NDArray[Any]:
    frame = series.keyframe
    if series.dataoffset is None:
        raise cut_short(path)
    dtype = np.dtype(frame.dtype).newbyteorder(series.parent.byteorder)
    count = math.prod(frame.shape)
    offset = series.dataoffset + number * count * dtype.itemsize
    plane = np.fromfile(path, dtype, count, offset=offset)
    if plane.size < count:
        raise cut_short(path)
    return plane.reshape(frame.shape)


def _channels_last(part: NDArray[Any], axes: str) -> NDArray[Any]:
    order = [axes.index("Y"), axes.index("X"), *(at for at, axis in enumerate(axes) if axis in "SC")]
    return part.transpose(order).reshape(part.shape[order[0]], part.shape[order[1]], -1)


def _raw(frame: Any, pixels: NDArray[Any]) -> RawImage:
    pixels = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    turn = _orientation(frame)
    bits = frame.bitspersample if isinstance(frame.bitspersample, int) else max(frame.bitspersample)
    if _is_paletted(frame):
        indices = pixels.astype(np.uint8) if pixels.dtype == np.bool_ else pixels
        return RawImage("TIFF", orientation.upright(indices, turn), palette=_palette(frame))
    # Asked from the tag itself: tifffile takes a missing one for MinIsWhite.
    negative = frame.tags.valueof(262) == _MIN_IS_WHITE
    if negative and pixels.dtype == np.bool_ and int(frame.compression) in _FAX:
        pixels, negative = ~pixels, False  # with these, it is the ink that is 1, whatever the writer meant
    stored = 1 if pixels.ndim == 2 else pixels.shape[2]
    alpha, kept = None, _final_channels(frame, stored)
    if _is_cmyk(frame, stored):
        pixels = _from_cmyk(pixels)
    elif pixels.ndim == 3 and kept < pixels.shape[2]:
        alpha = orientation.upright(pixels[..., kept], turn)
        pixels = pixels[..., 0] if kept == 1 else pixels[..., :kept]
    white = 2**bits - 1 if pixels.dtype.kind == "u" and bits < 8 * pixels.dtype.itemsize else None
    return RawImage("TIFF", orientation.upright(pixels, turn), alpha, white=white, negative=negative)


def _final_channels(frame: Any, stored: int) -> int:
    """Channels that are left of `stored` ones once palettes are resolved and alpha is dropped."""
    if _is_paletted(frame):
        return 1 if is_gray(_palette(frame)) else 3
    if _is_cmyk(frame, stored):
        return 3
    extras = [int(extra) for extra in frame.extrasamples]
    # Only the samples of one pixel have extras, not the channels of a stack; alpha comes last.
    if extras and stored == int(frame.samplesperpixel) and extras[-1] in _ALPHA:
        return stored - 1
    return stored


def _is_paletted(frame: Any) -> bool:
    return (
        int(frame.photometric) == _PALETTE and frame.colormap is not None and int(frame.samplesperpixel) == 1
    )


def _is_cmyk(frame: Any, stored: int) -> bool:
    return int(frame.photometric) == _CMYK and stored >= 4 and frame.dtype.kind == "u"


def _palette(frame: Any) -> NDArray[np.uint8]:
    colors = np.asarray(frame.colormap)
    if colors.ndim != 2 or len(colors) != 3 or not colors.size:
        raise ValueError(f"a palette of {colors.shape}")
    # Some old writers filled 8 of the 16 bits.
    colors = colors if colors.max() < 256 else colors >> 8
    return np.ascontiguousarray(colors.T.astype(np.uint8))


def _orientation(frame: Any) -> int:
    return orientation.valid(frame.tags.valueof(orientation.TAG))


def _from_cmyk(pixels: NDArray[Any]) -> NDArray[Any]:
    """(H, W, 3) red, green, blue of the ink on white paper, without a colour profile."""
    full = int(np.iinfo(pixels.dtype).max)
    rgb = np.empty((*pixels.shape[:2], 3), pixels.dtype)
    for row in range(pixels.shape[0]):
        light = full - pixels[row, :, :4].astype(np.uint64)
        rgb[row] = (light[:, :3] * light[:, 3:] + full // 2) // full
    return rgb
