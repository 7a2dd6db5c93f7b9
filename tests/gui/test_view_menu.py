"""The view menu names each panel once, and says which are in sight."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget

from segdesk.gui.window import MainWindow

BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def test_each_panel_has_one_entry_that_can_be_ticked(project_window: MainWindow) -> None:
    view = project_window.menus["view"]
    entries = Counter(action for action in view.actions() if not action.isSeparator())
    assert set(entries.values()) == {1}
    words = Counter(action.text() for action in entries)
    assert set(words.values()) == {1}
    docks = {dock.windowTitle() for dock in project_window.findChildren(QDockWidget)}
    assert not {"Quality"} & set(words)  # it has an order with words of its own
    assert words["Data set"] == 1
    assert all(action.isCheckable() for action in entries if action.text() in docks)


@pytest.mark.parametrize(("name", "key"), [("quality", Qt.Key.Key_G), ("dataset", Qt.Key.Key_E)])
def test_the_entry_is_ticked_while_its_panel_is_in_sight(
    name: str, key: Qt.Key, project_window: MainWindow
) -> None:
    action, dock = project_window.actions_[name], getattr(project_window, name)
    assert not action.isChecked()
    QTest.keyClick(project_window.canvas, key, BOTH)
    assert dock.isVisible()
    assert action.isChecked()
    project_window.docks.model.raise_()  # another tab is in front
    assert not action.isChecked()
    action.trigger()
    assert action.isChecked()
    assert dock.isVisible()
    action.trigger()
    assert not dock.isVisible()
    assert not action.isChecked()
    dock.show()
    dock.close()  # by its own button
    assert not action.isChecked()


def test_keys_that_are_held_do_not_put_a_panel_away_again(project_window: MainWindow) -> None:
    for name in ("quality", "dataset", "object_table"):
        assert not project_window.actions_[name].autoRepeat()
