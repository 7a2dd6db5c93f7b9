from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from segdesk.core.painting import ellipse, rectangle
from tests.gui.canvas.kit import RIGHT, Bench

SHIFT = Qt.KeyboardModifier.ShiftModifier


def place(bench: Bench, spot: tuple[float, float]) -> tuple[float, float]:
    """Where a mouse that can only stand on whole pixels of the widget really is."""
    return bench.canvas.to_image(bench.on_widget(spot).toPointF())


@pytest.mark.parametrize(("tool", "shape"), [("rectangle", rectangle), ("ellipse", ellipse)])
def test_drag_between_corners(bench: Bench, tool: str, shape: object) -> None:
    bench.canvas.set_tool(tool)
    bench.drag((120, 90), (60, 70), (40, 30))
    assert callable(shape)
    box, covered = shape(place(bench, (120, 90)), place(bench, (40, 30)), bench.document.mask.box)
    wanted = np.zeros_like(bench.labels)
    wanted[box.slices][covered] = 1
    assert (bench.labels == wanted).all()
    assert (bench.corrected == wanted).all()


@pytest.mark.parametrize("tool", ["rectangle", "ellipse"])
def test_shift_makes_the_sides_equal(bench: Bench, tool: str) -> None:
    bench.canvas.set_tool(tool)
    bench.drag((20, 20), (100, 60), keys=SHIFT)
    rows, columns = np.nonzero(bench.labels)
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 1
    assert np.ptp(columns) >= 78


@pytest.mark.parametrize("tool", ["rectangle", "ellipse", "lasso"])
def test_right_drag_makes_background(bench: Bench, tool: str) -> None:
    bench.canvas.set_tool(tool)
    bench.drag((20, 20), (100, 20), (100, 100), button=RIGHT)
    assert not bench.labels.any()
    assert bench.corrected[40, 80] == 1


@pytest.mark.parametrize("tool", ["rectangle", "ellipse", "lasso"])
def test_esc_cancels_and_a_click_is_a_hint(bench: Bench, tool: str) -> None:
    bench.canvas.set_tool(tool)
    bench.press((20, 20))
    bench.move((100, 100))
    assert bench.canvas.has_draft()
    bench.key(Qt.Key.Key_Escape)
    bench.release((100, 100))
    bench.click((50, 50))
    assert not bench.corrected.any()
    assert len(bench.hints) == 1


@pytest.mark.parametrize("tool", ["rectangle", "ellipse", "lasso", "polygon", "fill", "brush", "eraser"])
def test_no_tool_does_anything_without_an_image_but_say_so(bench: Bench, tool: str) -> None:
    bench.canvas.set_document(None, None)
    bench.canvas.set_tool(tool)
    bench.drag((20, 20), (100, 20), (100, 100))
    bench.key(Qt.Key.Key_Return)
    bench.key(Qt.Key.Key_Escape)
    assert len(bench.hints) == 1
    assert not bench.canvas.has_draft()


@pytest.mark.parametrize("tool", ["rectangle", "ellipse"])
def test_beside_the_image_is_a_hint(bench: Bench, tool: str) -> None:
    bench.canvas.zoom(0.4)
    bench.canvas.set_tool(tool)
    bench.drag((-100, -50), (-40, -20))
    assert len(bench.hints) == 1
    assert not bench.patches


def test_lasso_fills_what_was_drawn_around(bench: Bench) -> None:
    bench.canvas.set_tool("lasso")
    bench.drag((40, 30), (120, 30), (120, 90), (40, 90))
    assert (bench.labels[32:88, 42:118] == 1).all()
    assert not bench.labels[:, :38].any()


def test_fill_changes_the_connected_region_only(bench: Bench) -> None:
    bench.labels[20:40, 20:40] = 1
    bench.labels[60:80, 60:80] = 1
    bench.canvas.set_active_class(2)
    bench.canvas.set_tool("fill")
    bench.click((30, 30))
    assert (bench.labels[20:40, 20:40] == 2).all()
    assert (bench.labels[60:80, 60:80] == 1).all()
    assert bench.corrected.sum() == 400
    bench.click((70, 70), RIGHT)
    assert not bench.labels[60:80, 60:80].any()


def test_fill_beside_the_image_is_a_hint(bench: Bench) -> None:
    bench.canvas.set_tool("fill")
    bench.canvas.zoom(0.5)
    bench.click((-20, -20))
    assert len(bench.hints) == 1
    assert not bench.document.is_editing


def test_the_hand_moves_the_image(bench: Bench) -> None:
    bench.canvas.set_tool("pan")
    bench.canvas.zoom(4)
    before = bench.canvas.to_image(bench.on_widget((100, 75)).toPointF())
    start = bench.on_widget((100, 75))
    bench.drag((100, 75), (90, 70))
    moved = bench.on_widget((100, 75)) - start
    assert moved.x() < 0
    assert moved.y() < 0
    assert not bench.corrected.any()
    assert bench.canvas.to_image((start + moved).toPointF()) == pytest.approx(before, abs=0.2)
