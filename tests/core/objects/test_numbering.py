from __future__ import annotations

import numpy as np

from segdesk.core.geometry import Box
from segdesk.core.objects.numbering import Numbering
from tests.core.objects.kit import discs


def same(first: Numbering, labels: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> bool:
    """Whether it has the same objects as one made afresh, by whatever numbers."""
    fresh = Numbering(labels)
    pairs = {(a, b) for a, b in zip(first.ids.ravel().tolist(), fresh.ids.ravel().tolist(), strict=True)}
    one_to_one = len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
    boxes = all(first.boxes[a] == fresh.boxes[b] for a, b in pairs if a)
    return one_to_one and boxes and len(first.boxes) == len(fresh.boxes) == len(first.classes)


def test_every_class_has_objects_of_its_own() -> None:
    labels = discs((30, 30, 10), (80, 30, 10))
    labels[28:32, 40:70] = 2  # touches both
    numbering = Numbering(labels)
    assert sorted(numbering.classes.values()) == [1, 1, 2]
    number = numbering.number_at((55.5, 30.5))
    assert numbering.get(number).class_index == 2
    assert numbering.get(number).box == Box(41, 28, 29, 4) or numbering.get(number).area == 120
    assert numbering.number_at((0, 0)) == numbering.number_at((-5, 0)) == 0


def test_a_cut_leaves_the_number_with_the_larger_part() -> None:
    labels = discs((60, 60, 30), (130, 20, 10))
    numbering = Numbering(labels)
    number, other = numbering.number_at((60, 60)), numbering.number_at((130, 20))
    labels[:, 70] = 0
    what = numbering.update(labels, Box(70, 0, 1, 120))
    assert numbering.number_at((50, 60)) == number
    assert numbering.number_at((80, 60)) not in (0, number, other)
    assert what.gone == frozenset()
    assert number in what.found
    assert same(numbering, labels)


def test_growing_together_leaves_one_number() -> None:
    labels = discs((40, 60, 20), (110, 60, 15))
    numbering = Numbering(labels)
    large, small = numbering.number_at((40, 60)), numbering.number_at((110, 60))
    labels[60, 40:110] = 1
    what = numbering.update(labels, Box(40, 60, 70, 1))
    assert numbering.number_at((110, 60)) == large
    assert what.gone == {small}


def test_random_changes_end_where_a_fresh_count_does() -> None:
    rng = np.random.default_rng(3)
    labels = (rng.random((90, 110)) < 0.3).astype(np.uint8) * rng.integers(1, 4, (90, 110), np.uint8)
    numbering = Numbering(labels)
    for _ in range(60):
        x, y = int(rng.integers(0, 100)), int(rng.integers(0, 80))
        box = Box(x, y, int(rng.integers(1, 30)), int(rng.integers(1, 30))).intersect(Box(0, 0, 110, 90))
        labels[box.slices] = rng.integers(0, 4)
        numbering.update(labels, box)
        assert same(numbering, labels)
