from __future__ import annotations

import cv2
import numpy as np
import pytest

from segdesk.core.assisted.pixels import bounds_of
from segdesk.core.assisted.superpixels import superpixels, tile_around
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource, read_image
from tests.core.assisted.scenes import blob, iou
from tests.data import data_dir

_WHOLE = Box(0, 0, 400, 300)


@pytest.mark.parametrize("size", [8, 16, 32])
def test_they_stop_at_edges(size: int) -> None:
    pixels, truth = blob()
    patches = superpixels(pixels, _WHOLE, size)
    share = np.bincount(patches.ravel(), truth.ravel()) / np.bincount(patches.ravel())
    assert ((share > 0.5)[patches] == truth).mean() > 0.995


@pytest.mark.parametrize("size", [2, 5, 16, 40])
def test_each_is_one_region_of_about_the_size_asked_for(size: int) -> None:
    pixels, _ = blob()
    patches = superpixels(pixels, Box(0, 0, 160, 120), size)
    areas = np.bincount(patches.ravel())
    assert (areas > 0).all()
    assert 0.3 * size * size < np.median(areas) < 3 * size * size
    for number in range(0, len(areas), max(1, len(areas) // 30)):
        count, _ = cv2.connectedComponents((patches == number).astype(np.uint8), connectivity=4)
        assert count == 2  # the background, and the one


def test_a_pixel_is_in_the_same_tile_from_wherever_it_is_asked_for() -> None:
    tiles = {tile_around(c, r, 12, _WHOLE) for c in range(400) for r in range(300)}
    area = sum(tile.width * tile.height for tile in tiles)
    assert area == 400 * 300
    for tile in tiles:
        assert tile_around(tile.x, tile.y, 12, _WHOLE) == tile
        assert tile_around(tile.right - 1, tile.bottom - 1, 12, _WHOLE) == tile


def test_gray_and_tiny_boxes_do() -> None:
    gray = blob()[0][:, :, 0]
    assert superpixels(gray, Box(399, 299, 1, 1), 16).tolist() == [[0]]
    assert superpixels(gray, Box(0, 0, 3, 200), 16).shape == (200, 3)
    assert superpixels(np.full((50, 50), 7, np.uint8), Box(0, 0, 50, 50), 10).max() > 10


def test_a_box_beside_the_image_is_refused() -> None:
    with pytest.raises(ValueError, match="no superpixels"):
        superpixels(blob()[0], Box(390, 0, 20, 10), 8)


def test_on_a_real_photograph_they_can_build_the_object() -> None:
    folder = data_dir("salient_coco")
    pixels = read_image(ImageSource(folder / "images" / "000000000081.jpg"))
    truth = read_image(ImageSource(folder / "masks" / "000000000081.png")) > 0
    patches = superpixels(pixels, bounds_of(pixels), 16)
    share = np.bincount(patches.ravel(), truth.ravel()) / np.bincount(patches.ravel())
    assert iou((share > 0.5)[patches], truth) > 0.9
