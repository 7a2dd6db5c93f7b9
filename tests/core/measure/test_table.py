from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.images.pixel_size import PixelSize
from segdesk.core.measure import measure_objects, merged, thinning
from segdesk.core.measure.lattice import lattice
from segdesk.core.measure.scale import scale_of
from segdesk.core.measure.skeleton import skeletons
from segdesk.core.measure.thinning import thin
from segdesk.core.objects.numbering import Numbering


@pytest.mark.parametrize("wide", [1, 3, 7])
@pytest.mark.parametrize("turned", [False, True])
def test_a_straight_band_is_as_long_and_wide_as_it_is(wide: int, turned: bool) -> None:
    ids = np.zeros((40, 240), np.int32)
    ids[16 : 16 + wide, 20:220] = 1
    found = skeletons(lattice(ids.T.copy() if turned else ids))
    assert found.width[0] == pytest.approx(wide, abs=0.35)
    assert found.length[0] == pytest.approx(199, abs=wide + 1)


def test_a_slanting_line_is_measured_across_corners() -> None:
    ids = np.zeros((120, 120), np.int32)
    cv2.line(ids, (10, 10), (110, 110), (1,))
    assert skeletons(lattice(ids)).length[0] == pytest.approx(100 * math.sqrt(2))


def test_thinning_keeps_each_object_and_its_number() -> None:
    rng = np.random.default_rng(1)
    labels = np.zeros((200, 200), np.uint8)
    for _ in range(60):
        x, y, r = (int(v) for v in rng.integers((5, 5, 1), (195, 195, 12)))
        cv2.circle(labels, (x, y), r, (int(rng.integers(1, 4)),), -1)
    labels[2:4, 2:4] = 1  # a square of four
    ids = Numbering(labels).ids
    line = thin(ids)
    assert (ids[line] > 0).all()
    assert set(np.unique(ids[line])) == set(np.unique(ids)) - {0}
    assert line.sum() < 0.4 * (ids > 0).sum()


def blobs(seed: int) -> NDArray[np.int32]:
    """Numbered discs that cover and touch each other, some at the edges, and two pixels by two."""
    rng = np.random.default_rng(seed)
    ids = np.zeros((90, 150), np.int32)
    for number in range(1, 25):
        x, y, r = (int(v) for v in rng.integers((0, 0, 1), (150, 90, 20)))
        cv2.circle(ids, (x, y), r, (number,), -1)
    ids[2:4, 2:4] = 30
    return np.where(rng.random(ids.shape) < 0.97, ids, 0).astype(np.int32) if seed % 2 else ids


@pytest.mark.parametrize("seed", range(6))
def test_lines_are_the_same_whether_many_pixels_or_one_are_looked_at(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = blobs(seed)
    monkeypatch.setattr(thinning, "_LITTLE", 10**9)
    at_once = thin(ids)
    monkeypatch.setattr(thinning._Plane, "peel", lambda self: None)
    assert np.array_equal(at_once, thin(ids))
    assert at_once[2:4, 2:4].sum() == 1


@pytest.mark.parametrize("seed", range(2))
def test_the_width_is_the_distance_to_the_nearest_pixel_of_another_object(seed: int) -> None:
    ids = np.where(blobs(seed) > 12, 1, 0).astype(np.int32)  # nothing touches anything
    y, x = np.nonzero(thin(ids))
    out = np.argwhere(ids == 0)
    nearest = np.sqrt(((np.stack([y, x], 1)[:, None] - out[None]) ** 2).sum(axis=2).min(axis=1))
    assert skeletons(lattice(ids)).width[0] == pytest.approx(2 * nearest.mean() - 1, abs=1e-12)


def test_nothing_to_measure_gives_an_empty_table() -> None:
    table = measure_objects(np.zeros((10, 10), np.int32), np.zeros((10, 10), np.uint8), np.zeros((10, 10, 3)))
    assert len(table) == 0
    assert all(len(values) == 0 for values in table.values.values())


def test_a_part_measured_anew_gives_the_same_table() -> None:
    rng = np.random.default_rng(5)
    labels = (cv2.GaussianBlur(rng.random((150, 200)), (0, 0), 3) > 0.5).astype(np.uint8)
    image = rng.integers(0, 999, (150, 200), np.uint16)
    numbering = Numbering(labels)
    table = measure_objects(numbering.ids, labels, image)
    labels[40:90, 60:120] = 2
    what = numbering.update(labels, Box(60, 40, 60, 50))
    part = np.where(
        np.isin(numbering.ids[what.box.slices], list(what.found)), numbering.ids[what.box.slices], 0
    )
    more = measure_objects(
        part.astype(np.int32), labels[what.box.slices], image[what.box.slices], corner=what.box[:2]
    )
    now, fresh = merged(table, what.gone, more), measure_objects(numbering.ids, labels, image)
    assert now.numbers.tolist() == fresh.numbers.tolist()
    assert now.classes.tolist() == fresh.classes.tolist()
    for name, values in fresh.values.items():
        # How far a middle line is from other objects may be seen from farther away than the part.
        if name != "mean_width":
            assert now.values[name] == pytest.approx(values), name


def test_lengths_and_areas_have_units_and_angles_have_none() -> None:
    ids = np.zeros((20, 20), np.int32)
    ids[5:9, 5:15] = 1
    table = measure_objects(ids, ids.astype(np.uint8))
    scale = scale_of(PixelSize(0.5, 0.5, "µm"), PixelSize(3, 3, "mm"))
    assert scale.unit == "µm"
    by_name = {column.name: table.in_units(column, scale.size)[0] for column in table.columns}
    assert by_name["area"] == 40 * 0.25
    assert by_name["box_width"] == 5
    assert by_name["solidity"] == 1
    assert scale_of(PixelSize(0.5, 0.7, "µm"), None).size is None
    handy = scale_of(None, PixelSize(0.0016, 0.0016, "mm"))
    assert handy.unit == "µm"
    assert handy.size == pytest.approx(1.6)
