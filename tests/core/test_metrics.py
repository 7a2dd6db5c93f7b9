"""Agreement figures, against counts done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from segdesk.core.metrics import class_score, confusion


def test_figures_of_a_small_example() -> None:
    truth = np.array([[0, 0, 1, 1], [1, 1, 2, 255]], np.uint8)
    found = np.array([[0, 1, 1, 1], [0, 1, 1, 2]], np.uint8)
    counts = confusion(found, truth, 3)
    assert counts.tolist() == [[1, 1, 0], [1, 3, 0], [0, 1, 0]]
    one = class_score(counts, 1)
    assert one.precision == pytest.approx(3 / 5)
    assert one.recall == pytest.approx(3 / 4)
    assert one.dice == pytest.approx(6 / 9)
    assert one.iou == pytest.approx(3 / 6)
    assert class_score(counts, 2).dice == 0


def test_nothing_to_find_and_nothing_found_is_perfect() -> None:
    empty = np.zeros((2, 2), np.uint8)
    assert class_score(confusion(empty, empty, 2), 1).dice == 1


def test_mistakes_of_the_caller_are_refused() -> None:
    plane = np.zeros((2, 2), np.uint8)
    with pytest.raises(ValueError, match="shapes"):
        confusion(plane, plane[:1], 2)
    with pytest.raises(ValueError, match="not the index"):
        confusion(plane + 2, plane, 2)
