"""Which classes and which pixels of a mask are drawn, and where it ends to be compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QPainter

from segdesk.core.classes import make_classes
from segdesk.core.geometry import Box
from segdesk.gui.canvas import Only, Style
from segdesk.gui.canvas.curtain import Curtain
from tests.gui.canvas.kit import Bench

GRAY = (100, 100, 100)
CELL, WALL = (c.color for c in make_classes(["cell", "wall"])[1:])
PALE = (235, 235, 235)


@pytest.fixture
def seen(bench: Bench) -> Bench:
    """A prediction of a cell on the left and a wall on the right, of which a person has changed a part.

    x 0 to 100 cell, 100 to 200 wall; y 0 to 50 corrected: x 0 to 40 still cell, 40 to 80 wall, 80 to 100
    background.
    """
    first = np.full((150, 200), 1, np.uint8)
    first[:, 100:] = 2
    labels, corrected = bench.labels, bench.corrected
    labels[:] = first
    labels[:50, 40:80] = 2
    labels[:50, 80:100] = 0
    corrected[:50, :100] = 1
    bench.canvas.overlay = replace(bench.canvas.overlay, opacity=1.0, style=Style.FILLED)
    bench.canvas.show_first_prediction(bench.document.sample.id, first)
    bench.canvas.refresh()
    return bench


def test_a_hidden_class_is_not_drawn(seen: Bench) -> None:
    seen.canvas.overlay = replace(seen.canvas.overlay, hidden=frozenset({2}))
    assert seen.seen_at((20, 100)) == CELL
    assert seen.seen_at((150, 100)) == GRAY


def test_the_outline_of_a_class_stays_where_its_neighbour_is_hidden(seen: Bench) -> None:
    seen.canvas.overlay = replace(seen.canvas.overlay, style=Style.OUTLINE, hidden=frozenset({2}))
    assert seen.seen_at((99.5, 100)) == CELL
    assert seen.seen_at((101.5, 100)) == GRAY


@pytest.mark.parametrize("scale", [0.4, 1.0, 3.0])
def test_only_corrections(seen: Bench, scale: float) -> None:
    seen.canvas.zoom(scale / seen.canvas.scale)
    place = seen.canvas.to_widget((60, 40))
    seen.canvas.pan(250 - place.x(), 200 - place.y())
    seen.canvas.overlay = replace(seen.canvas.overlay, only=Only.CORRECTIONS)
    picture = {spot: seen.seen_at(spot) for spot in ((60.0, 40.0), (90.0, 40.0), (60.0, 60.0))}
    assert picture == {(60.0, 40.0): WALL, (90.0, 40.0): PALE, (60.0, 60.0): GRAY}


def test_only_what_was_changed(seen: Bench) -> None:
    seen.canvas.overlay = replace(seen.canvas.overlay, only=Only.CHANGES)
    assert seen.seen_at((20, 25)) == GRAY  # confirmed as it was
    assert seen.seen_at((60, 25)) == WALL
    assert seen.seen_at((90, 25)) == PALE  # taken away
    assert seen.seen_at((150, 100)) == GRAY


def test_without_a_prediction_all_that_was_painted_is_a_change(seen: Bench) -> None:
    seen.canvas.show_first_prediction(seen.document.sample.id, None)
    seen.canvas.overlay = replace(seen.canvas.overlay, only=Only.CHANGES)
    assert seen.seen_at((20, 25)) == CELL
    assert seen.seen_at((90, 25)) == GRAY
    assert seen.seen_at((150, 100)) == GRAY


def test_objects_in_colours_of_their_own_are_hidden_with_their_class(seen: Bench) -> None:
    seen.canvas.show_instances(np.full((150, 200), 3, np.uint8))
    assert seen.seen_at((150, 100)) not in (WALL, GRAY)
    seen.canvas.overlay = replace(seen.canvas.overlay, hidden=frozenset({2}))
    assert seen.seen_at((150, 100)) == GRAY
    assert seen.seen_at((20, 100)) not in (CELL, GRAY)


def test_a_stroke_shows_at_once_where_only_changes_are_drawn(seen: Bench) -> None:
    seen.canvas.overlay = replace(seen.canvas.overlay, only=Only.CHANGES)
    seen.screenshot()
    seen.canvas.options.active_class = 2
    seen.drag((30, 100), (60, 100))
    assert seen.seen_at((45, 100)) == WALL


def test_the_first_prediction_of_another_image_is_dropped(seen: Bench) -> None:
    seen.canvas.show_first_prediction(seen.document.sample.id + 1, np.zeros((150, 200), np.uint8))
    seen.canvas.show_first_prediction(seen.document.sample.id, np.zeros((10, 10), np.uint8))
    seen.canvas.overlay = replace(seen.canvas.overlay, only=Only.CHANGES)
    assert seen.seen_at((20, 25)) == GRAY


@pytest.mark.parametrize("shows_first", [False, True])
def test_the_curtain_parts_the_mask_from_what_it_is_compared_with(seen: Bench, shows_first: bool) -> None:
    middle = seen.canvas.to_widget((60, 0)).x() / seen.canvas.width()
    seen.canvas.curtain = Curtain(middle, shows_first)
    assert seen.seen_at((55, 25)) == WALL  # the mask
    assert seen.seen_at((65, 25)) == (CELL if shows_first else GRAY)


def test_the_picture_is_the_same_however_the_curtain_got_there(seen: Bench) -> None:
    canvas = seen.canvas
    canvas.overlay = replace(canvas.overlay, style=Style.BOTH)
    canvas.curtain = Curtain(0.8, shows_first=True)
    seen.screenshot()
    canvas.curtain = Curtain(0.3, shows_first=True)
    seen.screenshot()
    canvas.pan(37, 11)
    corner = seen.on_widget((0, 0))
    inside = slice(corner.y() + 2, None), slice(corner.x() + 2, None)
    dragged = seen.screenshot()[inside]
    canvas.refresh()
    assert np.array_equal(dragged, seen.screenshot()[inside])


def test_moving_the_curtain_draws_only_what_is_between(seen: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen.canvas.curtain = Curtain(0.5)
    seen.screenshot()
    drawn: list[Box] = []
    draw = seen.canvas._draw

    def note(painter: QPainter, area: Box) -> None:
        drawn.append(area)
        draw(painter, area)

    monkeypatch.setattr(seen.canvas, "_draw", note)
    seen.canvas.curtain = Curtain(0.52)
    seen.screenshot()
    assert sum(area.width for area in drawn) <= 0.02 * seen.canvas.width() + 8


def test_a_color_no_class_wears_stands_for_background(seen: Bench) -> None:
    colors = {c.color for c in make_classes([f"class {i}" for i in range(60)])}
    assert PALE not in colors
