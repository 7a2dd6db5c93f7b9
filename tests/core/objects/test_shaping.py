from __future__ import annotations

import numpy as np
import pytest

from segdesk.core.objects import delete, reclassify, reshape
from segdesk.core.objects.shaping import enclosed, fill_holes, grow, shrink, smooth
from tests.core.objects.kit import applied, discs, find


@pytest.mark.parametrize("pixels", [1, 3, 20])
def test_growing_takes_all_pixels_as_near_as_asked(pixels: int) -> None:
    labels = discs((40, 30, 6), size=(60, 80))
    grown = grow(find(labels, 40, 30), pixels, labels)
    assert grown is not None
    y, x = np.nonzero(labels)
    everywhere = np.stack(np.meshgrid(np.arange(80), np.arange(60)), -1).reshape(-1, 1, 2)
    near = np.min(((everywhere - np.stack([x, y], -1)) ** 2).sum(-1), axis=1).reshape(60, 80) <= pixels**2
    after = np.zeros(labels.shape, bool)
    after[grown.box.slices] = grown.covered
    assert (after == near).all()


def test_growing_stops_at_other_objects_and_at_the_edge() -> None:
    labels = discs((5, 60, 15), (40, 60, 15))
    labels[:, 22:25] = 2
    grown = grow(find(labels, 5, 60), 30, labels)
    assert grown is not None
    after = applied(labels, reshape(find(labels, 5, 60), grown))
    assert (after[labels == 2] == 2).all()
    assert grown.box.x == 0


def test_shrinking_undoes_growing_of_a_round_object_and_may_leave_nothing() -> None:
    labels = discs((80, 60, 30))
    found = find(labels, 80, 60)
    grown = grow(found, 4, labels)
    assert grown is not None
    back = shrink(grown, 4)
    assert back is not None
    assert abs(back.area - found.area) < 0.03 * found.area
    assert shrink(found, 40) is None
    assert not applied(labels, reshape(found, None)).any()


@pytest.mark.parametrize("sigma", [2.0, 15.0])
def test_smoothing_takes_hairs_off_and_keeps_the_size(sigma: float) -> None:
    labels = discs((150, 120, 100), size=(240, 400))
    labels[120, 250:380] = 1
    found = find(labels, 150, 120)
    smoother = smooth(found, sigma, labels)
    assert smoother is not None
    assert smoother.box.right < 270
    assert abs(smoother.area - found.area) < 0.05 * found.area


def test_holes_are_filled_but_for_other_classes_in_them() -> None:
    labels = discs((80, 60, 30))
    labels[55:65, 75:85] = 0
    labels[58:60, 78:80] = 2
    found = find(labels, 60, 60)
    after = applied(labels, reshape(found, fill_holes(found, labels)))
    assert (after[58:60, 78:80] == 2).all()
    assert (after == 0).sum() == (discs((80, 60, 30)) == 0).sum()


def test_a_dent_is_no_hole() -> None:
    covered = np.ones((9, 9), bool)
    covered[4:, 4] = False
    assert not enclosed(covered).any()


def test_only_what_changes_is_asserted() -> None:
    labels = discs((80, 60, 20))
    found = find(labels, 80, 60)
    change = reshape(found, grow(found, 2, labels))
    asserted = sum(int(part.covered.sum()) for part in change.assertions)
    grown = applied(labels, change)
    assert asserted == int((grown != labels).sum())
    assert not applied(labels, delete([found])).any()
    assert set(np.unique(applied(labels, reclassify([found], 3)))) == {0, 3}
