"""Boxes and areas from runs are those that OpenCV counts pixel by pixel."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from segdesk.core.objects.extents import extents


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (8, 1), (5, 7), (37, 53), (64, 64)])
@pytest.mark.parametrize("density", [0.0, 0.2, 0.6, 1.0])
def test_as_opencv_says(shape: tuple[int, int], density: float) -> None:
    plane = (np.random.default_rng(1).random(shape) < density).astype(np.uint8)
    count, ids, stats, _ = cv2.connectedComponentsWithStats(plane, connectivity=8)
    boxes, areas = extents(np.asarray(ids, np.int32), count - 1, plane)
    assert np.array_equal(boxes, stats[1:, :4])
    assert np.array_equal(areas, stats[1:, 4])


def test_an_object_in_parts_that_goes_around_the_sides() -> None:
    ids = np.array([[0, 2, 1], [1, 0, 0], [1, 2, 2]], np.int32)
    boxes, areas = extents(ids, 2, ids.astype(np.uint8))
    assert boxes.tolist() == [[0, 0, 3, 3], [1, 0, 2, 3]]
    assert areas.tolist() == [3, 3]
