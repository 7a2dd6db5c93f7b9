"""The one crossing between numpy arrays and QImage.

Pixels cross by a copy into memory that Qt owns, so no QImage ever points at an array that may be gone.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import qimage2ndarray
from numpy.typing import NDArray
from PySide6.QtGui import QImage

Gray: TypeAlias = NDArray[np.uint8]  # (height, width)
Rgb: TypeAlias = NDArray[np.uint8]  # (height, width, 3)
Pixels32: TypeAlias = NDArray[np.uint32]  # 0xAARRGGBB


def blank(width: int, height: int, image_format: QImage.Format) -> tuple[QImage, Pixels32]:
    """A new image of a 32-bit format, with a (height, width) view of its pixels to write through.

    The memory is the image's: keep it for as long as the view is used. The two stay one as long as the
    QImage is not copied; drawing on either of two copies gives that one memory of its own.
    """
    image = QImage(width, height, image_format)
    return image, qimage2ndarray.raw_view(image)


def to_qimage(pixels: NDArray[np.uint8]) -> QImage:
    """Copy (height, width) gray, or (height, width, 3) RGB, or (height, width, 4) RGBA pixels.

    Raises:
        ValueError: the array has another shape.
    """
    transparent = pixels.ndim == 3 and pixels.shape[2] == 4
    image_format = QImage.Format.Format_ARGB32 if transparent else QImage.Format.Format_RGB32
    image, target = blank(pixels.shape[1], pixels.shape[0], image_format)
    write_bgra(pixels, target)
    return image


def from_qimage(image: QImage) -> NDArray[np.uint8]:
    """The (height, width, 3) RGB pixels of an image, copied; transparency is dropped."""
    opaque = image.convertToFormat(QImage.Format.Format_RGB32)
    rgb: NDArray[np.uint8] = np.ascontiguousarray(qimage2ndarray.rgb_view(opaque))
    return rgb.copy()


def write_bgra(pixels: NDArray[np.uint8], target: Pixels32) -> None:
    """Write gray, RGB or RGBA pixels into (height, width) 32-bit ones, opaque unless they are RGBA.

    Raises:
        ValueError: the pixels have another shape than these.
    """
    codes = {1: cv2.COLOR_GRAY2BGRA, 3: cv2.COLOR_RGB2BGRA, 4: cv2.COLOR_RGBA2BGRA}
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.ndim not in (2, 3) or channels not in codes or pixels.shape[:2] != target.shape:
        raise ValueError(f"pixels of shape {pixels.shape} do not fit an image of {target.shape}")
    if pixels.size:
        cv2.cvtColor(np.ascontiguousarray(pixels), codes[channels], channels_of(target))


def channels_of(pixels: Pixels32) -> NDArray[np.uint8]:
    """The (height, width, 4) bytes of 32-bit pixels, to be written through."""
    return pixels.view(np.uint8).reshape(*pixels.shape, 4)
