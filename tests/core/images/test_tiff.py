"""TIFF: types, layouts, stacks; what is a channel and what is a page."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from segdesk.core.errors import ImageError
from segdesk.core.images import ImageSource, inspect_image, read_image
from tests.core.images.test_reading import read

RNG = np.random.default_rng(11)
RGB = RNG.integers(0, 256, (33, 47, 3), dtype=np.uint8)


def of_type(dtype: str, shape: tuple[int, ...] = (13, 17)) -> NDArray[Any]:
    return (RNG.random(shape) * 250 - (100 if np.dtype(dtype).kind in "if" else 0)).astype(dtype)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_types_are_kept_in_native_order(tmp_path: Path, dtype: str, byteorder: Any) -> None:
    stored = of_type(dtype)
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, stored, byteorder=byteorder, bigtiff=byteorder == ">")
    pixels = read(path)
    assert pixels.dtype == np.dtype(dtype)
    assert np.array_equal(pixels, stored)


@pytest.mark.parametrize(
    ("dtype", "given"),
    [("int8", "int16"), ("uint32", "float64"), ("float16", "float32"), ("int64", "float64")],
)
def test_other_types_become_one_that_holds_them(tmp_path: Path, dtype: str, given: str) -> None:
    stored = of_type(dtype)
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, stored)
    pixels = read(path)
    assert pixels.dtype == np.dtype(given)
    assert np.array_equal(pixels, stored)


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "zlib"},
        {"compression": "lzw", "predictor": True},
        {"compression": "zstd"},
        {"compression": "lzma"},
        {"tile": (16, 16)},
        {"rowsperstrip": 5},
        {"planarconfig": "contig"},
    ],
)
def test_compressions_and_layouts(tmp_path: Path, options: dict[str, Any]) -> None:
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, RGB, photometric="rgb", **options)
    assert np.array_equal(read(path), RGB)


@pytest.mark.parametrize("channels", [2, 3, 5])
@pytest.mark.parametrize("metadata", [{}, None])
def test_planes_of_a_page_are_channels(
    tmp_path: Path, channels: int, metadata: dict[str, Any] | None
) -> None:
    stored = RNG.integers(0, 65536, (channels, 13, 17), dtype=np.uint16)
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, stored, photometric="minisblack", planarconfig="separate", metadata=metadata)
    assert np.array_equal(read(path), np.moveaxis(stored, 0, -1))
    assert inspect_image(path).pages == 1


@pytest.mark.parametrize("count", [2, 3, 4, 5])
@pytest.mark.parametrize("metadata", [{}, None])
def test_a_stack_of_gray_pages_is_not_colour(
    tmp_path: Path, count: int, metadata: dict[str, Any] | None
) -> None:
    stored = RNG.integers(0, 65536, (count, 13, 17), dtype=np.uint16)
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, stored, photometric="minisblack", metadata=metadata)
    assert inspect_image(path).pages == count
    for page in range(count):
        assert np.array_equal(read(path, page), stored[page])


@pytest.mark.parametrize("kind", ["imagej", "ome"])
def test_depth_and_time_are_pages_and_channels_are_channels(tmp_path: Path, kind: str) -> None:
    stored = RNG.integers(0, 65536, (2, 3, 4, 13, 17), dtype=np.uint16)
    path = tmp_path / ("image.ome.tif" if kind == "ome" else "image.tif")
    tifffile.imwrite(path, stored, **{kind: True}, metadata={"axes": "TZCYX"})
    assert inspect_image(path).pages == 6
    for page in (0, 1, 5):
        assert np.array_equal(read(path, page), np.moveaxis(stored[page // 3, page % 3], 0, -1))


def test_channels_in_front_of_depth_are_channels_too(tmp_path: Path) -> None:
    stored = RNG.integers(0, 256, (2, 3, 13, 17), dtype=np.uint8)
    path = tmp_path / "image.ome.tif"
    tifffile.imwrite(path, stored, metadata={"axes": "CZYX"})
    assert inspect_image(path).pages == 3
    for page in range(3):
        assert np.array_equal(read(path, page), np.moveaxis(stored[:, page], 0, -1))


def test_a_stack_with_one_header_is_read_page_by_page(tmp_path: Path) -> None:
    stored = RNG.integers(0, 65536, (3, 2, 13, 17), dtype=np.uint16)
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, stored, imagej=True, metadata={"axes": "ZCYX", "truncated": True}, truncate=True)
    with tifffile.TiffFile(path) as tiff:
        assert len(tiff.pages) == 1
    assert inspect_image(path).pages == 3
    for page in range(3):
        assert np.array_equal(read(path, page), np.moveaxis(stored[page], 0, -1))


def test_a_description_that_promises_planes_that_are_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    description = "ImageJ=1.53\nimages=999999999\nslices=999999999\n"
    tifffile.imwrite(path, RGB[..., 0], description=description, metadata=None)
    with contextlib.suppress(ImageError):
        assert inspect_image(path).pages == 1


def test_pages_of_different_sizes_keep_their_order(tmp_path: Path) -> None:
    pages = [RGB, RGB[:7], RGB[..., 0], RGB]
    path = tmp_path / "image.tif"
    with tifffile.TiffWriter(path) as tiff:
        for stored in pages:
            tiff.write(stored, photometric="rgb" if stored.ndim == 3 else "minisblack", metadata=None)
    assert inspect_image(path).pages == 4
    for page, stored in enumerate(pages):
        assert np.array_equal(read(path, page), stored)


def test_smaller_copies_are_not_pages(tmp_path: Path) -> None:
    sub, chain = tmp_path / "sub.tif", tmp_path / "chain.tif"
    with tifffile.TiffWriter(sub) as tiff:
        tiff.write(RGB, photometric="rgb", subifds=1)
        tiff.write(RGB[::2, ::2], photometric="rgb", subfiletype=1)
    with tifffile.TiffWriter(chain) as tiff:
        tiff.write(RGB, photometric="rgb", metadata=None)
        tiff.write(RGB[::2, ::2], photometric="rgb", subfiletype=1, metadata=None)
    for path in (sub, chain):
        assert inspect_image(path).pages == 1
        assert np.array_equal(read(path), RGB)


def test_white_is_white_whatever_number_it_is_stored_as(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    for stored, seen in [
        (RGB[..., 0], 255 - RGB[..., 0]),
        (np.array([[0, 65535, 5]], np.uint16), np.array([[65535, 0, 65530]])),
        (np.array([[True, False]]), np.array([[0, 255]])),
    ]:
        tifffile.imwrite(path, stored, photometric="miniswhite")
        assert np.array_equal(read(path), seen)


def test_one_bit_becomes_black_and_white(tmp_path: Path) -> None:
    stored = RNG.random((13, 17)) > 0.5
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, stored, photometric="minisblack")
    assert np.array_equal(read(path), stored * 255)


def test_alpha_is_dropped_but_a_fourth_channel_is_not(tmp_path: Path) -> None:
    stored = RNG.integers(0, 256, (13, 17, 4), dtype=np.uint8)
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, stored, photometric="rgb", extrasamples=["unassalpha"])
    assert np.array_equal(read(path), stored[..., :3])
    tifffile.imwrite(path, stored[..., :2], photometric="minisblack", planarconfig="contig", extrasamples=[2])
    assert np.array_equal(read(path), stored[..., 0])
    tifffile.imwrite(path, stored, photometric="minisblack", planarconfig="contig")
    assert np.array_equal(read(path), stored)


def test_ink_becomes_light(tmp_path: Path) -> None:
    inks = np.array(
        [[[0, 0, 0, 0], [255, 0, 0, 0], [0, 255, 255, 0], [0, 0, 0, 255], [0, 0, 0, 128]]], np.uint8
    )
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, inks, photometric="separated")
    assert np.array_equal(
        read(path), [[[255, 255, 255], [0, 255, 255], [255, 0, 0], [0, 0, 0], [127, 127, 127]]]
    )


def test_palettes_of_16_bits(tmp_path: Path) -> None:
    indices = RNG.integers(0, 256, (13, 17), dtype=np.uint8)
    colors = RNG.integers(0, 65536, (3, 256), dtype=np.uint16)
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, indices, photometric="palette", colormap=colors)
    assert np.array_equal(read(path), (colors >> 8).T[indices])


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1)])
def test_lines_and_points(tmp_path: Path, shape: tuple[int, int]) -> None:
    stored = RNG.integers(0, 256, (3, *shape), dtype=np.uint8)
    path = tmp_path / "image.tif"
    with tifffile.TiffWriter(path) as tiff:
        for page in stored:
            tiff.write(page, photometric="minisblack", metadata=None)
    assert inspect_image(path).pages == 3
    assert np.array_equal(read_image(ImageSource(path, 2)), stored[2])


def test_data_that_is_missing_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "image.tif"
    for options in ({}, {"compression": "zlib"}, {"tile": (16, 16)}):
        tifffile.imwrite(path, RGB, photometric="rgb", **options)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(ImageError, match="Copy it again"):
            read_image(ImageSource(path))


@pytest.mark.parametrize("back_to", [0, 1, 2])
def test_a_chain_of_pages_that_bites_its_tail_ends(tmp_path: Path, back_to: int) -> None:
    path = tmp_path / "image.tif"
    with tifffile.TiffWriter(path) as writer:
        for _ in range(3):
            writer.write(RGB, photometric="rgb", metadata=None)
    with tifffile.TiffFile(path) as tiff:
        places = [page.offset for page in tiff.pages]
        entries = len(tiff.pages[2].tags)
    content = bytearray(path.read_bytes())
    link = places[2] + 2 + 12 * entries
    assert content[link : link + 4] == bytes(4)
    content[link : link + 4] = places[back_to].to_bytes(4, "little")
    path.write_bytes(content)
    assert inspect_image(path).pages == 3
    assert np.array_equal(read_image(ImageSource(path, 2)), RGB)
