"""TIFF in all its shapes: stacks, planes, tiles, pyramids, 1 to 64 bits a value."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageError
from segdesk.core.images import orientation
from segdesk.core.images.failures import DecoderError, cut_short, foreign, page_named
from segdesk.core.images.raw import ImageInfo, RawImage, final_dtype, is_gray
from segdesk.core.images.tiff_pages import FAX, Page, has_one_header, opened, orientation_of, stored_shape

_MIN_IS_WHITE, _PALETTE, _CMYK = 0, 3, 5
_ALPHA = (1, 2)


def inspect(path: Path, page: int = 0) -> ImageInfo:
    """Describe a page from tags alone.

    Raises:
        DecoderError: tifffile does not get along with the file; Pillow may.
        ImageError: the file claims more than it holds, is too large, or has no such page.
    """
    with opened(path, page, whole=False) as (_, chosen, pages), foreign(path):
        frame = chosen.series.keyframe
        height, width, channels = stored_shape(chosen)
        channels = final_channels(frame, channels)
        dtype = np.dtype(np.uint8) if is_paletted(frame) else final_dtype(frame.dtype)
        width, height = orientation.turned_size(width, height, orientation_of(frame))
        return ImageInfo(path, "TIFF", width, height, channels, str(dtype), pages)


def decode(path: Path, page: int = 0) -> RawImage:
    """Decode a page.

    Raises:
        DecoderError: tifffile does not get along with the file; Pillow may.
        ImageError: the file claims more than it holds, is too large, or has no such page.
    """
    with opened(path, page) as (tiff, chosen, _):
        try:
            with page_named(path, page), foreign(path):
                return as_raw(chosen.series.keyframe, _pixels(path, tiff, chosen))
        except DecoderError as error:
            # The layout was clear, so the data is broken: another decoder would only print its complaints.
            raise ImageError(str(error)) from error


def _pixels(path: Path, tiff: Any, page: Page) -> NDArray[Any]:
    """(H, W) or (H, W, C) values as stored."""
    series, frame = page.series, page.series.keyframe
    if has_one_header(series):
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


def as_raw(frame: Any, pixels: NDArray[Any]) -> RawImage:
    """The (H, W) or (H, W, C) stored values of a page, or of a piece of one that is upright."""
    pixels = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    turn = orientation_of(frame)
    bits = frame.bitspersample if isinstance(frame.bitspersample, int) else max(frame.bitspersample)
    if is_paletted(frame):
        indices = pixels.astype(np.uint8) if pixels.dtype == np.bool_ else pixels
        return RawImage("TIFF", orientation.upright(indices, turn), palette=_palette(frame))
    # Asked from the tag itself: tifffile takes a missing one for MinIsWhite.
    negative = frame.tags.valueof(262) == _MIN_IS_WHITE
    if negative and pixels.dtype == np.bool_ and int(frame.compression) in FAX:
        pixels, negative = ~pixels, False  # with these, it is the ink that is 1, whatever the writer meant
    stored = 1 if pixels.ndim == 2 else pixels.shape[2]
    alpha, kept = None, final_channels(frame, stored)
    if _is_cmyk(frame, stored):
        pixels = _from_cmyk(pixels)
    elif pixels.ndim == 3 and kept < pixels.shape[2]:
        alpha = orientation.upright(pixels[..., kept], turn)
        pixels = pixels[..., 0] if kept == 1 else pixels[..., :kept]
    white = 2**bits - 1 if pixels.dtype.kind == "u" and bits < 8 * pixels.dtype.itemsize else None
    return RawImage("TIFF", orientation.upright(pixels, turn), alpha, white=white, negative=negative)


def final_channels(frame: Any, stored: int) -> int:
    """Channels that are left of `stored` ones once palettes are resolved and alpha is dropped."""
    if is_paletted(frame):
        return 1 if is_gray(_palette(frame)) else 3
    if _is_cmyk(frame, stored):
        return 3
    extras = [int(extra) for extra in frame.extrasamples]
    # Only the samples of one pixel have extras, not the channels of a stack; alpha comes last.
    if extras and stored == int(frame.samplesperpixel) and extras[-1] in _ALPHA:
        return stored - 1
    return stored


def is_paletted(frame: Any) -> bool:
    """Whether the values are indices of colours."""
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


def _from_cmyk(pixels: NDArray[Any]) -> NDArray[Any]:
    """(H, W, 3) red, green, blue of the ink on white paper, without a colour profile."""
    full = int(np.iinfo(pixels.dtype).max)
    rgb = np.empty((*pixels.shape[:2], 3), pixels.dtype)
    for row in range(pixels.shape[0]):
        light = full - pixels[row, :, :4].astype(np.uint64)
        rgb[row] = (light[:, :3] * light[:, 3:] + full // 2) // full
    return rgb
