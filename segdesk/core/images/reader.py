"""Opening an image: which decoder, and what its numbers become."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from segdesk.core.images import dicom_reader, kinds, nifti_reader, pillow_reader, tiff_reader
from segdesk.core.images.failures import DecoderError, page_named
from segdesk.core.images.raw import ImageInfo, RawImage, final_dtype, is_gray
from segdesk.core.images.source import ImageSource

T = TypeVar("T")

# They import their libraries when a file needs them.
_INSPECT: dict[str, Callable[[Path, int], ImageInfo]] = {
    kinds.DICOM: dicom_reader.inspect,
    kinds.NIFTI: nifti_reader.inspect,
}
_DECODE: dict[str, Callable[[Path, int], RawImage]] = {
    kinds.DICOM: dicom_reader.decode,
    kinds.NIFTI: nifti_reader.decode,
}


def inspect_image(path: Path, page: int = 0) -> ImageInfo:
    """Describe an image file, or another `page` of it, mostly without decoding pixels.

    Raises:
        ImageError: the file cannot be reached, or is not an image that can be opened.
    """
    kind = kinds.recognise(path)
    if kind in _INSPECT:
        return _INSPECT[kind](path, page)
    if kind == kinds.TIFF:
        try:
            return tiff_reader.inspect(path, page)
        except DecoderError as error:
            return _second_opinion(error, lambda: pillow_reader.inspect(path, kind, page))
    return pillow_reader.inspect(path, kind, page)


def read_raw(source: ImageSource) -> RawImage:
    """The page as stored, upright; indices stay indices.

    Raises:
        ImageError: the file cannot be reached or decoded, or has no such page.
    """
    path, page = source.path, source.page
    kind = kinds.recognise(path)
    with page_named(path, page):
        if kind in _DECODE:
            return _DECODE[kind](path, page)
        if kind == kinds.TIFF:
            try:
                return tiff_reader.decode(path, page)
            except DecoderError as error:
                return _second_opinion(error, lambda: pillow_reader.decode(path, kind, page))
        return pillow_reader.decode(path, kind, page)


def read_image(source: ImageSource) -> NDArray[Any]:
    """The page's pixels as a person means them.

    (H, W) gray or (H, W, C) with C >= 2 channels (3: red, green, blue), upright, contiguous, in native byte
    order and in the file's own range: uint8, uint16, int16, int32, float32 or float64. 1 bit becomes 0 and
    255; palettes become their colours; alpha is dropped, and the colour under it stays what it is.

    Raises:
        ImageError: the file cannot be reached or decoded, or has no such page.
    """
    return meant(read_raw(source))


def meant(raw: RawImage) -> NDArray[Any]:
    """What the numbers of a page, or of a piece of one, become; see `read_image`."""
    pixels = _negative(raw) if raw.negative else raw.pixels
    if raw.palette is not None:
        pixels = _resolved(pixels, raw.palette)
    elif pixels.dtype == np.bool_:
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    elif raw.white is not None and pixels.dtype == np.uint8:
        scale = (np.arange(raw.white + 1) * 255 // raw.white).astype(np.uint8)
        pixels = scale[pixels]
    return np.ascontiguousarray(pixels.astype(final_dtype(pixels.dtype), copy=False))


def _negative(raw: RawImage) -> NDArray[Any]:
    pixels = raw.pixels
    if pixels.dtype.kind == "u":
        white = np.iinfo(pixels.dtype).max if raw.white is None else raw.white
        return np.asarray(np.asarray(white, pixels.dtype) - pixels)
    # Signed numbers and fractions have no white to count down from.
    return np.asarray(~pixels if pixels.dtype.kind in "bi" else -pixels)


def _second_opinion(error: DecoderError, ask: Callable[[], T]) -> T:
    """What Pillow makes of a TIFF that tifffile gave up on; tifffile's own words where it fails, too."""
    try:
        return ask()
    except DecoderError:
        raise error from None


def _resolved(indices: NDArray[Any], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colours of an image with a palette: (H, W) where all of them are gray, else (H, W, 3)."""
    # Indices beyond the palette are black, as viewers show them.
    table = np.zeros((max(int(indices.max()) + 1, len(palette)), 3), np.uint8)
    table[: len(palette)] = palette
    colors: NDArray[np.uint8] = table[:, 0] if is_gray(palette) else table
    return np.asarray(colors[indices])
