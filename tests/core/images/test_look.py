"""How a person wants an image shown, and that nothing else is touched by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from segdesk.core.images import (
    COLOR_MAPS,
    ChannelLook,
    Look,
    Renderer,
    Window,
    automatic_windows,
    to_display,
)

RNG = np.random.default_rng(8)
TYPES = ["uint8", "uint16", "int16", "int32", "float32", "float64"]


def values(dtype: str, *shape: int) -> NDArray[Any]:
    return (RNG.random(shape) * 200).astype(dtype)


def shown(image: NDArray[Any], look: Look) -> NDArray[np.uint8]:
    renderer = Renderer(look, automatic_windows(image), image.dtype)
    return renderer.paint(renderer.pick(image))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", [(30, 40), (30, 40, 2), (30, 40, 3), (30, 40, 6)])
def test_an_untouched_look_is_how_images_are_shown_elsewhere(dtype: str, shape: tuple[int, ...]) -> None:
    image = values(dtype, *shape)
    assert np.array_equal(shown(image, Look()), to_display(image))


@pytest.mark.parametrize("dtype", TYPES)
def test_a_window_makes_its_ends_black_and_white(dtype: str) -> None:
    image = np.array([[10, 20, 30, 40, 50]], dtype)
    look = Look().with_channel(0, window=Window(20, 40))
    assert shown(image, look).tolist() == [[0, 0, 128, 255, 255]]


@pytest.mark.parametrize("dtype", TYPES)
def test_gamma_brightens_and_inversion_turns_around(dtype: str) -> None:
    image = np.array([[0, 50, 100]], dtype)
    look = Look((ChannelLook(Window(0, 100)),), gamma=2.0)
    assert shown(image, look).tolist() == [[0, round(255 * 0.5**0.5), 255]]
    turned = Look((ChannelLook(Window(0, 100)),), inverted=True)
    assert np.abs(shown(image, turned).astype(int) - [[255, 127, 0]]).max() <= 1


def test_what_is_not_a_number_is_black_whatever_the_gamma() -> None:
    image = np.array([[np.nan, 0, 1]], np.float32)
    assert shown(image, Look((ChannelLook(Window(0, 1)),), gamma=0.5))[0, 0] == 0


@pytest.mark.parametrize("name", list(COLOR_MAPS))
def test_colour_maps_are_of_gray_images_alone(name: str) -> None:
    image = np.arange(256, dtype=np.uint8).reshape(16, 16)
    gray = shown(image, Look(color_map=name))
    assert gray.shape == ((16, 16) if name == "gray" else (16, 16, 3))
    if name != "gray":
        assert len(np.unique(gray.reshape(-1, 3), axis=0)) > 100
        assert gray[-1, -1].sum() > 300 or name == "turbo"
    colour = np.dstack([image] * 3)
    assert np.array_equal(shown(colour, Look(color_map=name)), colour)


def test_channels_are_switched_and_coloured() -> None:
    image = values("uint8", 20, 30, 5)
    without = shown(image, Look().with_channel(1, shown=False))
    assert np.array_equal(without, np.dstack([image[..., 0], np.zeros((20, 30), np.uint8), image[..., 2]]))
    look = Look()
    for number in range(5):
        look = look.with_channel(
            number, shown=number in (0, 4), color=(255, 0, 0) if number else (255, 255, 0)
        )
    both = shown(image, look)
    total = np.minimum(image[..., 0].astype(int) + image[..., 4], 255)
    assert np.array_equal(both[..., 0], total)
    assert np.array_equal(both[..., 1], image[..., 0])
    assert not both[..., 2].any()
    nothing = look
    for number in range(5):
        nothing = nothing.with_channel(number, shown=False)
    assert shown(image, nothing).shape == (20, 30, 3)
    assert not shown(image, nothing).any()


def test_a_look_survives_being_written_down() -> None:
    look = Look(
        (ChannelLook(Window(-3.5, 12)), ChannelLook(None, False, (1, 2, 3))), 2.5, "viridis", inverted=True
    )
    assert Look.from_json(look.to_json()) == look
    assert Look.from_json(Look().to_json()) == Look()


@pytest.mark.parametrize(
    "text",
    [
        None, "", "{", "[]", "7", '{"gamma": 0}', '{"gamma": "x", "map": "nope", "inverted": 3}',
        '{"channels": [7, {"window": [1]}, {"color": [1, 2]}, {"window": [NaN, 1], "color": [1, 2, 900]}]}',
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_as_usual(text: str | None) -> None:
    look = Look.from_json(text)
    image = values("uint16", 5, 6, 4)
    assert np.array_equal(shown(image, look), to_display(image))


def test_a_piece_looks_like_the_same_piece_of_the_whole() -> None:
    image = values("float32", 60, 80, 3)
    renderer = Renderer(Look(gamma=1.7), automatic_windows(image), image.dtype)
    whole = renderer.paint(renderer.pick(image))
    part = renderer.paint(renderer.pick(image[10:30, 20:50]))
    assert np.array_equal(part, whole[10:30, 20:50])
