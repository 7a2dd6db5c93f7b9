from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.canvas.kit import LEFT, NO_KEYS, RIGHT, Bench

CORNERS = ((40, 30), (120, 30), (120, 90))


def draw(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    for corner in CORNERS:
        bench.click(corner)


def is_triangle(bench: Bench) -> bool:
    inside = bench.labels[40, 100] == 1 and bench.labels[80, 116] == 1
    return bool(inside and bench.labels[80, 60] == 0 and bench.labels[28, 80] == 0)


def test_enter_closes(bench: Bench) -> None:
    draw(bench)
    assert not bench.labels.any()
    assert bench.canvas.has_draft()
    bench.key(Qt.Key.Key_Return)
    assert is_triangle(bench)
    assert not bench.canvas.has_draft()
    assert [patch.name for patch in bench.patches] == ["Polygon"]


def test_a_double_click_closes(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    for corner in CORNERS[:2]:
        bench.click(corner)
    bench.click(CORNERS[2])
    QTest.mouseDClick(bench.canvas, LEFT, NO_KEYS, bench.on_widget(CORNERS[2]))
    assert is_triangle(bench)


def test_a_click_on_the_first_point_closes(bench: Bench) -> None:
    draw(bench)
    bench.click((41, 31))
    assert is_triangle(bench)


def test_backspace_removes_the_last_point(bench: Bench) -> None:
    draw(bench)
    bench.click((10, 140))
    bench.key(Qt.Key.Key_Backspace)
    bench.key(Qt.Key.Key_Enter)
    assert is_triangle(bench)


def test_backspace_on_the_only_point_ends_the_draft(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    bench.click(CORNERS[0])
    bench.key(Qt.Key.Key_Backspace)
    assert not bench.canvas.has_draft()


def test_esc_cancels(bench: Bench) -> None:
    draw(bench)
    bench.key(Qt.Key.Key_Escape)
    assert not bench.canvas.has_draft()
    bench.key(Qt.Key.Key_Return)
    assert not bench.labels.any()


def test_two_points_make_a_hint(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    for corner in CORNERS[:2]:
        bench.click(corner)
    bench.key(Qt.Key.Key_Return)
    assert len(bench.hints) == 1
    assert bench.canvas.has_draft()


def test_it_may_cross_itself_and_the_border(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    for corner in ((-10, -10), (100, 100), (100, -10), (-10, 100)):
        bench.click(corner)
    bench.key(Qt.Key.Key_Return)
    assert bench.labels[45, 5] == 1
    assert bench.labels[45, 95] == 1
    assert bench.labels[10, 45] == 0


def test_begun_with_the_right_button_it_is_background(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    for corner in CORNERS:
        bench.click(corner, RIGHT)
    bench.key(Qt.Key.Key_Return)
    assert not bench.labels.any()
    assert bench.corrected[40, 100] == 1


def test_another_tool_drops_the_draft(bench: Bench) -> None:
    draw(bench)
    bench.canvas.set_tool("brush")
    bench.canvas.set_tool("polygon")
    assert not bench.canvas.has_draft()


def overrides(bench: Bench, key: Qt.Key) -> bool:
    event = QKeyEvent(QKeyEvent.Type.ShortcutOverride, key, NO_KEYS)
    event.ignore()
    QApplication.sendEvent(bench.canvas, event)
    return event.isAccepted()


def test_enter_and_esc_belong_to_the_window_unless_there_is_a_draft(bench: Bench) -> None:
    keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Backspace)
    bench.canvas.set_tool("polygon")
    assert not any(overrides(bench, key) for key in keys)
    draw(bench)
    assert all(overrides(bench, key) for key in keys)
    assert not overrides(bench, Qt.Key.Key_D)


def test_the_draft_is_seen_and_follows_the_mouse(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    before = bench.screenshot()
    draw(bench)
    bench.move((20, 120))
    during = bench.screenshot()
    bench.key(Qt.Key.Key_Escape)
    assert np.any(during != before)
    assert np.array_equal(bench.screenshot(), before)
