"""A part of an image is what the whole image has there, however it is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.errors import ImageError
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource, inspect_image, limits, open_regions, read_image
from segdesk.core.images.tile_cache import TileCache

BOXES = [Box(0, 0, 200, 150), Box(30, 40, 64, 64), Box(127, 63, 3, 66), Box(199, 149, 1, 1)]


def values(dtype: str, *shape: int) -> NDArray[Any]:
    rng = np.random.default_rng(3)
    if dtype.startswith("float"):
        return rng.normal(size=shape).astype(dtype)
    return rng.integers(0, np.iinfo(dtype).max, shape).astype(dtype)


def check(path: Path, page: int = 0, *, piecewise: bool = True) -> None:
    whole = read_image(ImageSource(path, page))
    with open_regions(ImageSource(path, page)) as regions:
        assert regions.is_piecewise is piecewise
        assert (regions.height, regions.width) == whole.shape[:2]
        assert regions.channels == (1 if whole.ndim == 2 else whole.shape[2])
        assert regions.dtype == whole.dtype
        for box in BOXES:
            assert np.array_equal(regions.read(box), whole[box.slices]), box


@pytest.mark.parametrize(
    "dtype", ["uint8", "uint16", "int16", "uint32", "int32", "float32", "float64", "int8"]
)
@pytest.mark.parametrize("layout", ["tiles", "strips", "bare"])
def test_gray(tmp_path: Path, dtype: str, layout: str) -> None:
    options: dict[str, dict[str, Any]] = {
        "tiles": {"tile": (64, 32), "compression": "zlib", "predictor": True},
        "strips": {"rowsperstrip": 17, "compression": "lzw"},
        "bare": {},
    }
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, values(dtype, 150, 200), **options[layout])
    check(path)


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("tile", [(64, 64), None])
def test_colour(tmp_path: Path, planar: str, tile: tuple[int, int] | None) -> None:
    path = tmp_path / "image.tif"
    shape = (150, 200, 3) if planar == "contig" else (3, 150, 200)
    tifffile.imwrite(
        path, values("uint8", *shape), photometric="rgb", planarconfig=planar, tile=tile, compression="zlib"
    )
    check(path)


@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_many_channels_and_pages(tmp_path: Path, byteorder: str) -> None:
    path = tmp_path / "image.ome.tif"
    data = values("uint16", 4, 5, 150, 200)
    tifffile.imwrite(path, data, metadata={"axes": "ZCYX"}, tile=(64, 64), byteorder=byteorder)
    for page in (0, 3):
        check(path, page)
    stack = tmp_path / "imagej.tif"
    tifffile.imwrite(stack, data[:, 0], imagej=True, metadata={"axes": "ZYX"})
    check(stack, 2)


def test_a_palette_a_negative_and_an_alpha_plane(tmp_path: Path) -> None:
    colors = values("uint16", 3, 256)
    tifffile.imwrite(
        tmp_path / "p.tif", values("uint8", 150, 200), photometric="palette", colormap=colors, tile=(64, 64)
    )
    check(tmp_path / "p.tif")
    tifffile.imwrite(tmp_path / "n.tif", values("uint16", 150, 200), photometric="miniswhite", tile=(64, 64))
    check(tmp_path / "n.tif")
    tifffile.imwrite(
        tmp_path / "a.tif",
        values("uint8", 150, 200, 4),
        photometric="rgb",
        extrasamples=["unassalpha"],
        tile=(64, 64),
    )
    check(tmp_path / "a.tif")


def test_jpeg_tiles(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "j.tif",
        values("uint8", 150, 200, 3),
        photometric="ycbcr",
        compression="jpeg",
        tile=(64, 64),
    )
    check(tmp_path / "j.tif")


def test_what_must_be_decoded_whole_is(tmp_path: Path) -> None:
    Image.fromarray(values("uint8", 150, 200)).save(tmp_path / "image.png")
    check(tmp_path / "image.png", piecewise=False)
    tifffile.imwrite(tmp_path / "turned.tif", values("uint8", 200, 150), extratags=[(274, "H", 1, 6, True)])
    check(tmp_path / "turned.tif", piecewise=False)


@pytest.mark.parametrize("nested", [True, False])
def test_smaller_copies_in_the_file(tmp_path: Path, nested: bool) -> None:
    path = tmp_path / "pyramid.tif"
    image = values("uint8", 512, 768)
    with tifffile.TiffWriter(path) as writer:
        writer.write(image, tile=(64, 64), subifds=2 if nested else 0)
        for step in (2, 4):
            writer.write(image[::step, ::step], tile=(64, 64), subfiletype=1)
    assert inspect_image(path).pages == 1
    with open_regions(ImageSource(path)) as regions:
        assert regions.sizes == ((768, 512), (384, 256), (192, 128))
        box = Box(10, 20, 100, 90)
        assert np.array_equal(regions.read(box, 2), image[::4, ::4][box.slices])


def test_an_image_too_large_to_be_decoded_is_still_read_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.tif"
    image = values("uint8", 150, 200)
    tifffile.imwrite(path, image, tile=(64, 64))
    monkeypatch.setattr(limits, "MAX_PIXELS", 10_000)
    assert inspect_image(path).width == 200
    with open_regions(ImageSource(path)) as regions:
        assert np.array_equal(regions.read(BOXES[1]), image[BOXES[1].slices])
    with pytest.raises(ImageError, match="too large"):
        read_image(ImageSource(path))


def test_a_damaged_tile_spoils_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    image = values("uint8", 150, 200)
    tifffile.imwrite(path, image, tile=(64, 64), compression="zlib")
    with tifffile.TiffFile(path) as tiff:
        offset = tiff.pages[0].dataoffsets[0]
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(bytes(200))
    with open_regions(ImageSource(path)) as regions:
        with pytest.raises(ImageError, match=r"image\.tif"):
            regions.read(Box(0, 0, 10, 10))
        assert np.array_equal(regions.read(Box(64, 64, 50, 50)), image[64:114, 64:114])


def test_boxes_outside_are_refused(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "image.tif", values("uint8", 150, 200), tile=(64, 64))
    with open_regions(ImageSource(tmp_path / "image.tif")) as regions:
        for box in (Box(0, 0, 0, 5), Box(-1, 0, 5, 5), Box(190, 0, 11, 5)):
            with pytest.raises(ValueError, match="Box"):
                regions.read(box)


def test_a_file_that_changes_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    for seed in (1, 2):
        image = np.full((40, 50 + seed), seed, np.uint8)
        tifffile.imwrite(path, image)
        assert np.array_equal(read_image(ImageSource(path)), image)


def test_the_cache_keeps_to_its_budget() -> None:
    cache = TileCache(1000)
    for number in range(10):
        cache.put((1, number), np.zeros(200, np.uint8))
        cache.get((1, 0))
    assert cache.size <= 1000
    assert cache.get((1, 0)) is not None
    assert cache.get((1, 5)) is None
    cache.put((2, 0), np.zeros(900, np.uint8))
    assert cache.get((2, 0)) is None
    cache.forget(1)
    assert cache.size == 0
