"""Turning a picture the way its camera was held: the eight values of the EXIF and TIFF orientation tag."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.errors import ImageError
from segdesk.core.images.failures import foreign

TAG = 274
_BLOCK = Path("EXIF")  # stands for the file, of which nobody is told here


def valid(value: object) -> int:
    """`value` where it is an orientation (1 to 8), and 1 (as stored) for anything else."""
    return int(value) if isinstance(value, int) and 1 <= value <= 8 else 1


def from_exif(data: bytes) -> int:
    """The orientation in a block of EXIF `data`; 1 where there is none or the block is broken."""
    exif = Image.Exif()
    with suppress(ImageError), foreign(_BLOCK):  # a broken block must not keep the picture from opening
        exif.load(data)
        return valid(exif.get(TAG))
    return 1


def from_image(image: Image.Image) -> int:
    """The orientation that Pillow found on opening `image`; 1 where there is none or EXIF is broken."""
    with suppress(ImageError), foreign(_BLOCK):
        # Not the method of the class itself: for a PNG that would decode all pixels.
        return valid(Image.Image.getexif(image).get(TAG))
    return 1


def turned_size(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Width and height of the upright picture."""
    return (height, width) if orientation >= 5 else (width, height)


def upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """(H, W, ...) pixels as stored, turned upright; contiguous."""
    match orientation:
        case 2:
            pixels = pixels[:, ::-1]
        case 3:
            pixels = pixels[::-1, ::-1]
        case 4:
            pixels = pixels[::-1]
        case 5:
            pixels = pixels.swapaxes(0, 1)
        case 6:
            pixels = np.rot90(pixels, -1)
        case 7:
            pixels = pixels[::-1, ::-1].swapaxes(0, 1)
        case 8:
            pixels = np.rot90(pixels, 1)
    return np.ascontiguousarray(pixels)
