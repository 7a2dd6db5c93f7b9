"""How large a pixel is, as far as the file says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from segdesk.core.images import ImageSource, PixelSize, read_pixel_size
from segdesk.core.images.pixel_size import sized

IMAGE = np.zeros((20, 30), np.uint16)


def size_of(path: Path, page: int = 0) -> PixelSize | None:
    return read_pixel_size(ImageSource(path, page))


def check(found: PixelSize | None, x: float, y: float, unit: str) -> None:
    assert found is not None
    assert (found.x, found.y) == pytest.approx((x, y), rel=1e-3)
    assert found.unit == unit


@pytest.mark.parametrize("unit", ["um", "micron", "\\u00B5m"])
def test_imagej(tmp_path: Path, unit: str) -> None:
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, IMAGE, imagej=True, resolution=(4, 2), metadata={"unit": unit})
    check(size_of(path), 0.25, 0.5, "µm")


def test_ome(tmp_path: Path) -> None:
    path = tmp_path / "image.ome.tif"
    tifffile.imwrite(
        path,
        IMAGE,
        metadata={"axes": "YX", "PhysicalSizeX": 65, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 70},
    )
    check(size_of(path), 65, 70, "nm")


def test_resolution_tags(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, IMAGE, resolution=(1000, 500), resolutionunit="CENTIMETER")
    check(size_of(path), 0.01, 0.02, "mm")
    tifffile.imwrite(path, IMAGE, resolution=(300, 300), resolutionunit="INCH")
    check(size_of(path), 0.0847, 0.0847, "mm")
    tifffile.imwrite(path, IMAGE, description="Scanner |MPP = 0.4990|Left = 3")
    check(size_of(path), 0.499, 0.499, "µm")


def test_what_programs_write_that_know_nothing_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, IMAGE)
    assert size_of(path) is None
    tifffile.imwrite(path, IMAGE, resolution=(72, 72), resolutionunit="INCH")
    assert size_of(path) is None
    Image.fromarray(IMAGE.astype(np.uint8)).save(tmp_path / "image.png", dpi=(96, 96))
    assert size_of(tmp_path / "image.png") is None
    assert size_of(tmp_path / "gone.png") is None


def test_png(tmp_path: Path) -> None:
    Image.fromarray(IMAGE.astype(np.uint8)).save(tmp_path / "image.png", dpi=(254, 127))
    check(size_of(tmp_path / "image.png"), 0.1, 0.2, "mm")


def test_only_sizes_that_make_sense() -> None:
    assert sized(0, 1, "mm") is None
    assert sized(1, float("inf"), "mm") is None
    assert sized(1, 1, "parsec") is None
    assert sized(1, 1, " Micron ") == PixelSize(1, 1, "µm")
