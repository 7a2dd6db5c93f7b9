"""Everything that Pillow decodes: most formats, and the TIFF files that tifffile gives up on."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError

from segdesk.core.errors import ImageError
from segdesk.core.images import kinds, orientation, png
from segdesk.core.images.extras import reads_heif
from segdesk.core.images.failures import foreign, no_such_page
from segdesk.core.images.limits import MAX_PIXELS, check_claim, check_size, too_large
from segdesk.core.images.raw import ImageInfo, RawImage, is_gray
from segdesk.core.limits import raised
from segdesk.core.translation import tr

logging.getLogger("PIL").setLevel(logging.CRITICAL)

# Named one by one, since Pillow would start other programs for some (EPS) and guess at others (TGA).
_FORMATS = (
    "PNG", "JPEG", "GIF", "BMP", "DIB", "WEBP", "AVIF", "JPEG2000", "PPM", "TIFF", "ICO", "ICNS",
    "PSD", "PCX", "DDS", "SGI", "QOI", "FITS", "HEIF",
)  # fmt: skip
# In the others, what Pillow calls frames are layers or sizes of one picture.
_PAGED = ("GIF", "WEBP", "PNG", "AVIF", "MPO", "TIFF")

# Bytes of decoded gray that a byte of the file can stand for, at the very best.
_BEST_RATIOS = {
    "JPEG": 2000,
    "MPO": 2000,
    "WEBP": 5000,
    "GIF": 4000,
    "BMP": 200,
    "DIB": 200,
    "PPM": 8,
    "TIFF": 6000,
}

_GRAY_DTYPES = {"I": "int32", "F": "float32", "I;16": "uint16", "I;16L": "uint16", "I;16B": "uint16"}
_ALPHA_MODES = ("LA", "RGBA", "PA")
_GRAY_MODES = ("1", "L", "LA", "La", *_GRAY_DTYPES)


def inspect(path: Path, kind: str, page: int = 0) -> ImageInfo:
    """Describe a page from headers alone.

    Raises:
        ImageError: the file is unknown, damaged, too large, or has no such page.
    """
    with _opened(path, kind, page) as (image, header, pages):
        with foreign(path):
            turn = _orientation(image, header)
            channels, dtype = _layout(image, header, pages)
        width, height = orientation.turned_size(*image.size, turn)
        return ImageInfo(path, str(image.format), width, height, channels, dtype, pages)


def decode(path: Path, kind: str, page: int = 0) -> RawImage:
    """Decode a page.

    Raises:
        ImageError: the file is unknown, damaged, too large, or has no such page.
    """
    with _opened(path, kind, page) as (image, header, pages):
        with foreign(path):
            turn = _orientation(image, header)
        if header is not None and header.is_deep_color:
            pixels, alpha = png.decode_deep_color(path, header)
            return _turned(RawImage("PNG", pixels, alpha), turn)
        with foreign(path):
            image.load()
            raw = _raw(_plain(image, pages))
    if header is not None and header.color_type == png.GRAY and header.depth in (2, 4):
        # Pillow has spread these few values over 0 to 255.
        white = 2**header.depth - 1
        raw = RawImage(raw.format, raw.pixels // (255 // white), raw.alpha, raw.palette, white)
    return _turned(raw, turn)


@contextmanager
def _opened(path: Path, kind: str, page: int) -> Iterator[tuple[Image.Image, png.PngHeader | None, int]]:
    header = png.read_header(path) if kind == kinds.PNG else None
    with foreign(path):
        # By file, not by name: Pillow would map it, and a vanishing drive would end the program.
        file = path.open("rb")
    with file, _identified(path, file, kind) as image:
        stored = os.fstat(file.fileno()).st_size  # the name may lead nowhere by now
        check_claim(
            path, image.width * image.height, stored, _BEST_RATIOS.get(str(image.format), float("inf"))
        )
        check_size(path, *image.size)
        with foreign(path):
            pages = _pages(image, header)
        if not 0 <= page < pages:
            raise no_such_page(path, page, pages)
        with foreign(path):
            if page:
                image.seek(page)
            channels, dtype = _layout(image, header, pages)
        check_size(path, *image.size, channels, np.dtype(dtype).itemsize)
        yield image, header, pages


@cache
def _formats() -> tuple[str, ...]:
    """Those of _FORMATS that this build of Pillow has; asked once, since it loads all of them."""
    reads_heif()  # a plug-in has to be there before it is asked for
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _identified(path: Path, file: BinaryIO, kind: str) -> Image.Image:
    # Our own limit is checked in plain words; this one guards pictures inside of pictures.
    Image.MAX_IMAGE_PIXELS = raised(MAX_PIXELS)
    with foreign(path):
        try:
            return Image.open(file, formats=_formats())
        except Image.DecompressionBombError as error:
            raise too_large(path) from error
        except UnidentifiedImageError as error:
            if kind != kinds.OTHER:
                raise
            raise ImageError(
                tr(
                    "'{name}' is not an image of a kind that SegDesk knows. Convert it to PNG or TIFF."
                ).format(name=path.name)
            ) from error


def _pages(image: Image.Image, header: png.PngHeader | None) -> int:
    if image.format not in _PAGED or (header is not None and header.is_deep_color):
        return 1
    return int(getattr(image, "n_frames", 1))


def _orientation(image: Image.Image, header: png.PngHeader | None) -> int:
    if image.format == "TIFF":
        return 1  # Pillow turns these itself
    if header is not None and header.orientation is not None:
        return header.orientation
    return orientation.from_image(image)


def _layout(image: Image.Image, header: png.PngHeader | None, pages: int) -> tuple[int, str]:
    """Channels and type that the page will have."""
    if header is not None and header.is_deep_color:
        return header.channels, "uint16"
    if image.format == "PPM" and image.mode == "I":
        return 1, "uint16"
    if image.mode in _GRAY_MODES:
        return 1, _GRAY_DTYPES.get(image.mode, "uint8")
    if image.mode in ("P", "PA"):
        return (1 if pages == 1 and is_gray(_palette(image)) else 3), "uint8"
    return 3, "uint8"


def _plain(image: Image.Image, pages: int) -> Image.Image:
    """A loaded `image` in a mode whose array holds gray, indices, RGB, or one of these with alpha."""
    # Pillow gives the later frames of an animation in RGB: the first one shall not differ.
    if image.mode in ("P", "PA") and pages > 1:
        return _converted(image, "RGB")
    if image.mode == "LAB":
        rgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        converted = ImageCms.profileToProfile(image, lab, rgb, outputMode="RGB")
        assert converted is not None  # only converting in place gives None
        converted.format = image.format
        return converted
    if image.mode in ("La", "RGBa"):
        return _converted(image, image.mode.upper())
    if image.mode in _GRAY_MODES or image.mode in ("P", "RGB", *_ALPHA_MODES):
        return image
    return _converted(image, "RGB")


def _converted(image: Image.Image, mode: str) -> Image.Image:
    converted = image.convert(mode)
    converted.format = image.format
    return converted


def _raw(image: Image.Image) -> RawImage:
    pixels: NDArray[Any] = np.asarray(image)
    alpha = None
    if image.mode in _ALPHA_MODES:
        alpha = pixels[..., -1]
        pixels = pixels[..., 0] if pixels.shape[-1] == 2 else pixels[..., :-1]
    if image.format == "PPM" and image.mode == "I":
        pixels = pixels.astype(np.uint16)
    pixels = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    palette = _palette(image) if image.mode in ("P", "PA") else None
    return RawImage(str(image.format), pixels, alpha, palette)


def _palette(image: Image.Image) -> NDArray[np.uint8]:
    """The (N, 3) colours of an image that has a palette, without decoding its pixels."""
    if image.palette is None:
        return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    # Files keep their palettes in many orders; a pixel of one's own lets Pillow sort this one out.
    order, data = image.palette.getdata()
    pixel = Image.new("P", (1, 1))
    pixel.putpalette(data, order)
    return np.array(pixel.getpalette("RGB"), np.uint8).reshape(-1, 3)


def _turned(raw: RawImage, turn: int) -> RawImage:
    alpha = None if raw.alpha is None else orientation.upright(raw.alpha, turn)
    return RawImage(
        raw.format, orientation.upright(raw.pixels, turn), alpha, raw.palette, raw.white, raw.negative
    )
