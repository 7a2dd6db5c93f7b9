"""Shapes cover the pixels whose centres they contain, inside the image only."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from segdesk.core import painting
from segdesk.core.geometry import Box

BOUNDS = Box(0, 0, 60, 40)


def on_canvas(coverage: painting.Coverage) -> NDArray[np.bool_]:
    box, covered = coverage
    assert box.intersect(BOUNDS) == box or box.is_empty
    plane = np.zeros((BOUNDS.height, BOUNDS.width), np.bool_)
    plane[box.slices] |= covered
    return plane


def test_a_dab_is_a_disc_around_its_point() -> None:
    plane = on_canvas(painting.round_stroke((20.5, 20.5), (20.5, 20.5), 9, BOUNDS))
    y, x = np.mgrid[: BOUNDS.height, : BOUNDS.width]
    assert np.array_equal(plane, (x - 20) ** 2 + (y - 20) ** 2 <= 4.5**2)


def test_the_smallest_brush_paints_the_pixel_under_it() -> None:
    plane = on_canvas(painting.round_stroke((7.9, 3.1), (7.9, 3.1), 1, BOUNDS))
    assert np.argwhere(plane).tolist() == [[3, 7]]


@given(
    st.tuples(st.floats(-10, 70), st.floats(-10, 50)),
    st.tuples(st.floats(-10, 70), st.floats(-10, 50)),
    st.floats(2, 40),
)
def test_a_stroke_covers_what_is_within_its_radius(
    start: painting.Point, end: painting.Point, diameter: float
) -> None:
    plane = on_canvas(painting.round_stroke(start, end, diameter, BOUNDS))
    y, x = np.mgrid[: BOUNDS.height, : BOUNDS.width] + 0.5
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((x - start[0]) * dx + (y - start[1]) * dy) / max(dx * dx + dy * dy, 1e-300)
    along = np.clip(along, 0, 1)
    distance = np.hypot(x - start[0] - along * dx, y - start[1] - along * dy)
    unsure = np.abs(distance - diameter / 2) < 1e-6
    assert np.array_equal(plane[~unsure], distance[~unsure] <= diameter / 2)


def test_a_stroke_has_no_gaps_and_the_width_of_its_brush() -> None:
    plane = on_canvas(painting.round_stroke((5.5, 20.5), (50.5, 20.5), 5, BOUNDS))
    assert plane[18:23, 5:51].all()
    assert plane.sum(axis=0).max() == 5


@pytest.mark.parametrize("end", [(-30.0, 20.0), (90.0, 90.0), (30.0, -5.0)])
def test_a_stroke_over_the_edge_is_cut_off(end: painting.Point) -> None:
    assert on_canvas(painting.round_stroke((30, 20), end, 7, BOUNDS)).any()


def test_a_stroke_outside_covers_nothing() -> None:
    assert not on_canvas(painting.round_stroke((-50, -50), (-40, -60), 7, BOUNDS)).any()


def test_a_rectangle_holds_every_pixel_it_touches_whichever_way_it_is_drawn() -> None:
    expected = np.zeros((BOUNDS.height, BOUNDS.width), np.bool_)
    expected[5:11, 10:21] = True
    assert np.array_equal(on_canvas(painting.rectangle((10.2, 5.7), (20.4, 10.1), BOUNDS)), expected)
    assert np.array_equal(on_canvas(painting.rectangle((20.4, 10.1), (10.2, 5.7), BOUNDS)), expected)


def test_an_ellipse_fits_its_corners() -> None:
    plane = on_canvas(painting.ellipse((10, 10), (30, 20), BOUNDS))
    assert plane.sum() == pytest.approx(np.pi * 10 * 5, rel=0.04)
    assert plane[15, 10:30].all()
    assert plane[10:20, 20].all()
    assert not plane[10, 10]


def test_a_polygon_is_filled_with_its_outline() -> None:
    plane = on_canvas(painting.polygon([(10.5, 10.5), (20.5, 10.5), (20.5, 20.5), (10.5, 20.5)], BOUNDS))
    expected = np.zeros_like(plane)
    expected[10:21, 10:21] = True
    assert np.array_equal(plane, expected)


def test_a_polygon_partly_outside_is_cut_off() -> None:
    plane = on_canvas(painting.polygon([(-20, -20), (30, -20), (30, 20), (-20, 20)], BOUNDS))
    assert plane[:20, :30].all()
    assert not plane[21:, :].any()


def test_fill_reaches_what_hangs_together_by_its_sides() -> None:
    labels = np.zeros((40, 60), np.uint8)
    labels[10:20, 10:20] = 1
    labels[20:30, 20:30] = 1  # meets the first square at a corner only
    labels[12:14, 12:14] = 2
    plane = on_canvas(painting.connected_region(labels, (11.5, 11.5)))
    expected = np.zeros((40, 60), np.bool_)
    expected[10:20, 10:20] = True
    expected[12:14, 12:14] = False
    assert np.array_equal(plane, expected)
    assert not labels[labels > 2].any()


def test_fill_off_the_image_covers_nothing() -> None:
    assert painting.connected_region(np.zeros((4, 4), np.uint8), (9, 1))[0].is_empty


@pytest.mark.parametrize("side", [1, 2, 3, 4, 9])
@pytest.mark.parametrize("place", [(20.5, 20.5), (20.0, 20.0), (20.999, 20.001), (20.2, 20.9)])
def test_a_square_covers_its_pixels_wherever_it_stands(side: int, place: tuple[float, float]) -> None:
    covered = on_canvas(painting.square_stroke(place, place, side, BOUNDS))
    rows, columns = np.nonzero(covered)
    assert len(rows) == side * side
    assert np.ptp(rows) == np.ptp(columns) == side - 1
    assert covered[int(place[1]), int(place[0])]


@pytest.mark.parametrize("end", [(40.5, 10.5), (10.5, 30.5), (33.5, 27.5), (5.5, 36.5)])
def test_a_dragged_square_covers_what_it_was_over(end: tuple[float, float]) -> None:
    start = (20.5, 20.5)
    covered = on_canvas(painting.square_stroke(start, end, 5, BOUNDS))
    rows, columns = np.mgrid[0 : BOUNDS.height, 0 : BOUNDS.width] + 0.5
    wanted = np.zeros_like(covered)
    for share in np.linspace(0, 1, 2000):
        x, y = start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
        wanted |= (np.abs(columns - x) < 2.4999) & (np.abs(rows - y) < 2.4999)
    assert not (wanted & ~covered).any()
    assert (covered & ~wanted).sum() <= 4 * 45  # at most the rim


def test_a_line_through_points_is_its_strokes_together() -> None:
    points = [(5.0, 5.0), (30.0, 8.0), (25.0, 30.0)]
    wanted = on_canvas(painting.round_stroke(points[0], points[1], 5, BOUNDS))
    wanted |= on_canvas(painting.round_stroke(points[1], points[2], 5, BOUNDS))
    assert (on_canvas(painting.polyline(points, 5, BOUNDS)) == wanted).all()
    assert on_canvas(painting.polyline(points[:1], 5, BOUNDS))[5, 5]


@pytest.mark.parametrize(
    ("points", "crosses"),
    [
        ([(0, 0), (10, 10), (10, 0), (0, 10)], True),
        ([(0, 0), (10, 0), (10, 10), (0, 10)], False),
        ([(0, 0), (10, 0), (4, 3), (0, 10)], False),
        ([(0, 0), (10, 0), (5, -2), (5, 5)], True),
        ([(0, 0), (10, 0), (5, 5)], False),
    ],
)
def test_whether_an_outline_crosses_itself(points: list[tuple[float, float]], crosses: bool) -> None:
    assert painting.crosses_itself(points) is crosses


def test_holes_are_what_a_region_encloses() -> None:
    labels = np.zeros((30, 40), np.uint8)
    labels[5:20, 5:25] = 1
    labels[8:12, 8:12] = 0
    labels[14:16, 14:16] = 2
    labels[9, 9] = 1  # an island in the hole is enclosed as well
    coverage, class_index = painting.holes(labels, (6, 6))
    assert class_index == 1
    box, covered = coverage
    found = np.zeros(labels.shape, bool)
    found[box.slices][covered] = True
    wanted = np.zeros_like(found)
    wanted[8:12, 8:12] = wanted[14:16, 14:16] = True
    assert (found == wanted).all()
    labels[8:12, 5:8] = 0  # a bay is no hole
    assert not painting.holes(labels, (20, 18))[0][1][3:7, :].any()
    assert painting.holes(labels, (-1, 3))[0][0].is_empty


@pytest.mark.parametrize("near", [1, 3, 16, 1000])
def test_fill_finds_the_same_however_near_it_looks_first(near: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    labels = np.repeat(np.repeat(rng.integers(0, 2, (20, 30), np.uint8), 2, 0), 2, 1)
    wanted = {seed: on_canvas(painting.connected_region(labels, seed)) for seed in _SEEDS}
    monkeypatch.setattr(painting, "_NEAR", near)
    for seed in _SEEDS:
        assert np.array_equal(on_canvas(painting.connected_region(labels, seed)), wanted[seed])
        assert wanted[seed][int(seed[1]), int(seed[0])]


_SEEDS = [(0.5, 0.5), (59.5, 39.5), (30.5, 0.5), (12.5, 17.5), (44.5, 31.5), (59.5, 2.5)]
