from __future__ import annotations

import cv2
import numpy as np
import pytest

from segdesk.core.assisted.snapping import to_edges, to_neighbours
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource, read_image
from segdesk.core.painting import ellipse, rectangle
from tests.core.assisted.scenes import blob, iou, part, whole
from tests.data import data_dir


@pytest.mark.parametrize("noise", [4.0, 8.0, 20.0])
def test_a_rough_shape_takes_the_objects_outline(noise: float) -> None:
    pixels, truth = blob(noise)
    rough = np.roll(cv2.dilate(truth.astype(np.uint8), np.ones((7, 7), np.uint8)), 2, axis=0) > 0
    snapped = whole(to_edges(pixels, part(rough), 6), pixels.shape)
    assert iou(rough, truth) < 0.9
    assert iou(snapped, truth) > 0.98


def test_a_line_thinner_than_the_reach_finds_its_line() -> None:
    pixels = np.full((150, 150), 100, np.uint8)
    cv2.line(pixels, (15, 20), (130, 110), (180,), 3)
    truth = pixels == 180
    rough = np.zeros((150, 150), np.uint8)
    cv2.line(rough, (17, 20), (131, 108), (1,), 6)
    assert iou(rough > 0, truth) < 0.7
    assert iou(whole(to_edges(pixels, part(rough > 0), 4), pixels.shape), truth) > 0.95


def test_where_there_is_no_edge_the_hand_knows_better() -> None:
    shape = ellipse((50, 50), (150, 120), Box(0, 0, 200, 200))
    noisy = np.clip(np.random.default_rng(0).normal(100, 6, (200, 200)), 0, 255).astype(np.uint8)
    for pixels in (np.full((200, 200), 90, np.uint8), noisy):
        snapped = to_edges(pixels, shape, 6)
        assert iou(whole(snapped, (200, 200)), whole(shape, (200, 200))) > 0.99


def test_it_moves_by_its_reach_at_most() -> None:
    pixels, _ = blob()
    shape = rectangle((60, 60), (340, 240), Box(0, 0, 400, 300))
    before = whole(shape, pixels.shape).astype(np.uint8)
    after = whole(to_edges(pixels, shape, 5), pixels.shape)
    kernel = np.ones((13, 13), np.uint8)
    assert not (after & (cv2.dilate(before, kernel) == 0)).any()
    assert after[cv2.erode(before, kernel) > 0].all()


def test_nothing_stays_nothing_and_the_whole_image_stays_whole() -> None:
    pixels, _ = blob()
    assert to_edges(pixels, (Box(0, 0, 0, 0), np.zeros((0, 0), np.bool_)), 5)[0].is_empty
    everything = rectangle((0, 0), (400, 300), Box(0, 0, 400, 300))
    assert whole(to_edges(pixels, everything, 5), pixels.shape).all()


def test_a_gap_to_a_neighbour_closes_and_no_pixel_is_taken_from_it() -> None:
    labels = np.zeros((100, 100), np.uint8)
    labels[:, 60:] = 2
    for right in (57.0, 66.0):
        shape = rectangle((20, 20), (right, 80), Box(0, 0, 100, 100))
        fitted = whole(to_neighbours(shape, labels, 1, 4), labels.shape)
        assert fitted[22:78, 20:60].all()
        assert not fitted[:, 60:].any()
        assert not fitted[:14].any()


def test_a_gap_that_is_wide_stays_and_so_does_one_to_the_same_class() -> None:
    labels = np.zeros((100, 100), np.uint8)
    labels[:, 60:] = 2
    labels[90:, :60] = 1
    shape = rectangle((20, 20), (50, 87), Box(0, 0, 100, 100))
    fitted = whole(to_neighbours(shape, labels, 1, 4), labels.shape)
    assert (fitted == whole(shape, labels.shape)).all()


def test_real_nuclei_painted_too_large_get_nearer_to_the_truth() -> None:
    folder = data_dir("dsb2018_nuclei")
    pixels = read_image(ImageSource(folder / "images" / "0b2e702f90aee4ff.png"))[:, :, :3]
    truth = read_image(ImageSource(folder / "masks" / "0b2e702f90aee4ff.png")) > 0
    rough = np.roll(cv2.dilate(truth.astype(np.uint8), np.ones((5, 5), np.uint8)), 1, axis=1) > 0
    snapped = whole(to_edges(pixels, part(rough), 4), pixels.shape)
    assert iou(snapped, truth) > iou(rough, truth) + 0.3
