"""What hangs together, against a count that goes from pixel to pixel."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from segdesk.core.borders import BELOW, BELOW_LEFT, BELOW_RIGHT, RIGHT, between
from segdesk.core.objects import object_at
from segdesk.core.objects.components import components
from tests.core.objects.walk import walked

Plane = NDArray[np.uint8]


def alike(first: NDArray[np.int32], second: NDArray[np.int32]) -> bool:
    """The same objects, by whatever numbers."""
    pairs = set(zip(first.ravel().tolist(), second.ravel().tolist(), strict=True))
    return len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


@pytest.mark.parametrize("seed", range(12))
def test_random_borders_part_as_a_walk_from_pixel_to_pixel_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = int(rng.integers(1, 40)), int(rng.integers(1, 40))
    plane = rng.random(shape) < rng.uniform(0.3, 1)
    bits = rng.integers(0, 16, shape, np.uint8) & rng.integers(0, 16, shape, np.uint8)
    if seed % 2:
        bits &= rng.integers(0, 16, shape, np.uint8)
    found = components(plane, bits)
    truth = walked(plane.astype(np.uint8), bits)
    assert alike(found.ids, truth)
    for number, (x, y, width, height) in enumerate(found.boxes.tolist(), start=1):
        rows, columns = np.nonzero(found.ids == number)
        assert (x, y, width, height) == (
            columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1,
        )  # fmt: skip
        assert found.areas[number - 1] == len(rows)


def test_any_numbers_are_kept_apart_by_borders_alone() -> None:
    rng = np.random.default_rng(5)
    seeds = rng.integers(0, 60, (25, 2))
    y, x = np.indices((60, 60))
    nearest = np.argmin((y[..., None] - seeds[:, 0]) ** 2 + (x[..., None] - seeds[:, 1]) ** 2, axis=2)
    ids = (nearest + 1).astype(np.int32)
    parted, _ = between(ids)
    assert alike(components(ids > 0, parted).ids, ids)
    for point in ((5, 5), (30.5, 30.5), (59, 0)):
        found = object_at((ids > 0).astype(np.uint8), point, borders=parted)
        assert found is not None
        assert found.area == (ids == ids[int(point[1]), int(point[0])]).sum()


def test_objects_that_meet_at_a_corner_alone_can_be_parted() -> None:
    plane = np.eye(2, dtype=np.bool_)
    bits = np.zeros((2, 2), np.uint8)
    assert len(components(plane, bits).boxes) == 1
    bits[0, 0] = BELOW_RIGHT
    assert len(components(plane, bits).boxes) == 2
    bits[0] = 0, BELOW_LEFT  # of the other corners
    assert len(components(plane, bits).boxes) == 1


def test_a_border_that_ends_within_parts_nothing() -> None:
    plane = np.ones((6, 6), np.bool_)
    bits = np.zeros((6, 6), np.uint8)
    bits[:5, 2] = RIGHT | BELOW_RIGHT
    bits[:5, 3] |= BELOW_LEFT
    assert len(components(plane, bits).boxes) == 1
    bits[5, 2] = RIGHT
    assert len(components(plane, bits).boxes) == 2


def test_numbers_below_zero_part_from_others_and_say_nothing_of_each_other() -> None:
    parted, known = between(np.array([[1, -1, -1, 0, 1, 1]]))
    assert parted.tolist() == [[RIGHT, 0, 0, 0, 0, 0]]
    assert known.tolist() == [[RIGHT, 0, 0, 0, RIGHT, 0]]
    assert between(np.array([[1], [2]]))[0].tolist() == [[BELOW], [0]]
