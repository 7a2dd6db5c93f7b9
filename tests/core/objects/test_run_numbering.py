"""Objects found as runs are those that are found as a plane, by the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from segdesk.core.mask import Plane
from segdesk.core.objects.numbering import Numbering
from segdesk.core.objects.run_numbering import RunNumbering


def _noise(rng: np.random.Generator, shape: tuple[int, int], density: float) -> Plane:
    return (rng.integers(1, 4, shape) * (rng.random(shape) < density)).astype(np.uint8)


def _same(found: RunNumbering, wanted: Numbering) -> None:
    assert found.boxes == wanted.boxes
    assert found.classes == wanted.classes
    assert found.anchors == wanted.anchors
    height, width = wanted.ids.shape
    flat = np.zeros(height * width, np.int64)
    for start, stop, number in zip(found.runs.starts, found.runs.stops, found.runs.owners, strict=True):
        flat[start:stop] = number
    assert np.array_equal(flat.reshape(width, height).T, wanted.ids)


@pytest.mark.parametrize("shape", [(0, 5), (1, 1), (1, 30), (30, 1), (2, 2), (17, 23), (40, 12)])
@pytest.mark.parametrize("density", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_numbers_boxes_and_anchors_are_those_of_the_plane(shape: tuple[int, int], density: float) -> None:
    rng = np.random.default_rng(7)
    labels = _noise(rng, shape, density)
    first = Numbering(labels)
    _same(RunNumbering(labels), first)
    changed = np.where(rng.random(shape) < 0.9, labels, _noise(rng, shape, density)).astype(np.uint8)
    _same(RunNumbering(changed, first.anchors), Numbering(changed, None, first.anchors))


def test_an_object_that_comes_back_has_its_old_number() -> None:
    labels = np.zeros((9, 9), np.uint8)
    labels[1:3, 1:3] = labels[5:8, 5:8] = 2
    both = RunNumbering(labels).anchors
    labels[1:3, 1:3] = 0
    one = RunNumbering(labels, both)
    assert set(one.boxes) == {2}
    labels[1:3, 1:3] = 1
    labels[0, 8] = 1
    again = RunNumbering(labels, one.anchors)
    assert again.classes == {1: 1, 2: 2, 3: 1}
    assert again.boxes[3] == (8, 0, 1, 1)
