from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from segdesk.gui.qimage import blank, from_qimage, to_qimage


@pytest.mark.parametrize("width", [1, 2, 3, 5, 64])
def test_rgb_there_and_back(width: int) -> None:
    pixels = np.random.default_rng(width).integers(0, 256, (7, width, 3), np.uint8)
    assert np.array_equal(from_qimage(to_qimage(pixels)), pixels)
    assert np.array_equal(from_qimage(to_qimage(pixels[::-1, ::-1])), pixels[::-1, ::-1])


def test_gray_becomes_equal_channels() -> None:
    pixels = np.arange(15, dtype=np.uint8).reshape(3, 5)
    assert np.array_equal(from_qimage(to_qimage(pixels)), np.repeat(pixels[:, :, None], 3, 2))


def test_transparency_crosses() -> None:
    color = to_qimage(np.array([[[10, 20, 30, 40]]], np.uint8)).pixelColor(0, 0)
    assert color.getRgb() == (10, 20, 30, 40)


def test_the_image_does_not_depend_on_the_array() -> None:
    pixels = np.full((4, 4, 3), 7, np.uint8)
    image = to_qimage(pixels)
    pixels[:] = 200
    del pixels
    assert image.pixelColor(2, 2).red() == 7


def test_writing_through_the_view_shows() -> None:
    image, pixels = blank(3, 2, QImage.Format.Format_RGB32)
    pixels[:] = 0xFF102030
    assert image.pixelColor(2, 1).getRgb() == (0x10, 0x20, 0x30, 255)


@pytest.mark.parametrize("shape", [(4,), (4, 4, 2), (4, 4, 3, 1)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises((ValueError, IndexError)):
        to_qimage(np.zeros(shape, np.uint8))
