"""From stored images to what a network reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.nn.normalise import NORMALISERS, Normalised, channels_for

RNG = np.random.default_rng(0)


def read(image: np.ndarray, channels: int, recipe: str = "channel") -> np.ndarray:
    return Normalised.of(image, channels, recipe).read(Box(0, 0, image.shape[1], image.shape[0]))


@pytest.mark.parametrize("recipe", ["channel", "image", "percentile"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.float32, np.float64])
def test_any_type_and_scale_comes_out_alike(recipe: str, dtype: type) -> None:
    base = RNG.integers(0, 200, (40, 50))
    small, large = read(base.astype(dtype), 1, recipe), read((base * 100 + 300).astype(dtype), 1, recipe)
    if dtype is not np.uint8:
        np.testing.assert_allclose(small, large, atol=1e-3)
    assert small.dtype == np.float32
    assert 0.2 < small.std() < 3
    assert abs(small.mean()) < 1


@pytest.mark.parametrize("channels", [1, 3, 6])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.int32])
def test_integers_are_measured_as_the_same_numbers_with_a_point_are(channels: int, dtype: type) -> None:
    numbers = RNG.normal(90, 20, (1100, 500, channels)) + np.arange(channels)
    values: NDArray[Any] = numbers.astype(dtype)
    found = Normalised.of(values, channels, "channel")
    expected = Normalised.of(values.astype(np.float64), channels, "channel")
    np.testing.assert_allclose(found.centre, expected.centre, rtol=1e-5)
    np.testing.assert_allclose(found.spread, expected.spread, rtol=1e-5)


def test_the_range_of_the_type_is_what_a_value_is_divided_by() -> None:
    values = RNG.integers(0, 255, (8, 9, 3))
    image = values.transpose(2, 0, 1)
    np.testing.assert_allclose(read(values.astype(np.uint8), 3, "range"), image / 255, rtol=1e-6)
    np.testing.assert_allclose(read(values.astype(np.uint16), 3, "range"), image / 65535, rtol=1e-6)
    assert np.array_equal(read(values[..., 0] > 100, 1, "range")[0], values[..., 0] > 100)
    fractions = RNG.random((8, 9)).astype(np.float32)
    assert np.array_equal(read(fractions, 1, "range")[0], fractions)
    np.testing.assert_allclose(read(fractions * 1000, 1, "range").max(), 1.0, rtol=1e-6)


def test_published_recipes() -> None:
    values = RNG.integers(0, 250, (8, 9, 3)).astype(np.uint8)
    image = values.transpose(2, 0, 1)
    mean, spread = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    photograph = (image / 255 - mean[:, None, None]) / spread[:, None, None]
    np.testing.assert_allclose(read(values, 3, "imagenet"), photograph, atol=1e-5)
    brightest = (image / image.max() - mean[:, None, None]) / spread[:, None, None]
    np.testing.assert_allclose(read(values, 3, "imagenet-max"), brightest, atol=1e-5)
    np.testing.assert_allclose(read(values, 3, "half"), image / 127.5 - 1, atol=1e-6)
    # Gray is a photograph whose three colours are the same, and is normalised as such.
    gray = np.repeat(values[..., :1], 3, axis=2)
    np.testing.assert_array_equal(read(values[..., 0], 3, "imagenet"), read(gray, 3, "imagenet"))
    assert read(values[..., 0], 1, "imagenet").shape == (1, 8, 9)
    assert read(values[..., :2], 3, "imagenet").shape == (3, 8, 9)
    assert read(np.concatenate([values, values], axis=2), 6, "imagenet").shape == (6, 8, 9)
    assert np.isfinite(read(np.zeros((8, 9, 3), np.uint8), 3, "imagenet-max")).all()


def test_gray_is_repeated_for_a_colour_network() -> None:
    gray = RNG.integers(0, 255, (8, 9)).astype(np.uint8)
    y = read(gray, 3)
    assert y.shape == (3, 8, 9)
    assert np.array_equal(y[0], y[2])
    assert np.array_equal(y, read(gray[..., None], 3))


def test_channels_that_are_missing_are_zero_and_surplus_ones_are_left_out() -> None:
    two, five = RNG.normal(size=(8, 9, 2)), RNG.normal(size=(8, 9, 5))
    assert not read(two, 3)[2].any()
    assert np.array_equal(read(five, 3), read(five[..., :3], 3))


def test_a_new_network_reads_at_least_three_channels() -> None:
    assert channels_for(np.zeros((4, 4))) == 3
    assert channels_for(np.zeros((4, 4, 3))) == 3
    assert channels_for(RNG.normal(size=(4, 4, 7))) == 7


@pytest.mark.parametrize("recipe", list(NORMALISERS))
def test_flat_and_broken_values_do_no_harm(recipe: str) -> None:
    assert np.isfinite(read(np.full((5, 5), 7, np.uint8), 3, recipe)).all()
    holes = RNG.normal(size=(20, 20))
    holes[3, 3], holes[4, 4], holes[5, 5] = np.nan, np.inf, -np.inf
    y = read(holes, 1, recipe)
    assert np.isfinite(y).all()
    assert y.std() > 0.2
    assert np.isfinite(read(np.full((5, 5), np.nan), 3, recipe)).all()
