from __future__ import annotations

import cv2
import numpy as np
import pytest

from segdesk.core.assisted.livewire import LiveWire, strongest_edge
from segdesk.core.geometry import Box
from segdesk.core.painting import Point, polygon
from tests.core.assisted.scenes import blob, iou, whole


def test_rough_clicks_give_the_exact_outline() -> None:
    pixels, truth = blob()
    contours, _ = cv2.findContours(truth.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    along = contours[0].reshape(-1, 2)
    rng = np.random.default_rng(3)
    clicks = [
        strongest_edge(pixels, (float(x), float(y)), 5)
        for x, y in along[:: len(along) // 9] + rng.normal(0.5, 1.5, (len(along[:: len(along) // 9]), 2))
    ]
    way: list[Point] = []
    for here, there in zip(clicks, [*clicks[1:], clicks[0]], strict=True):
        way += LiveWire(pixels, here).way_to(there)[:-1]
    bounds = Box(0, 0, 400, 300)
    straight = iou(whole(polygon(clicks, bounds), pixels.shape), truth)
    wired = iou(whole(polygon(way, bounds), pixels.shape), truth)
    assert wired > 0.97
    assert wired > straight + 0.03


def test_a_way_begins_and_ends_where_it_was_asked_to_and_has_no_gap() -> None:
    pixels, _ = blob()
    way = LiveWire(pixels, (120.2, 150.7)).way_to((200.9, 100.1))
    assert way[0] == (120.2, 150.7)
    assert way[-1] == (200.9, 100.1)
    assert np.abs(np.diff(np.array(way), axis=0)).max() <= 1.5


def test_beyond_its_reach_it_goes_on_straight() -> None:
    pixels, _ = blob()
    way = LiveWire(pixels, (20, 20), reach=40).way_to((300, 20))
    assert way[-2][0] < 62
    assert way[-1] == (300, 20)


def test_it_works_at_the_corners_of_the_image_and_not_beyond() -> None:
    pixels, _ = blob()
    assert LiveWire(pixels, (0, 0)).way_to((-50, -50))[-1] == (-50, -50)
    assert LiveWire(pixels, (399.9, 299.9)).way_to((399.5, 280))
    with pytest.raises(ValueError, match="off the image"):
        LiveWire(pixels, (400, 10))


def test_a_click_finds_the_edge_nearby_and_stays_where_there_is_none() -> None:
    plane = np.full((60, 60), 50, np.uint8)
    plane[:, 30:] = 200
    assert abs(strongest_edge(plane, (26.5, 20.5), 6)[0] - 30) <= 1
    assert strongest_edge(plane, (10.5, 20.5), 6) == (10.5, 20.5)
    assert strongest_edge(plane, (-40, 20), 6) == (-40, 20)
