from __future__ import annotations

import numpy as np
import pytest

from segdesk.core.geometry import Box
from segdesk.core.objects.found import object_at, trimmed, united


def test_an_object_hangs_together_by_sides_and_corners_of_one_class() -> None:
    labels = np.zeros((20, 30), np.uint8)
    labels[2:6, 3:8] = 1
    labels[6:9, 8:10] = 1  # touches by a corner
    labels[2:6, 8:12] = 2  # another class
    found = object_at(labels, (4.5, 3.5))
    assert found is not None
    assert found.class_index == 1
    assert found.box == Box(3, 2, 7, 7)
    assert found.area == 4 * 5 + 3 * 2
    assert found.covers((9.5, 8.5))
    assert not found.covers((9.5, 3.5))


@pytest.mark.parametrize("spot", [(0.5, 0.5), (-1.0, 5.0), (31.0, 5.0), (5.0, 20.0)])
def test_there_is_none_on_the_background_and_beside_the_image(spot: tuple[float, float]) -> None:
    assert object_at(np.zeros((20, 30), np.uint8), spot) is None


def test_objects_larger_than_the_first_window_are_found_whole() -> None:
    labels = np.zeros((3000, 2600), np.uint8)
    labels[10:2990, 1300:1303] = 3
    labels[1500, 5:2595] = 3
    found = object_at(labels, (1301.0, 1200.0))
    assert found is not None
    assert found.area == np.count_nonzero(labels)
    assert found.box == Box(5, 10, 2590, 2980)
    assert object_at(labels, (1301.0, 1200.0), most=1024) is None


def test_the_seed_lies_in_the_object() -> None:
    labels = np.zeros((40, 40), np.uint8)
    labels[5:35, 5:35] = 1
    labels[8:32, 8:32] = 0  # a ring: its middle is not its own
    found = object_at(labels, (6, 6))
    assert found is not None
    assert found.covers(found.seed)


def test_a_union_covers_what_either_does() -> None:
    box, covered = united((Box(2, 3, 2, 2), np.ones((2, 2), bool)), (Box(6, 1, 1, 3), np.ones((3, 1), bool)))
    assert box == Box(2, 1, 5, 4)
    assert covered.sum() == 7
    nothing = trimmed(1, (box, np.zeros_like(covered)))
    assert nothing is None
