"""Masks of other programs keep their numbers, and what can only mean yes or no becomes 255 or 0."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.errors import ImageError
from segdesk.core.images import read_labels
from tests.core.images.test_reading import write_png
from tests.data import data_dir

Y, X = np.mgrid[:30, :40]
SHAPE = (Y - 14) ** 2 + (X - 17) ** 2 < 81
IDS = (SHAPE + (X > 17) * SHAPE).astype(np.uint8)
TRUTH = SHAPE.astype(np.uint8) * 255


def save(path: Path, pixels: NDArray[np.uint8], colors: list[int] | None = None) -> Path:
    image = Image.fromarray(pixels, None if colors is None else "P")
    if colors is not None:
        image.putpalette(bytes(colors))
    image.save(path)
    return path


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_gray_values_are_kept(tmp_path: Path, suffix: str) -> None:
    for values in (IDS, IDS * np.uint8(100), TRUTH, IDS * np.uint8(0)):
        assert np.array_equal(read_labels(save(tmp_path / f"mask.{suffix}", values)), values)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_a_palette_is_looked_through(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"mask.{suffix}", IDS, [0, 0, 0, 128, 0, 0, 0, 128, 0])
    assert np.array_equal(read_labels(path), IDS)


@pytest.mark.parametrize("colors", [[4, 2, 4, 252, 254, 252], [0, 0, 0, 255, 255, 255]])
def test_a_palette_of_black_and_white_means_yes_and_no(tmp_path: Path, colors: list[int]) -> None:
    for suffix in ("gif", "png"):
        path = save(tmp_path / f"mask.{suffix}", SHAPE.astype(np.uint8), colors)
        assert np.array_equal(read_labels(path), TRUTH)
        path = save(tmp_path / f"inverse.{suffix}", SHAPE.astype(np.uint8), colors[3:] + colors[:3])
        assert np.array_equal(read_labels(path), 255 - TRUTH)


@pytest.mark.parametrize("depth", [2, 4])
def test_a_few_bits_of_gray_are_class_numbers(tmp_path: Path, depth: int) -> None:
    bits = np.unpackbits(IDS[..., None], axis=2)[..., -depth:].reshape(30, -1)
    path = tmp_path / "mask.png"
    write_png(path, 40, 30, depth, 0, np.packbits(bits, axis=1).tobytes())
    assert np.array_equal(read_labels(path), IDS)


def test_one_bit_means_yes_and_no(tmp_path: Path) -> None:
    Image.fromarray(SHAPE).save(tmp_path / "mask.png")
    Image.fromarray(SHAPE).save(tmp_path / "fax.tif", compression="group4")
    # Its default tag calls True black, which the program that wrote the mask did not mean.
    tifffile.imwrite(tmp_path / "bool.tif", SHAPE)
    for name in ("mask.png", "fax.tif", "bool.tif"):
        assert np.array_equal(read_labels(tmp_path / name), TRUTH)


def test_equal_channels_are_gray_and_alpha_is_ignored(tmp_path: Path) -> None:
    opaque = np.full((30, 40, 1), 255, np.uint8)
    three = np.repeat(IDS[..., None], 3, axis=2)
    for pixels in (
        three,
        np.concatenate([three, opaque], axis=2),
        np.concatenate([three, 255 - three[..., :1]], 2),
    ):
        assert np.array_equal(read_labels(save(tmp_path / "mask.png", pixels)), IDS)


def test_a_shape_in_alpha_alone_is_the_mask(tmp_path: Path) -> None:
    white = np.full((30, 40, 3), 255, np.uint8)
    path = save(tmp_path / "mask.png", np.concatenate([white, TRUTH[..., None]], axis=2))
    assert np.array_equal(read_labels(path), TRUTH)


def test_one_colour_on_black_is_a_mask_and_more_are_a_picture(tmp_path: Path) -> None:
    red = TRUTH[..., None] * np.array([1, 0, 0], np.uint8)
    assert np.array_equal(read_labels(save(tmp_path / "mask.png", red)), TRUTH)
    red[0, 0] = (0, 0, 90)
    with pytest.raises(ImageError, match="colour picture"):
        read_labels(save(tmp_path / "mask.png", red))


def test_16_bits_are_kept_but_for_a_mask_of_black_and_white(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    instances = IDS.astype(np.uint16) * 300
    Image.fromarray(instances).save(path)
    assert np.array_equal(read_labels(path), instances)
    Image.fromarray(SHAPE.astype(np.uint16) * 65535).save(path)
    assert np.array_equal(read_labels(path), TRUTH)


def test_floats(tmp_path: Path) -> None:
    path = tmp_path / "mask.tif"
    for stored, labels in [
        (SHAPE * 1.0, TRUTH),
        (SHAPE * 0.8, TRUTH),
        (IDS * 7.0, IDS * 7),
        (IDS * 0.0, IDS * 0),
    ]:
        tifffile.imwrite(path, stored.astype(np.float32))
        assert np.array_equal(read_labels(path), labels)
        assert read_labels(path).dtype.kind in "iu"
    for wrong in (1.5, -1.0, np.nan, np.inf):
        tifffile.imwrite(path, np.where(SHAPE, wrong, 0).astype(np.float32))
        with pytest.raises(ImageError, match="not a mask"):
            read_labels(path)


def test_negative_numbers_are_no_classes(tmp_path: Path) -> None:
    path = tmp_path / "mask.tif"
    tifffile.imwrite(path, IDS.astype(np.int32))
    assert np.array_equal(read_labels(path), IDS)
    tifffile.imwrite(path, -IDS.astype(np.int32))
    with pytest.raises(ImageError, match="negative"):
        read_labels(path)


def test_a_jpeg_holds_yes_and_no_at_most(tmp_path: Path) -> None:
    path = tmp_path / "mask.jpg"
    Image.fromarray(TRUTH).save(path, quality=90)
    assert np.array_equal(read_labels(path), TRUTH)
    for numbers in (IDS, IDS * np.uint8(90)):
        Image.fromarray(numbers).save(path, quality=90)
        with pytest.raises(ImageError, match="JPEG"):
            read_labels(path)


def test_known_masks_of_other_programs() -> None:
    folder = data_dir("torture") / "masks"
    truth = read_labels(folder / "m_reference_0_255.png")
    assert set(np.unique(truth)) == {0, 255}
    for name in (
        "m_1bit.png",
        "m_rgb.png",
        "m_rgb_red.png",
        "m_in_alpha.png",
        "m_jpeg.jpg",
        "m_u16_65535.png",
        "m_float_0_1.tif",
        "m_3_253.gif",
    ):
        assert np.array_equal(read_labels(folder / name), truth), name
    assert np.array_equal(read_labels(folder / "m_inverted.png"), 255 - truth)
    for name in ("m_0_1.png", "m_palette.png"):
        assert np.array_equal(read_labels(folder / name), truth // 255), name
    assert np.mean((read_labels(folder / "m_soft.png") >= 128) == (truth > 0)) > 0.99
    for name, values in {
        "m_all_zero.png": {0},
        "m_all_255.png": {255},
        "m_classes_0_1_2_255.png": {0, 1, 2, 255},
        "m_class_ids_with_gaps.png": {0, 7, 200},
        "m_instances_u16.tif": {0, 300, 600},
    }.items():
        assert set(np.unique(read_labels(folder / name)).tolist()) == values, name
    for name, shape in {
        "m_half_size.png": (60, 90),
        "m_plus_one_px.png": (120, 181),
        "m_transposed.png": (180, 120),
    }.items():
        assert read_labels(folder / name).shape == shape, name
    with pytest.raises(ImageError, match="empty"):
        read_labels(folder / "m_zero_byte.png")


def test_vessels_drawn_by_experts() -> None:
    for path in sorted((data_dir("drive") / "1st_manual").glob("*.gif"))[:3]:
        labels = read_labels(path)
        assert set(np.unique(labels)) == {0, 255}
        assert 0.03 < np.mean(labels == 255) < 0.3
