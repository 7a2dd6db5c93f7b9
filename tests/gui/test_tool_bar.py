from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from segdesk.gui.tools import GROUPS, TOOLS
from segdesk.gui.window import MainWindow


def resized(qtbot: QtBot, window: MainWindow, height: int) -> list[str]:
    """Names of the tools that have a button of their own in a window of that height."""
    window.resize(1000, height)
    qtbot.waitUntil(lambda: window.height() == height)
    QApplication.processEvents()
    buttons = window.tools.findChildren(QToolButton)
    actions = [b.defaultAction() for b in buttons if b.isVisible() and b.menu() is None]
    return [a.objectName().removeprefix("tool_") for a in actions if a is not None]


def test_all_tools_are_in_sight_where_there_is_room(qtbot: QtBot, project_window: MainWindow) -> None:
    assert set(TOOLS) <= set(resized(qtbot, project_window, 1600))


def test_a_low_window_lets_groups_share_a_button(qtbot: QtBot, project_window: MainWindow) -> None:
    window = project_window
    alone = resized(qtbot, window, 640)
    assert {"brush", "eraser", "pan"} <= set(alone)
    shared = [name for name, family in window.tools.families.items() if family.isVisible()]
    assert shared
    for name in shared:
        assert not {tool.id for tool in GROUPS[name]} & set(alone)
    assert set(TOOLS) <= set(resized(qtbot, window, 1600))


def test_a_shared_button_shows_the_tool_used_last(qtbot: QtBot, project_window: MainWindow) -> None:
    window = project_window
    resized(qtbot, window, 640)
    family = window.tools.families["assisted"]
    window.actions_["tool_superpixel"].trigger()
    assert family.defaultAction() is window.actions_["tool_superpixel"]
    assert family.accessibleName() == window.actions_["tool_superpixel"].text()
    window.actions_["tool_brush"].trigger()
    QTest.mouseClick(family, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert window.canvas.tool.id == "superpixel"
    assert [a.objectName() for a in family.menu().actions()] == [f"tool_{t.id}" for t in GROUPS["assisted"]]
