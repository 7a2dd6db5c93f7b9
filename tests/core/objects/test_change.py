"""Changes of many objects, made as one."""

from __future__ import annotations

import numpy as np

from segdesk.core.mask import Mask
from segdesk.core.objects import Change, reshape, together
from segdesk.core.objects.numbering import Numbering
from segdesk.core.objects.shaping import grow
from tests.core.objects.kit import changed


def test_in_few_parts_a_change_does_the_same() -> None:
    labels = np.zeros((120, 130), np.uint8)
    for number in range(100):
        x, y = 12 * (number % 10) + 2, 12 * (number // 10) + 2
        labels[y : y + 6 + number % 3, x : x + 7] = 1 + number % 2
    numbering = Numbering(labels)
    objects = [numbering.get(number) for number in numbering.boxes]
    assert len(objects) == 100
    change = together(reshape(old, grow(old, 4, labels)) for old in objects)
    few = change.condensed()
    assert len(few.assertions) + len(few.divisions) <= 3
    one_by_one, at_once = changed(labels, change), changed(labels, few)
    # Where two of different classes grow to the same pixel, either may have it.
    same = one_by_one.labels == at_once.labels
    assert np.count_nonzero(~same) < 0.05 * labels.size
    assert np.array_equal(one_by_one.labels > 0, at_once.labels > 0)
    assert _count(one_by_one) == _count(at_once) == 100


def test_of_nothing_nothing_is_made() -> None:
    assert Change().condensed() == Change()


def _count(mask: Mask) -> int:
    return len(Numbering(mask.labels, mask.borders).boxes)
