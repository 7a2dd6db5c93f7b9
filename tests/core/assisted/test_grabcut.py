from __future__ import annotations

import numpy as np
import pytest

from segdesk.core.assisted.grabcut import OBJECT, OTHER, cut_out
from segdesk.core.assisted.pixels import bounds_of
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource, read_image
from tests.core.assisted.scenes import blob, iou, whole
from tests.data import data_dir

_BOX = Box(105, 85, 190, 130)


def test_a_box_is_enough_for_an_object_of_its_own_colour() -> None:
    pixels, truth = blob()
    assert iou(whole(cut_out(pixels, _BOX), pixels.shape), truth) > 0.97


def test_a_large_box_is_cut_from_further_away() -> None:
    pixels, truth = blob(height=1200, width=1600)
    found = whole(cut_out(pixels, Box(420, 340, 760, 520)), pixels.shape)
    assert iou(found, truth) > 0.97


def test_strokes_say_what_colours_cannot() -> None:
    pixels, _ = blob()
    first = whole(cut_out(pixels, _BOX), pixels.shape)
    said = np.zeros((_BOX.height, _BOX.width), np.uint8)
    said[5:25, 5:25] = OBJECT  # of the surroundings' colour
    said[:, 150:] = OTHER  # a piece of the object
    after = whole(cut_out(pixels, _BOX, said, first[_BOX.slices]), pixels.shape)
    assert not first[_BOX.slices][5:25, 5:25].any()
    assert after[_BOX.slices][5:25, 5:25].all()
    assert first[_BOX.slices][:, 150:].any()
    assert not after[_BOX.slices][:, 150:].any()
    assert after[150, 170]


def test_the_same_box_gives_the_same_cut() -> None:
    pixels, _ = blob()
    one, other = cut_out(pixels, _BOX), cut_out(pixels, _BOX)
    assert one[0] == other[0]
    assert (one[1] == other[1]).all()


def test_it_never_leaves_the_box() -> None:
    pixels, _ = blob()
    small = Box(150, 120, 60, 40)
    for box in (small, Box(150, 80, 100, 90)):
        found = whole(cut_out(pixels, box), pixels.shape)
        found[box.slices] = False
        assert not found.any()


@pytest.mark.parametrize(
    "box", [Box(10, 10, 2, 50), Box(500, 500, 40, 40), Box(-30, -30, 31, 31), Box(0, 0, 0, 0)]
)
def test_too_little_to_tell_apart_gives_nothing(box: Box) -> None:
    pixels, _ = blob()
    assert cut_out(pixels, box)[0].is_empty


def test_flat_and_whole_images_do_not_break_it() -> None:
    flat = np.full((60, 80), 99, np.uint8)
    assert cut_out(flat, Box(10, 10, 40, 30))[0].intersect(Box(0, 0, 80, 60)) is not None
    pixels, truth = blob()
    assert iou(whole(cut_out(pixels, Box(0, 0, 400, 300)), pixels.shape), truth) > 0.9


def test_a_real_photograph_is_cut_far_better_than_by_its_box() -> None:
    folder = data_dir("salient_coco")
    pixels = read_image(ImageSource(folder / "images" / "000000000081.jpg"))
    truth = read_image(ImageSource(folder / "masks" / "000000000081.png")) > 0
    rows, columns = np.flatnonzero(truth.any(axis=1)), np.flatnonzero(truth.any(axis=0))
    x, y = int(columns[0]), int(rows[0])
    box = Box(x, y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y).grow(6).intersect(bounds_of(pixels))
    boxed = np.zeros(truth.shape, np.bool_)
    boxed[box.slices] = True
    assert iou(boxed, truth) < 0.4
    assert iou(whole(cut_out(pixels, box), pixels.shape), truth) > 0.85
