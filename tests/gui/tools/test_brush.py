from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication

from segdesk.core.errors import ProjectError
from segdesk.core.geometry import Box
from segdesk.gui.qimage import from_qimage
from tests.gui.canvas.kit import MIDDLE, RIGHT, Bench


def test_drag_asserts_the_active_class_along_the_way(bench: Bench) -> None:
    bench.canvas.options.brush_size = 10
    bench.canvas.set_active_class(2)
    bench.drag((20.5, 50.5), (60.5, 50.5), (100.5, 50.5))
    assert (bench.labels[50, 20:101] == 2).all()
    assert (bench.corrected == (bench.labels == 2)).all()
    assert not bench.labels[:44].any()
    assert not bench.labels[57:].any()
    assert [patch.name for patch in bench.patches] == ["Brush"]


def test_the_stroke_is_on_disk_when_the_button_is_up(bench: Bench) -> None:
    bench.drag((20, 20), (90, 80))
    assert (bench.project.masks.load(bench.document.sample).labels == bench.labels).all()
    assert bench.labels.any()


def test_two_far_events_leave_no_gap(bench: Bench) -> None:
    bench.canvas.options.brush_size = 3
    bench.drag((5, 5), (190, 140))
    for share in np.linspace(0, 1, 200):
        x, y = 5 + share * 185, 5 + share * 135
        assert bench.labels[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].any()


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0, 8.0])
def test_a_click_of_one_pixel_hits_the_pixel_under_the_mouse(bench: Bench, scale: float) -> None:
    bench.canvas.options.brush_size = 1
    bench.canvas.zoom(scale / bench.canvas.scale)
    inside = bench.canvas.visible_box()
    spot = (inside.x + inside.width // 3 + 0.6, inside.y + inside.height // 3 + 0.6)
    at = bench.canvas.to_image(bench.on_widget(spot).toPointF())
    bench.click(spot)
    assert np.argwhere(bench.labels).tolist() == [[int(at[1]), int(at[0])]]


def test_right_drag_and_alt_erase(bench: Bench) -> None:
    bench.canvas.options.brush_size = 20
    bench.drag((50, 50), (150, 50))
    bench.drag((50, 50), (90, 50), button=RIGHT)
    assert bench.labels[50, 60] == 0
    assert bench.corrected[50, 60] == 1
    bench.drag((140, 50), (150, 50), keys=Qt.KeyboardModifier.AltModifier)
    assert bench.labels[50, 145] == 0
    assert bench.labels[50, 120] == 1


def test_the_eraser_asserts_background(bench: Bench) -> None:
    bench.canvas.set_tool("eraser")
    bench.drag((30, 30), (60, 60))
    assert not bench.labels.any()
    assert bench.corrected[45, 45] == 1
    assert bench.patches[0].name == "Eraser"


def test_esc_takes_the_stroke_back(bench: Bench) -> None:
    bench.press((50, 50))
    bench.move((80, 80))
    assert bench.labels.any()
    bench.key(Qt.Key.Key_Escape)
    assert not bench.labels.any()
    bench.release((90, 90))
    assert not bench.patches
    assert not bench.document.is_editing


def test_losing_focus_keeps_the_stroke(bench: Bench) -> None:
    bench.press((50, 50))
    bench.move((80, 80))
    QApplication.sendEvent(bench.canvas, QFocusEvent(QFocusEvent.Type.FocusOut))
    assert len(bench.patches) == 1
    bench.move((120, 80))
    assert bench.labels[80, 120] == 0
    bench.release((120, 80))


def test_strokes_cross_the_border_of_the_image(bench: Bench) -> None:
    bench.canvas.options.brush_size = 12
    bench.drag((-10, 70), (10, 70), (10, -15))
    assert bench.labels[70, 0] == 1
    assert bench.labels[0, 10] == 1
    assert not bench.hints


def test_beside_the_image_there_is_a_hint_and_no_patch(bench: Bench) -> None:
    bench.canvas.options.brush_size = 4
    bench.canvas.zoom(0.5)
    bench.drag((-40, 20), (-35, 40))
    assert not bench.patches
    assert len(bench.hints) == 1


def test_without_a_document_there_is_a_hint(bench: Bench) -> None:
    bench.canvas.set_document(None, None)
    bench.drag((20, 20), (40, 40))
    assert len(bench.hints) == 1


def test_a_class_that_is_gone_is_a_hint(bench: Bench) -> None:
    bench.canvas.set_active_class(7)
    bench.drag((20, 20), (40, 40))
    assert len(bench.hints) == 1
    assert not bench.document.is_editing


def test_a_stroke_that_cannot_be_saved_is_taken_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise ProjectError("The disk is full.")

    monkeypatch.setattr(bench.project.masks, "commit", full)
    bench.drag((50, 50), (80, 80))
    assert bench.failures == ["The disk is full."]
    assert not bench.labels.any()
    assert bench.seen_at((60, 60)) == (100, 100, 100)
    monkeypatch.undo()
    bench.drag((50, 50), (80, 80))
    assert len(bench.patches) == 1


def test_another_button_during_a_stroke_changes_nothing(bench: Bench) -> None:
    bench.press((50, 50))
    bench.press((60, 60), RIGHT)
    bench.release((60, 60), RIGHT)
    bench.press((60, 60), MIDDLE)
    bench.release((60, 60), MIDDLE)
    bench.move((90, 60))
    bench.release((90, 60))
    assert len(bench.patches) == 1
    assert bench.labels[60, 88] == 1


def test_a_long_slanted_stroke_of_a_large_brush_is_even(bench: Bench) -> None:
    bench.canvas.options.brush_size = 30
    bench.drag((20, 20), (180, 130))
    rows, columns = np.mgrid[0:150, 0:200] + 0.5
    ax, ay = bench.canvas.to_image(bench.on_widget((20, 20)).toPointF())
    bx, by = bench.canvas.to_image(bench.on_widget((180, 130)).toPointF())
    along = ((columns - ax) * (bx - ax) + (rows - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
    along = np.clip(along, 0, 1)
    away = np.hypot(columns - ax - along * (bx - ax), rows - ay - along * (by - ay))
    assert (bench.labels[away < 14.9] == 1).all()
    assert (bench.labels[away > 15.1] == 0).all()


def test_the_cursor_frames_what_a_click_covers(bench: Bench) -> None:
    bench.canvas.options.brush_size = 5
    bench.canvas.show_box(Box(90, 60, 20, 16))
    before = bench.screenshot()
    bench.move((100.5, 68.5))
    drawn = np.argwhere(np.any(from_qimage(bench.canvas.grab().toImage()) != before, axis=2))
    drawn = drawn[(drawn > 100).all(axis=1)]  # the mouse was in the corner before
    bench.click((100.5, 68.5))
    covered = np.argwhere(bench.labels)
    for found, edge in ((drawn.min(0), covered.min(0)), (drawn.max(0), covered.max(0) + 1)):
        at = bench.on_widget((float(edge[1]), float(edge[0])))
        assert np.abs(found - (at.y(), at.x())).max() <= 3
