from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segdesk.core.edit import Edit
from segdesk.core.geometry import Box
from segdesk.core.mask import Mask
from segdesk.core.objects.anchors import Anchors
from segdesk.core.objects.numbering import Numbering
from segdesk.core.patch import Status
from tests.core.objects.kit import discs

Plane = NDArray[np.uint8]


def same(first: Numbering, labels: Plane, borders: Plane | None = None) -> bool:
    """Whether it has the same objects as one made afresh, by whatever numbers."""
    fresh = Numbering(labels, borders)
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


def test_patches_with_borders_end_where_a_fresh_count_does_and_undo_brings_the_numbers_back() -> None:
    rng = np.random.default_rng(8)
    mask = Mask.empty(300, 330)
    numbering = Numbering(mask.labels)
    for _ in range(16):
        edit = Edit(mask)
        for _ in range(int(rng.integers(1, 4))):
            x, y = int(rng.integers(0, 320)), int(rng.integers(0, 290))
            box = Box(x, y, int(rng.integers(1, 90)), int(rng.integers(1, 90))).intersect(mask.box)
            edit.assert_class(box, rng.random((box.height, box.width)) < 0.999, int(rng.integers(0, 3)))
        if rng.random() < 0.7:
            edit.divide(box, rng.integers(-1, 3, (box.height // 9 + 1, box.width // 9 + 1)).repeat(
                9, axis=0).repeat(9, axis=1)[: box.height, : box.width])  # fmt: skip
        patch = edit.finish("Brush", Status(), Status())
        if patch is None:
            continue
        before = numbering.ids.copy()
        numbering.update(mask.labels, patch.box, mask.borders)
        assert same(numbering, mask.labels, mask.borders)
        after = numbering.ids.copy()
        for ids in (before, after):
            patch.toggle(mask)
            numbering.update(mask.labels, patch.box, mask.borders)
            assert same(numbering, mask.labels, mask.borders)
            untouched = ~np.isin(ids, ids[patch.box.grow(1).intersect(mask.box).slices])
            assert np.array_equal(numbering.ids[untouched], ids[untouched])
    known = Anchors.from_text(numbering.anchors.to_text() or "")
    assert known == numbering.anchors
    assert np.array_equal(Numbering(mask.labels, mask.borders, known).ids, numbering.ids)
