"""Device pixels of a part of an image: as exact as those that are sampled one by one, and much sooner."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.images.resample import warp
from segdesk.gui.canvas.scaling import Part, part

WIDTH, HEIGHT = 701, 523
EASY = (0.78, 1.237, 1.5, 2.0)  # steps that are not so near whole pixels or halves that they meet seldom


@pytest.fixture(scope="module")
def smooth() -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).integers(0, 256, (HEIGHT // 8, WIDTH // 8), np.uint8)
    return np.asarray(cv2.resize(noise, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)


def meeting(area: Box, step: float) -> Part:
    found = part(area, step, WIDTH, HEIGHT)
    assert found is not None
    return found


def whole(step: float) -> Box:
    return Box(0, 0, round(WIDTH / step), round(HEIGHT / step))


def right_and_bottom(step: float) -> Box:
    """The last device pixels of the image, from a place in it on."""
    full = whole(step)
    return Box(
        full.width // 3, full.height // 2, full.width - full.width // 3, full.height - full.height // 2
    )


@pytest.mark.parametrize("step", [0.53, 0.78, 1.01, 1.237, 1.5, 1.993, 2.0])
@pytest.mark.parametrize("place", [whole, right_and_bottom, lambda step: Box(150, 97, 31, 43)])
def test_smooth_is_what_sampling_between_pixels_gives(
    smooth: NDArray[np.uint8], step: float, place: Callable[[float], Box]
) -> None:
    area = place(step)
    found = part(area, step, WIDTH, HEIGHT)
    if found is None:
        assert step not in EASY
        return
    x, y = ((at + 0.5) * step - 0.5 for at in area[:2])
    expected = warp(smooth, np.array([[step, 0, x], [0, step, y]]), (area.width, area.height))
    drawn = found.smooth(smooth[found.source.slices])
    assert drawn.shape == expected.shape
    # A thirty-second of a pixel, by which the two may miss each other and warping itself is rounded.
    steepest = int(max(np.abs(np.diff(smooth.astype(int), axis=axis)).max() for axis in (0, 1)))
    assert np.abs(drawn.astype(int) - expected).max() <= 2 + steepest * step / 8


@pytest.mark.parametrize("step", [1.7, 4.3, 17.77, 33.0])
@pytest.mark.parametrize("place", [whole, right_and_bottom])
def test_nearest_is_off_here_and_there_only(
    smooth: NDArray[np.uint8], step: float, place: Callable[[float], Box]
) -> None:
    area = place(step)
    labels = np.repeat(np.repeat(smooth[::8, ::8] // 64, 8, 0), 8, 1)[:HEIGHT, :WIDTH]
    found = meeting(area, step)
    columns = np.clip(np.floor((np.arange(area.x, area.right) + 0.5) * step).astype(int), 0, WIDTH - 1)
    rows = np.clip(np.floor((np.arange(area.y, area.bottom) + 0.5) * step).astype(int), 0, HEIGHT - 1)
    drawn = found.nearest(labels[found.source.slices])
    assert drawn.shape == (area.height, area.width)
    near = [
        labels[np.ix_(np.clip(rows + dy, 0, HEIGHT - 1), np.clip(columns + dx, 0, WIDTH - 1))] == drawn
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
    ]
    assert np.logical_or.reduce(near)[:-1, :-1].all()  # at the far edge the last one may be that before it


def test_any_part_of_any_image_has_its_size() -> None:
    rng = np.random.default_rng(0)
    met = 0
    for _ in range(400):
        width, height = (int(side) for side in rng.integers(1, 200, 2))
        step = float(2 ** rng.uniform(-1, 6))
        columns, rows = max(1, round(width / step)), max(1, round(height / step))
        x, y = int(rng.integers(columns)), int(rng.integers(rows))
        area = Box(x, y, int(rng.integers(1, columns - x + 1)), int(rng.integers(1, rows - y + 1)))
        found = part(area, step, width, height)
        if found is not None:
            met += 1
            pixels = np.zeros((height, width), np.uint8)[found.source.slices]
            assert found.smooth(pixels).shape == found.nearest(pixels).shape == (area.height, area.width)
    assert met > 100


def test_only_a_little_more_than_the_part_is_looked_at() -> None:
    found = meeting(Box(150, 97, 31, 43), 1.237)
    assert found.source.width < (31 + 32 + 3) * 1.237 + 2
    assert found.source.height < (43 + 32 + 3) * 1.237 + 2


def test_colours_and_deep_pixels_keep_their_type(smooth: NDArray[np.uint8]) -> None:
    found = meeting(Box(40, 30, 200, 100), 1.237)
    colours = np.dstack([smooth, 255 - smooth, smooth // 2])
    drawn = found.smooth(colours[found.source.slices])
    assert drawn.shape == (100, 200, 3)
    assert np.abs(drawn[..., 0].astype(int) + drawn[..., 1] - 255).max() <= 1
    for kind in (np.uint16, np.int16, np.float32, np.uint32, np.int8):
        values = (smooth // 4).astype(kind)
        deep = found.smooth(values[found.source.slices])
        assert deep.dtype == kind
        assert np.abs(deep.astype(float) - found.smooth((smooth // 4)[found.source.slices])).max() <= 1
