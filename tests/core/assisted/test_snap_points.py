from __future__ import annotations

import numpy as np
import pytest

from segdesk.core.assisted.pixels import bounds_of
from segdesk.core.assisted.snap_points import nearest_rim, sides_on_boundaries, sides_on_edges
from segdesk.core.painting import polygon


def labels() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    plane = np.zeros((60, 80), np.uint8)
    plane[20:40, 30:50] = 2
    return plane


def test_a_point_goes_beside_the_neighbour() -> None:
    assert nearest_rim(labels(), (27.6, 25.3), 1, 4) == (29.5, 25.5)
    assert nearest_rim(labels(), (33.1, 21.9), 1, 4) == (33.5, 19.5)


@pytest.mark.parametrize(("near", "class_index"), [((20, 25), 1), ((40.0, 30.0), 1), ((28, 25), 2)])
def test_a_point_far_from_neighbours_stays(near: tuple[float, float], class_index: int) -> None:
    assert nearest_rim(labels(), near, class_index, 4) is None


def test_a_point_off_the_image_stays() -> None:
    assert nearest_rim(labels(), (-50, -50), 1, 4) is None


def test_what_is_drawn_along_the_boundary_leaves_no_gap_and_takes_nothing() -> None:
    plane = labels()
    corners = [nearest_rim(plane, near, 1, 5) for near in ((28.2, 20.3), (27, 39.7))]
    assert None not in corners
    box, covered = polygon(
        [corner for corner in corners if corner] + [(10.5, 39.5), (10.5, 20.5)], bounds_of(plane)
    )
    plane[box.slices][covered & (plane[box.slices] == 0)] = 1
    assert (plane[20:40, 10:30] == 1).all()
    assert (plane == 2).sum() == 400
    assert not covered[plane[box.slices] == 2].any()


@pytest.mark.parametrize("channels", [None, 3])
def test_each_side_of_a_box_goes_to_its_edge(channels: int | None) -> None:
    pixels = np.full((60, 80) if channels is None else (60, 80, channels), 40, np.uint8)
    pixels[20:45, 30:55] = 180
    assert sides_on_edges(pixels, (30, 20), (57.4, 42.2), 6) == (55, 45)
    assert sides_on_edges(pixels, (55, 45), (27.0, 23.1), 6) == (30, 20)


def test_a_side_without_an_edge_stays() -> None:
    pixels = np.full((60, 80), 40, np.uint8)
    pixels[:, 50:] = 180
    assert sides_on_edges(pixels, (10, 10), (47.5, 30.5), 6) == (50, 30.5)
    assert sides_on_edges(pixels, (10, 10), (20.5, 30.5), 6) == (20.5, 30.5)


def test_a_side_goes_to_the_boundary_of_a_neighbour_but_not_of_its_own_class() -> None:
    assert sides_on_boundaries(labels(), (5, 22), (27.3, 38), 1, 6) == (30, 38)
    assert sides_on_boundaries(labels(), (5, 22), (27.3, 38), 2, 6) == (27.3, 38)
