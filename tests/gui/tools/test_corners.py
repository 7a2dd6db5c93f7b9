"""Polygons and lines, whose corners are moved, added and removed before and after."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.gui.canvas.kit import LEFT, RIGHT, Bench

SHIFT = Qt.KeyboardModifier.ShiftModifier
SQUARE = ((40, 30), (120, 30), (120, 90), (40, 90))


@pytest.fixture(autouse=True)
def as_in_the_window(bench: Bench) -> None:
    """Whatever changes the mask is told to the canvas."""
    bench.canvas.stroke_finished.connect(lambda patch: bench.canvas.show_change(patch.box))


def square(bench: Bench, *, close: bool = True) -> None:
    bench.canvas.set_tool("polygon")
    for corner in SQUARE:
        bench.click(corner)
    if close:
        bench.key(Qt.Key.Key_Return)


def undo(bench: Bench) -> None:
    patch = bench.document.undo()
    assert patch is not None
    bench.canvas.show_change(patch.box)


def test_a_corner_is_moved_before_closing(bench: Bench) -> None:
    square(bench, close=False)
    bench.drag((120, 90), (180, 130))
    bench.key(Qt.Key.Key_Return)
    assert bench.labels[120, 168] == 1
    assert len(bench.patches) == 1


def test_a_corner_is_put_into_a_side_before_closing(bench: Bench) -> None:
    square(bench, close=False)
    bench.drag((80, 30), (80, 60))
    bench.key(Qt.Key.Key_Return)
    assert bench.labels[40, 80] == 0
    assert bench.labels[40, 45] == 1


def test_a_drag_places_a_corner_where_the_button_goes_up(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    bench.drag((10, 10), (40, 30))
    for corner in SQUARE[1:]:
        bench.click(corner)
    bench.key(Qt.Key.Key_Return)
    assert bench.labels[12, 12] == 0
    assert bench.labels[60, 60] == 1


@pytest.mark.parametrize("how", ["right", "shift", "delete"])
def test_a_corner_is_removed_before_closing(bench: Bench, how: str) -> None:
    square(bench, close=False)
    if how == "delete":
        bench.move((120, 90))
        bench.key(Qt.Key.Key_Delete)
    else:
        bench.click(
            (120, 90), RIGHT if how == "right" else LEFT, SHIFT if how == "shift" else Qt.KeyboardModifier(0)
        )
    bench.key(Qt.Key.Key_Return)
    assert bench.labels[85, 115] == 0
    assert bench.labels[35, 60] == 1


def test_a_corner_is_moved_after_closing_as_one_step_of_undo(bench: Bench) -> None:
    square(bench)
    bench.drag((120, 90), (180, 130))
    assert bench.labels[120, 168] == 1
    bench.drag((180, 130), (120, 90))
    assert bench.labels[120, 168] == 0
    assert bench.corrected[120, 168] == 0
    undo(bench)
    assert not bench.corrected.any()
    assert bench.document.history.undo is None


def test_a_corner_is_added_and_removed_after_closing(bench: Bench) -> None:
    square(bench)
    bench.drag((40, 60), (80, 60))  # the side that closes it
    assert bench.labels[60, 50] == 0
    bench.click((80, 60), keys=SHIFT)
    assert bench.labels[60, 50] == 1
    bench.move((120, 90))
    bench.key(Qt.Key.Key_Delete)
    assert bench.labels[85, 115] == 0
    bench.click((120, 30), RIGHT)
    assert bench.labels[35, 60] == 1  # three corners stay
    assert len(bench.hints) == 1


def test_esc_ends_the_editing_and_keeps_the_shape(bench: Bench) -> None:
    square(bench)
    bench.key(Qt.Key.Key_Escape)
    bench.drag((120, 90), (180, 130))
    bench.key(Qt.Key.Key_Escape)
    assert bench.labels[60, 60] == 1
    assert bench.labels[120, 168] == 0


def test_a_click_elsewhere_begins_another_shape(bench: Bench) -> None:
    square(bench)
    for corner in ((150, 100), (190, 100), (190, 140)):
        bench.click(corner)
    bench.key(Qt.Key.Key_Return)
    assert bench.labels[110, 185] == 1
    assert bench.labels[60, 60] == 1
    assert len(bench.patches) == 2


@pytest.mark.parametrize("what", ["undo", "stroke", "document"])
def test_a_shape_that_something_came_after_is_not_edited(bench: Bench, what: str) -> None:
    square(bench)
    if what == "undo":
        undo(bench)
    elif what == "stroke":
        patch = bench.document.correct("other", lambda edit: edit.confirm())
        assert patch is not None
        bench.canvas.show_change(patch.box)
    else:
        bench.canvas.set_document(np.full((150, 200), 100, np.uint8), bench.document)
    before = bench.labels.copy()
    bench.press((120, 90))
    bench.move((180, 130))
    bench.key(Qt.Key.Key_Escape)
    bench.release((180, 130))
    assert (bench.labels == before).all()
    assert not bench.document.is_editing


def test_an_outline_that_crosses_itself_is_painted_with_a_hint(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    for corner in ((40, 30), (120, 90), (120, 30), (40, 90)):
        bench.click(corner)
    bench.key(Qt.Key.Key_Return)
    assert len(bench.hints) == 1
    assert bench.labels[60, 45] == 1


def test_a_dragged_line_is_as_wide_as_the_brush(bench: Bench) -> None:
    bench.canvas.options.brush_size = 9
    bench.canvas.set_tool("line")
    bench.drag((30.5, 50.5), (80, 60), (130.5, 50.5))
    assert (bench.labels[50, 40:120] == 1).all()
    assert 8 <= bench.labels[:, 80].sum() <= 10
    assert [patch.name for patch in bench.patches] == ["Line"]
    assert not bench.canvas.has_draft()


def test_a_line_of_clicks_ends_with_enter_and_stays_editable(bench: Bench) -> None:
    bench.canvas.options.brush_size = 5
    bench.canvas.set_tool("line")
    for corner in ((30, 30), (100, 30), (100, 100)):
        bench.click(corner)
    assert bench.canvas.has_draft()
    bench.key(Qt.Key.Key_Return)
    assert bench.labels[30, 60] == 1
    assert bench.labels[60, 100] == 1
    bench.drag((100, 100), (160, 100))
    assert bench.labels[60, 100] == 0
    assert bench.labels[65, 130] == 1
    undo(bench)
    assert not bench.corrected.any()


def test_shift_keeps_a_line_to_eighths(bench: Bench) -> None:
    bench.canvas.options.brush_size = 3
    bench.canvas.set_tool("line")
    bench.press((30, 50))
    bench.release((130, 58), keys=SHIFT)
    assert np.ptp(np.nonzero(bench.labels)[0]) <= 3
    assert np.ptp(np.nonzero(bench.labels)[1]) >= 98


def test_one_point_is_no_line(bench: Bench) -> None:
    bench.canvas.set_tool("line")
    bench.click((30, 30))
    bench.key(Qt.Key.Key_Return)
    assert len(bench.hints) == 1
    assert not bench.patches
    bench.key(Qt.Key.Key_Escape)
    assert not bench.canvas.has_draft()


def test_a_right_dragged_line_is_background(bench: Bench) -> None:
    bench.labels[:] = 1
    bench.canvas.options.brush_size = 7
    bench.canvas.set_tool("line")
    bench.drag((30, 50), (130, 50), button=RIGHT)
    assert bench.labels[50, 80] == 0
    assert bench.corrected[50, 80] == 1


def test_handles_are_seen_until_the_shape_is_left(bench: Bench) -> None:
    square(bench)
    with_handles = bench.screenshot()
    bench.key(Qt.Key.Key_Escape)
    assert np.any(bench.screenshot() != with_handles)
