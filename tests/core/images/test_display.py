"""What is shown: contrast by percentiles, never a division by zero, and small copies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from segdesk.core.images import Window, percentile_window, thumbnail, to_display

RNG = np.random.default_rng(5)


def test_8_bits_are_shown_as_they_are() -> None:
    for shape in [(9, 7), (9, 7, 3)]:
        image = RNG.integers(0, 256, shape, dtype=np.uint8)
        assert np.array_equal(to_display(image), image)


def test_12_of_16_bits_are_not_shown_black() -> None:
    image = np.linspace(0, 4095, 10_000).astype(np.uint16).reshape(100, 100)
    shown = to_display(image)
    assert shown[0, 0] == 0
    assert shown[-1, -1] == 255
    assert abs(int(shown[50, 0]) - 128) <= 1
    assert (np.diff(shown.ravel().astype(int)) >= 0).all()


@pytest.mark.parametrize("dtype", ["uint16", "int16", "int32", "float32", "float64"])
def test_a_window_maps_its_ends_to_black_and_white(dtype: str) -> None:
    image = np.array([[10, 20, 30, 40, 50]], dtype)
    assert to_display(image, Window(20, 40)).tolist() == [[0, 0, 128, 255, 255]]


def test_a_window_applies_to_8_bits_and_to_negative_values_too() -> None:
    assert to_display(np.array([[0, 10, 20]], np.uint8), Window(0, 20)).tolist() == [[0, 128, 255]]
    assert to_display(np.array([[-30, -20, -10, 0]], np.int16), Window(-20, 0)).tolist() == [[0, 0, 128, 255]]


def test_outliers_do_not_set_the_contrast() -> None:
    image = RNG.normal(100, 5, (300, 300)).astype(np.float32)
    image[5, 5], image[6, 6] = 1e9, -1e9
    window = percentile_window(image)
    assert 80 < window.low < 95
    assert 105 < window.high < 120


def test_percentiles_of_a_large_image_come_from_all_of_it() -> None:
    y, x = np.mgrid[:2000, :1500]
    window = percentile_window((y * 1500 + x).astype(np.int32), 10, 90)
    assert window.low == pytest.approx(0.1 * 3e6, rel=0.02)
    assert window.high == pytest.approx(0.9 * 3e6, rel=0.02)


@pytest.mark.parametrize("shape", [(3_000_000, 1), (1, 3_000_000), (3_000_000, 1, 3)])
def test_percentiles_of_a_line(shape: tuple[int, ...]) -> None:
    image = np.broadcast_to(
        np.linspace(0, 1000, 3_000_000).reshape(*shape[:2], *[1] * (len(shape) - 2)), shape
    )
    window = percentile_window(image, 10, 90)
    assert [window.low, window.high] == pytest.approx([100, 900], abs=5)


def test_a_few_bright_dots_on_black_are_shown() -> None:
    image = np.zeros((500, 500), np.uint16)
    image[7, 9] = 700
    assert to_display(image)[7, 9] == 255
    assert to_display(image)[0, 0] == 0


@pytest.mark.parametrize("value", [0, 7, -3.5, 1e300])
def test_an_image_that_is_the_same_everywhere_is_gray(value: float) -> None:
    assert (to_display(np.full((4, 5), value)) == 128).all()


def test_what_is_not_a_number_is_black_and_infinity_has_its_side() -> None:
    image = np.array([[np.nan, -np.inf, np.inf, 0, 1, 2, 3, 4]], np.float32)
    shown = to_display(image)
    assert shown[0, :3].tolist() == [0, 0, 255]
    assert shown[0, 3:].tolist() == [0, 64, 128, 191, 255]
    assert (to_display(np.full((3, 3), np.nan)) == 0).all()


def test_channels_are_red_green_and_blue_in_turn() -> None:
    image = RNG.integers(0, 256, (6, 5, 7), dtype=np.uint8)
    assert np.array_equal(to_display(image), image[..., :3])
    two = to_display(image[..., :2])
    assert np.array_equal(two[..., :2], image[..., :2])
    assert (two[..., 2] == 0).all()


def test_only_what_is_shown_sets_the_contrast() -> None:
    image = np.zeros((10, 10, 4), np.uint16)
    image[..., :3] = RNG.integers(0, 1000, (10, 10, 3))
    image[..., 3] = 65535
    assert to_display(image).max() == 255


@given(
    arrays.arrays(
        st.sampled_from([np.uint8, np.uint16, np.int16, np.int32, np.float32, np.float64]),
        st.sampled_from([(1, 1), (3, 4), (2, 3, 2), (2, 3, 3), (1, 2, 5)]),
    )
)
def test_anything_can_be_shown(image: NDArray[Any]) -> None:
    shown = to_display(image)
    assert shown.dtype == np.uint8
    assert shown.flags.c_contiguous
    assert shown.shape == (image.shape if image.ndim == 2 else (*image.shape[:2], 3))


@pytest.mark.parametrize(
    ("shape", "size", "smaller"),
    [
        ((100, 200), 50, (25, 50)),
        ((200, 100, 3), 50, (50, 25, 3)),
        ((5000, 1), 96, (96, 1)),
        ((1, 40_000), 96, (1, 96)),
        ((20, 30), 96, (20, 30)),
    ],
)
def test_small_copies_keep_their_proportions(
    shape: tuple[int, ...], size: int, smaller: tuple[int, ...]
) -> None:
    result = thumbnail(np.zeros(shape, np.uint8), size)
    assert result.shape == smaller
    assert result.dtype == np.uint8


def test_small_copies_average() -> None:
    checks = np.kron(np.indices((40, 40)).sum(axis=0) % 2 * 255, np.ones((2, 2))).astype(np.uint8)
    assert np.abs(thumbnail(checks, 20).astype(int) - 128).max() <= 1
    blocks = np.kron(np.array([[10, 200], [90, 30]]), np.ones((8, 8))).astype(np.uint8)
    assert thumbnail(blocks, 2).tolist() == [[10, 200], [90, 30]]
