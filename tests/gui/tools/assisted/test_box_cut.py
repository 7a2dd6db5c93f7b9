from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.core.assisted.scenes import blob, iou
from tests.gui.canvas.kit import RIGHT, Bench

_CORNERS = (105, 85), (295, 215)


@pytest.fixture
def cut(bench: Bench, qtbot: QtBot) -> Bench:
    """A box around the object, and what was found in it as a draft."""
    bench.canvas.set_tool("grabcut")
    with qtbot.waitSignal(bench.canvas.busy, check_params_cb=lambda busy: not busy):
        bench.drag(*_CORNERS)
    return bench


def test_enter_takes_what_was_found(cut: Bench) -> None:
    assert cut.canvas.has_draft()
    assert not cut.labels.any()
    cut.key(Qt.Key.Key_Return)
    assert iou(cut.labels == 1, blob()[1]) > 0.96
    assert [patch.name for patch in cut.patches] == ["GrabCut"]
    assert not cut.canvas.has_draft()


def test_strokes_correct_it_and_backspace_takes_them_back(cut: Bench, qtbot: QtBot) -> None:
    def settled() -> AbstractContextManager[object]:
        return qtbot.waitSignal(cut.canvas.busy, check_params_cb=lambda busy: not busy)

    cut.canvas.options.brush_size = 12
    with settled():
        cut.drag((115, 95), (130, 95))
    with settled():
        cut.drag((260, 100), (260, 200), button=RIGHT)
    cut.key(Qt.Key.Key_Return)
    assert (cut.labels[93:98, 115:130] == 1).all()
    assert not cut.labels[100:200, 260].any()
    cut.document.undo()
    with settled():
        cut.drag(*_CORNERS)
    with settled():
        cut.drag((115, 95), (130, 95))
    with settled():
        cut.key(Qt.Key.Key_Backspace)
    cut.key(Qt.Key.Key_Return)
    assert not cut.labels[93:98, 115:130].all()


def test_esc_drops_it(cut: Bench) -> None:
    cut.key(Qt.Key.Key_Escape)
    assert not cut.canvas.has_draft()
    assert not cut.patches


def test_the_next_box_takes_it(cut: Bench) -> None:
    cut.drag((10, 10), (60, 60))
    assert len(cut.patches) == 1
    assert iou(cut.labels == 1, blob()[1]) > 0.96


def test_a_double_click_takes_it(cut: Bench, qtbot: QtBot) -> None:
    place = cut.on_widget((200, 150))
    with qtbot.waitSignal(cut.canvas.stroke_finished):
        QTest.mouseClick(cut.canvas, Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(cut.canvas, Qt.MouseButton.LeftButton, pos=place)
    assert iou(cut.labels == 1, blob()[1]) > 0.95


def test_enter_before_it_is_found_takes_it_when_it_is(bench: Bench, qtbot: QtBot) -> None:
    bench.canvas.set_tool("grabcut")
    with qtbot.waitSignal(bench.canvas.stroke_finished):
        bench.drag(*_CORNERS)
        bench.key(Qt.Key.Key_Return)
    assert iou(bench.labels == 1, blob()[1]) > 0.96


def test_a_change_of_the_mask_meanwhile_does_not_lose_it(bench: Bench, qtbot: QtBot) -> None:
    bench.canvas.set_tool("grabcut")
    bench.drag(*_CORNERS)
    bench.document.predict(bench.labels + 2, 1)
    bench.canvas.show_change(bench.document.mask.box)
    with qtbot.waitSignal(bench.canvas.stroke_finished):
        bench.key(Qt.Key.Key_Return)
    assert iou(bench.labels == 1, blob()[1]) > 0.96


def test_a_tiny_box_and_a_locked_class_say_why(bench: Bench) -> None:
    bench.canvas.set_tool("grabcut")
    bench.drag((50, 50), (52, 52))
    assert "Drag a box" in bench.hints[-1]
    bench.canvas.options.locked = frozenset({1})
    bench.drag(*_CORNERS)
    assert "locked" in bench.hints[-1]
    assert not bench.canvas.has_draft()
