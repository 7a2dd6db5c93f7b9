from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdesk.core.geometry import Box
from segdesk.gui.canvas.view import MAX_SCALE, View


def make(width: int = 1000, height: int = 800) -> View:
    view = View()
    view.set_screen(500, 400)
    view.set_image(width, height)
    return view


def test_fit_shows_the_whole_image_in_the_middle() -> None:
    view = make()
    assert view.visible_box() == Box(0, 0, 1000, 800)
    assert view.to_image(250, 200) == pytest.approx((500, 400), abs=2)


@given(
    st.lists(st.tuples(st.floats(0.5, 2.0), st.floats(50, 450), st.floats(50, 350)), min_size=1, max_size=12)
)
def test_what_is_under_the_mouse_stays_there(steps: list[tuple[float, float, float]]) -> None:
    view = make()
    for factor, x, y in steps:
        before = view.to_image(x, y)
        if not (0 <= before[0] < 1000 and 0 <= before[1] < 800):
            continue
        view.zoom(factor, x, y)
        at = view.to_screen(*before)
        assert at == pytest.approx((x, y), abs=1.01 * max(1, factor))


def test_many_steps_in_and_out_do_not_drift() -> None:
    view = make()
    before = view.to_image(123, 77)
    for factor in [1.25] * 12 + [0.8] * 12:
        view.zoom(factor, 123, 77)
    assert view.to_image(123, 77) == pytest.approx(before, abs=3)


def test_scale_has_limits() -> None:
    view = make()
    view.zoom(1e9, 250, 200)
    assert view.scale == MAX_SCALE
    view.zoom(1e-9, 250, 200)
    assert 1000 * view.scale >= 20


@pytest.mark.parametrize(("dx", "dy"), [(1e6, 0), (-1e6, 0), (0, 1e6), (-1e6, -1e6)])
@pytest.mark.parametrize("factor", [0.1, 1.0, 30.0])
def test_the_image_cannot_be_lost(dx: float, dy: float, factor: float) -> None:
    view = make()
    view.zoom(factor, 250, 200)
    view.pan(dx, dy)
    assert not view.visible_box().is_empty


def test_another_size_of_the_screen_keeps_the_middle() -> None:
    view = make()
    view.zoom(8, 250, 200)
    middle = view.to_image(250, 200)
    view.set_screen(900, 700)
    assert view.to_image(450, 350) == pytest.approx(middle, abs=0.5)


def test_a_fitted_image_stays_fitted() -> None:
    view = make()
    view.set_screen(900, 700)
    assert view.visible_box() == Box(0, 0, 1000, 800)
    assert view.scale > 0.8


@pytest.mark.parametrize("size", [(1, 1), (1, 30000), (60000, 60000)])
def test_odd_sizes_are_shown(size: tuple[int, int]) -> None:
    view = make(*size)
    assert view.visible_box() == Box(0, 0, *size)


def test_show_brings_a_box_into_the_middle() -> None:
    view = make()
    view.show(Box(700, 600, 40, 20))
    assert view.to_image(250, 200) == pytest.approx((720, 610), abs=0.2)
    seen = view.visible_box()
    assert seen.intersect(Box(700, 600, 40, 20)) == Box(700, 600, 40, 20)
    assert seen.width < 60
