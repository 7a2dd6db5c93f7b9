"""Pictures stand upright: EXIF in JPEG, PNG and WebP, and the tag of TIFF, each applied once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.images import ImageSource, inspect_image, read_image, read_labels

# Where the first stored row and the first stored column are to be seen, as the specification puts it.
SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}
RNG = np.random.default_rng(3)


def as_seen(stored: NDArray[Any], orientation: int) -> NDArray[Any]:
    """The upright picture, put together row by row and column by column."""
    rows, columns = stored.shape[:2]
    first_row, first_column = SIDES[orientation]
    swapped = first_row in ("left", "right")
    seen = np.zeros((columns, rows, *stored.shape[2:]) if swapped else stored.shape, stored.dtype)
    for row in range(rows):
        for column in range(columns):
            place = {first_row: row, first_column: column}
            y = place["top"] if "top" in place else seen.shape[0] - 1 - place["bottom"]
            x = place["left"] if "left" in place else seen.shape[1] - 1 - place["right"]
            seen[y, x] = stored[row, column]
    return seen


def exif(orientation: int) -> Image.Exif:
    block = Image.Exif()
    block[274] = orientation
    return block


@pytest.mark.parametrize("orientation", SIDES)
@pytest.mark.parametrize("suffix", ["png", "webp", "tif", "16-bit.png"])
def test_lossless_pictures_are_turned(tmp_path: Path, suffix: str, orientation: int) -> None:
    stored = RNG.integers(0, 256, (5, 8, 3), dtype=np.uint8)
    path = tmp_path / f"image.{suffix}"
    if suffix == "tif":
        tifffile.imwrite(path, stored, photometric="rgb", extratags=[(274, 3, 1, orientation)])
    elif suffix == "16-bit.png":
        stored = RNG.integers(0, 65536, (5, 8), dtype=np.uint16)
        Image.fromarray(stored).save(path, exif=exif(orientation))
    else:
        Image.fromarray(stored).save(path, exif=exif(orientation), lossless=True)
    seen = as_seen(stored, orientation)
    assert np.array_equal(read_image(ImageSource(path)), seen)
    info = inspect_image(path)
    assert (info.height, info.width) == seen.shape[:2]


@pytest.mark.parametrize("orientation", SIDES)
def test_jpeg_is_turned(tmp_path: Path, orientation: int) -> None:
    stored = np.kron(np.array([[0, 80, 160], [240, 40, 200]]), np.ones((16, 16))).astype(np.uint8)
    path = tmp_path / "image.jpg"
    Image.fromarray(stored).save(path, quality=95, exif=exif(orientation))
    pixels = read_image(ImageSource(path))
    seen = as_seen(stored, orientation)
    assert pixels.shape == seen.shape
    assert np.abs(pixels.astype(int) - seen).max() < 12


def test_a_tiff_that_only_pillow_reads_is_turned_once(tmp_path: Path) -> None:
    stored = np.kron(np.array([[0, 80, 160], [240, 40, 200]]), np.ones((16, 16))).astype(np.uint8)
    path = tmp_path / "image.tif"
    Image.fromarray(stored).convert("YCbCr").save(path, tiffinfo={274: 6})
    pixels = read_image(ImageSource(path))
    seen = as_seen(stored, 6)
    assert pixels.shape == (*seen.shape, 3)
    assert np.abs(pixels[..., 0].astype(int) - seen).max() < 12
    assert (inspect_image(path).height, inspect_image(path).width) == seen.shape


@pytest.mark.parametrize("orientation", [0, 9, 60000])
def test_impossible_orientations_mean_nothing(tmp_path: Path, orientation: int) -> None:
    stored = RNG.integers(0, 256, (5, 8), dtype=np.uint8)
    path = tmp_path / "image.png"
    Image.fromarray(stored).save(path, exif=exif(orientation))
    assert np.array_equal(read_image(ImageSource(path)), stored)


def test_broken_exif_does_not_stop_a_picture(tmp_path: Path) -> None:
    stored = RNG.integers(0, 256, (5, 8), dtype=np.uint8)
    for suffix in ("png", "jpg", "webp"):
        path = tmp_path / f"image.{suffix}"
        Image.fromarray(stored).save(path, exif=b"Exif\0\0II*\0\xff\xff\xff\x7f" + bytes(40))
        assert read_image(ImageSource(path)).shape[:2] == (5, 8)


def test_masks_turn_with_their_images(tmp_path: Path) -> None:
    stored = RNG.integers(0, 3, (5, 8), dtype=np.uint8)
    path = tmp_path / "mask.png"
    Image.fromarray(stored).save(path, exif=exif(6))
    assert np.array_equal(read_labels(path), as_seen(stored, 6))
