"""What is known of an image that is too large to be held."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource, open_picture, open_regions
from segdesk.core.images import overview as module
from segdesk.core.images.overview import fill, overview, read_at


@pytest.fixture
def slope() -> np.ndarray[tuple[int, int], np.dtype[np.uint16]]:
    y, x = np.mgrid[:700, :1001]
    values: np.ndarray[tuple[int, int], np.dtype[np.uint16]] = (y * 20 + x * 7).astype(np.uint16)
    return values


@pytest.mark.parametrize("copies", [0, 3])
def test_an_overview_is_the_image_made_smaller(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    slope: np.ndarray[tuple[int, int], np.dtype[np.uint16]],
    copies: int,
) -> None:
    monkeypatch.setattr(module, "_MOST_PIXELS", 20_000)
    monkeypatch.setattr(module, "_MOST_READ", 200_000)
    monkeypatch.setattr(module, "_BLOCK", 128)
    path = tmp_path / "image.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(slope, tile=(64, 64), subifds=copies)
        for number in range(copies):
            step = 2 ** (number + 1)
            writer.write(slope[step // 2 :: step, step // 2 :: step], tile=(64, 64), subfiletype=1)
    with open_regions(ImageSource(path)) as regions:
        small = overview(regions)
        assert small.is_whole is (copies > 0)
        boxes = [] if small.is_whole else list(fill(regions, small))
        assert small.is_whole or sum(box.width * box.height for box in boxes) == slope.size
        assert small.level == 3
        assert small.pixels.shape == (88, 126)
        y, x = np.mgrid[:87, :125] * 8 + 3.5
        assert np.abs(small.pixels[:87, :125] - (y * 20 + x * 7)).max() < 250  # half a pixel of it
        assert small.sample.min() < 3000
        assert small.sample.max() > 17000
        part = read_at(regions, 1, Box(100, 50, 64, 32))
        y, x = np.mgrid[50:82, 100:164] * 2 + 0.5
        assert np.abs(part - (y * 20 + x * 7)).max() < 30


def test_a_large_image_is_not_held_and_a_small_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slope: np.ndarray[tuple[int, int], np.dtype[np.uint16]]
) -> None:
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, slope, tile=(64, 64))
    monkeypatch.setattr(module, "_MOST_PIXELS", 20_000)
    held = open_picture(ImageSource(path))
    apart = open_picture(ImageSource(path), held=1000)
    assert held.pixels is not None
    assert apart.pixels is None
    box = Box(500, 300, 70, 90)
    assert np.array_equal(held.read(box), slope[box.slices])
    assert np.array_equal(apart.read(box), slope[box.slices])
    assert apart.windows[0].high == pytest.approx(held.windows[0].high, rel=0.1)
    assert apart.size < held.size
    with pytest.raises(Exception, match="too large"):
        _ = apart.raw
