from __future__ import annotations

import numpy as np
import pytest

from segdesk.core.edit import Edit
from segdesk.core.objects import object_at, reclassify, reshape
from segdesk.core.objects.bridging import merge
from segdesk.core.objects.choosing import all_but_largest, areas, smaller_than
from segdesk.core.objects.clips import copy, paste
from segdesk.core.objects.shaping import grow
from segdesk.core.objects.splitting import by_line, by_watershed
from tests.core.objects.kit import applied, changed, count, discs, find, objects_in


@pytest.mark.parametrize("line", [((40, 60), (120, 60)), ((40, 20), (120, 100)), ((80, 5), (81, 115))])
def test_a_line_right_through_makes_two(line: tuple[tuple[float, float], ...]) -> None:
    labels = discs((80, 60, 30))
    split = by_line(find(labels, 80, 60), line)
    after = changed(labels, split.change)
    assert len(split.parts) == 2
    assert objects_in(after) == 2
    assert np.array_equal(after.labels, labels)  # a border takes no pixels
    assert sum(part.area for part in split.parts) == labels.sum()
    assert abs(split.parts[0].area - split.parts[1].area) < 130


def test_a_line_that_ends_within_parts_nothing() -> None:
    labels = discs((80, 60, 30))
    split = by_line(find(labels, 80, 60), ((40, 60), (80, 60)))
    assert split.change.is_empty
    assert len(split.parts) == 1


def test_a_crooked_line_makes_several_parts() -> None:
    labels = discs((80, 60, 30))
    split = by_line(find(labels, 80, 60), ((40, 50), (120, 50), (120, 70), (40, 70)))
    assert len(split.parts) == 3
    assert objects_in(changed(labels, split.change)) == 3


@pytest.mark.parametrize("radius", [15, 250])
def test_a_watershed_cuts_at_the_neck(radius: int) -> None:
    x, y, apart = 2 * radius, 2 * radius, round(1.7 * radius)
    labels = discs((x, y, radius), (x + apart, y, radius), size=(4 * radius, 6 * radius))
    split = by_watershed(find(labels, x, y))
    after = changed(labels, split.change)
    assert after.borders is not None
    assert np.array_equal(after.labels, labels)
    assert len(split.parts) == objects_in(after) == 2
    assert abs(split.parts[0].area - split.parts[1].area) < 0.06 * split.parts[0].area
    assert abs(np.nonzero(after.borders)[1].mean() - (x + apart / 2)) < max(2, 0.02 * radius)


def test_parts_are_split_once_more_and_joined_again() -> None:
    labels = discs((80, 60, 30))
    mask = changed(labels, by_line(find(labels, 80, 60), ((40, 60), (120, 60))).change)
    edit = Edit(mask)
    upper = object_at(mask.labels, (80, 40), borders=mask.borders)
    assert upper is not None
    by_line(upper, ((80, 10), (80, 110))).change.apply(edit)
    assert objects_in(mask) == 3  # the lower half is whole
    parts = [object_at(mask.labels, at, borders=mask.borders) for at in ((70, 40), (80, 80))]
    merge([part for part in parts if part is not None], 5, mask.labels).apply(edit)
    assert objects_in(mask) == 2
    assert np.array_equal(mask.labels, labels)  # what touches needs no bridge


def test_what_is_made_of_an_object_stays_apart_from_its_neighbour() -> None:
    labels = discs((60, 60, 20), (90, 60, 20))
    mask = changed(labels, by_watershed(find(labels, 60, 60)).change)
    left = object_at(mask.labels, (50, 60), borders=mask.borders)
    right = object_at(mask.labels, (100, 60), borders=mask.borders)
    assert left is not None
    assert right is not None
    edit = Edit(mask)
    grown = grow(left, 3, mask.labels)
    assert grown is not None
    reshape(left, grown).apply(edit)
    assert objects_in(mask) == 2
    reclassify([right, grown], 2).apply(edit)
    assert objects_in(mask, 2) == 2
    _, change = paste(copy([left, right]), 0, 45, mask.box)
    change.apply(edit)
    assert (objects_in(mask), objects_in(mask, 2)) == (2, 2)


def test_the_largest_and_small_ones_are_found_among_those_that_touch() -> None:
    labels = discs((60, 60, 20), (90, 60, 12))
    mask = changed(labels, by_watershed(find(labels, 60, 60)).change)
    sizes = sorted(areas(labels, 1, mask.borders).tolist())
    assert len(sizes) == 2
    kept = applied(labels, all_but_largest(labels, 1, mask.borders))
    assert (kept == 1).sum() == sizes[1]
    assert np.array_equal(kept, applied(labels, smaller_than(labels, 1, sizes[1], mask.borders)))


def test_a_deeper_neck_is_asked_for_than_there_is() -> None:
    labels = discs((50, 60, 20), (85, 60, 20))
    found = find(labels, 50, 60)
    assert len(by_watershed(found, 1.0).parts) == 2
    assert len(by_watershed(found, 15.0).parts) == 1
    assert by_watershed(find(discs((80, 60, 30)), 80, 60)).change.is_empty


def test_merging_joins_each_with_its_nearest() -> None:
    labels = discs((30, 30, 12), (80, 30, 12), (130, 90, 12))
    objects = [find(labels, 30, 30), find(labels, 80, 30), find(labels, 130, 90)]
    after = applied(labels, merge(objects, 4, labels))
    assert count(after) == 1
    assert (after[labels == 1] == 1).all()
    assert merge(objects[:1], 4, labels).is_empty


def test_merging_gives_all_the_first_ones_class() -> None:
    labels = discs((30, 30, 12), (80, 30, 12))
    labels[:, 60:][labels[:, 60:] == 1] = 2
    after = applied(labels, merge([find(labels, 80, 30), find(labels, 30, 30)], 4, labels))
    assert not (after == 1).any()
    assert count(after, 2) == 1


def test_the_largest_is_kept_and_small_ones_go() -> None:
    labels = discs((30, 30, 4), (80, 30, 20), (130, 90, 9))
    labels[100:110, 10:20] = 2
    assert count(applied(labels, all_but_largest(labels, 1))) == 1
    sizes = areas(labels, 1)
    after = applied(labels, smaller_than(labels, 1, int(sorted(sizes)[1])))
    assert count(after) == 2  # what is as large as asked stays
    assert (after[labels == 2] == 2).all()
    assert all_but_largest(labels, 7).is_empty


def test_pasted_objects_are_cut_off_at_the_edge() -> None:
    labels = discs((30, 30, 10))
    clip = copy([find(labels, 30, 30)])
    labels[:] = 0  # the copy does not know
    bounds = find(discs((80, 60, 500)), 80, 60).box
    objects, change = paste(clip, 120, 0, bounds)
    after = applied(labels, change)
    assert after[30, 159] == 1
    assert objects[0].box.right == 160
    assert paste(clip, 500, 0, bounds) == ((), change.__class__())
