from __future__ import annotations

import numpy as np
import pytest

from segdesk.core.assisted.cutoff import labels_at, most_probable
from segdesk.core.assisted.threshold import in_range, value_at, value_range
from segdesk.core.geometry import Box


def test_only_values_in_the_range_are_covered() -> None:
    plane = np.arange(100, dtype=np.uint16).reshape(10, 10) * 500
    covered = np.ones((10, 10), np.bool_)
    covered[0] = False
    box, found = in_range(plane, (Box(0, 0, 10, 10), covered), 4000, 9000)
    assert box == Box(0, 0, 10, 10)
    assert (found == ((plane >= 4000) & (plane <= 9000) & covered)).all()


def test_the_value_of_colour_is_its_brightness() -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[1, 2] = (255, 255, 255)
    pixels[2, 2] = (0, 255, 0)
    assert value_at(pixels, (2.5, 1.5)) == pytest.approx(255, abs=0.1)
    assert value_at(pixels, (2.5, 2.5)) == pytest.approx(0.587 * 255, abs=0.1)
    assert value_at(pixels, (4.0, 1.0)) is None


def test_the_range_passes_over_what_is_no_number() -> None:
    plane = np.full((20, 20), np.nan, np.float32)
    assert value_range(plane) == (0.0, 0.0)
    plane[3, 3], plane[4, 4], plane[5, 5] = -2.5, 8.0, np.inf
    assert value_range(plane) == (-2.5, 8.0)


def test_a_class_counts_from_its_threshold_on() -> None:
    chance = np.linspace(0, 255, 256).astype(np.uint8)[None, :]
    two = np.stack([255 - chance, chance])
    assert (labels_at(two, 1, 0.25)[0] == (np.arange(256) >= 64)).all()
    assert (labels_at(two, 1, 0.9)[0] == (np.arange(256) >= 230)).all()
    assert (labels_at(two, 0, 0.9)[0] == (255 - np.arange(256) < 230)).all()


def test_elsewhere_it_is_the_next_best_class() -> None:
    three = np.array([[[90, 10]], [[30, 100]], [[135, 145]]], np.uint8)
    assert most_probable(three).tolist() == [[2, 2]]
    assert labels_at(three, 2, 0.55).tolist() == [[0, 2]]
    assert labels_at(three, 2, 0.9).tolist() == [[0, 1]]
    assert labels_at(three, 1, 0.1).tolist() == [[1, 1]]
    assert labels_at(three, 7, 0.5).tolist() == [[2, 2]]


def test_a_threshold_of_nothing_does_not_take_the_impossible() -> None:
    two = np.array([[[255, 254]], [[0, 1]]], np.uint8)
    assert labels_at(two, 1, 0.0).tolist() == [[0, 1]]
