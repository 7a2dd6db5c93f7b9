from __future__ import annotations

import numpy as np
import pytest

from segdesk.core.assisted.wand import alike, connected
from segdesk.core.geometry import Box
from tests.core.assisted.scenes import blob, iou, whole


def test_finds_the_object_of_another_colour() -> None:
    pixels, truth = blob()
    found = connected(pixels, (200.5, 150.5), 40)
    assert found.complete
    assert iou(whole(found.coverage, pixels.shape), truth) > 0.98


def test_only_what_hangs_together_unless_asked_otherwise() -> None:
    plane: np.ndarray[tuple[int, int], np.dtype[np.uint8]] = np.zeros((100, 200), np.uint8)
    plane[20:40, 20:40] = 200
    plane[60:80, 150:170] = 205
    one = whole(connected(plane, (30, 30), 10).coverage, plane.shape)
    both = whole(alike(plane, (30, 30), 10, Box(0, 0, 200, 100)).coverage, plane.shape)
    assert (one == (plane == 200)).all()
    assert (both == (plane >= 200)).all()


def test_alike_looks_only_at_its_region() -> None:
    plane = np.full((100, 200), 7, np.uint8)
    found = alike(plane, (30, 30), 0, Box(10, 20, 50, 40))
    assert found.coverage[0] == Box(10, 20, 50, 40)
    assert found.complete


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int16, np.int32, np.float32, np.float64])
def test_the_tolerance_is_in_the_unit_of_the_pixels(kind: type[np.generic]) -> None:
    plane = np.zeros((50, 50), kind)
    plane[:, 10:20] = 5
    plane[:, 20:30] = 9
    inside = whole(connected(plane, (15, 5), 4).coverage, plane.shape)
    assert inside[:, 10:30].all()
    assert not inside[:, :10].any()
    assert not inside[:, 30:].any()


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 6])
def test_any_number_of_channels(channels: int) -> None:
    pixels = np.zeros((40, 40, channels), np.uint16)
    pixels[5:15, 5:15] = 900
    found = whole(connected(pixels, (7, 7), 10).coverage, pixels.shape)
    assert found.sum() == 100


def test_grows_beyond_its_first_window_and_says_where_it_stopped() -> None:
    plane = np.zeros((600, 3000), np.uint8)
    assert connected(plane, (1500, 300), 0).coverage[0] == Box(0, 0, 3000, 600)
    cut = connected(plane, (1500, 300), 0, most=1024)
    assert not cut.complete
    assert cut.coverage[0].width == 1024


@pytest.mark.parametrize("seed", [(-1, 5), (5, -0.5), (40, 5), (5, 30)])
def test_off_the_image_there_is_nothing(seed: tuple[float, float]) -> None:
    plane = np.zeros((30, 40), np.uint8)
    assert connected(plane, seed, 5).coverage[0].is_empty
    assert alike(plane, seed, 5, Box(0, 0, 40, 30)).coverage[0].is_empty
