from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.settings import SettingsFile
from segdesk.gui.actions import keys_text
from segdesk.gui.dialogs.palette import CommandPalette
from segdesk.gui.dialogs.shortcuts import ShortcutsDialog
from segdesk.gui.panels.palette_row import KEYS
from segdesk.gui.shortcuts import PRESETS, normal, reserved
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from tests.gui.fake_engine import FakeEngine, better


@pytest.mark.parametrize("preset", list(PRESETS))
def test_no_key_means_two_things_in_any_preset(window: MainWindow, preset: str) -> None:
    window.shortcuts.choose(preset)
    used = Counter(key for order in window.actions_.orders for key in order.keys)
    assert [key for key, count in used.items() if count > 1 or not key] == []
    assert not reserved().keys() & used.keys()
    for order_id, keys in PRESETS[preset].items():
        assert window.shortcuts.keys(order_id) == tuple(normal(key) for key in keys)


def test_a_preset_is_used_and_left_again(qtbot: QtBot, project_window: MainWindow) -> None:
    window = project_window
    window.shortcuts.choose("labelme")
    QTest.keyClick(window.canvas, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert window.canvas.tool.id == "polygon"
    assert "N" in window.actions_["tool_polygon"].toolTip()
    window.shortcuts.choose("SegDesk")
    assert window.shortcuts.keys("new_project") == ("Ctrl+N",)


def test_an_own_key_is_kept_and_takes_the_key_from_others(qtbot: QtBot, project_window: MainWindow) -> None:
    window = project_window
    window.shortcuts.set_keys("tool_lasso", ["B", "Ctrl+Alt+G"])
    QTest.keyClick(window.canvas, Qt.Key.Key_B)
    assert window.canvas.tool.id == "lasso"
    assert window.shortcuts.keys("tool_brush") == ()
    window.shortcuts.choose("ISAT")
    assert window.shortcuts.keys("tool_lasso") == ("B", "Ctrl+Alt+G")
    again = MainWindow(SettingsFile(), Theme("light"), lambda: FakeEngine(better))
    qtbot.addWidget(again)
    assert again.shortcuts.keys("tool_lasso") == ("B", "Ctrl+Alt+G")
    assert again.shortcuts.preset == "ISAT"
    again.shortcuts.reset("tool_lasso")
    assert again.shortcuts.keys("tool_lasso") == ("L",)
    assert again.shortcuts.keys("tool_brush") == ("B",)
    again.close()


def test_settings_that_cannot_be_read_are_passed_over(qtbot: QtBot) -> None:
    settings = SettingsFile()
    settings.change(shortcuts=("nonsense", "{}", '["no_such_order", "B"]', '["tool_lasso", 3]', "[]"))
    window = MainWindow(settings, Theme("light"), lambda: FakeEngine(better))
    qtbot.addWidget(window)
    assert window.shortcuts.keys("tool_lasso") == ("L",)
    window.close()


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow) -> ShortcutsDialog:
    shown = ShortcutsDialog(window.shortcuts, window)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def press(dialog: ShortcutsDialog, order_id: str, key: str) -> None:
    dialog.select(order_id)
    dialog.keys.setKeySequence(QKeySequence(key))
    dialog.keys.editingFinished.emit()


def test_a_free_key_is_taken_at_once(window: MainWindow, dialog: ShortcutsDialog) -> None:
    press(dialog, "tool_brush", "Ctrl+Alt+B")
    assert window.shortcuts.keys("tool_brush") == ("Ctrl+Alt+B",)
    assert "Ctrl+Alt+B" in dialog._items["tool_brush"].text(1)
    assert not dialog.take.isVisible()
    dialog.reset.click()
    assert window.shortcuts.keys("tool_brush") == ("B",)


def test_a_conflict_is_shown_and_can_be_settled(window: MainWindow, dialog: ShortcutsDialog) -> None:
    press(dialog, "tool_brush", "P")
    assert window.shortcuts.keys("tool_brush") == ("B",)
    assert window.actions_["tool_polygon"].text() in dialog.told.text()
    dialog.take.click()
    assert window.shortcuts.keys("tool_brush") == ("P",)
    assert window.shortcuts.keys("tool_polygon") == ()
    dialog.reset_all.click()
    assert window.shortcuts.keys("tool_polygon") == ("P",)


def test_keys_of_the_canvas_are_refused(window: MainWindow, dialog: ShortcutsDialog) -> None:
    press(dialog, "tool_brush", "Space")
    assert dialog.told.text()
    assert window.shortcuts.keys("tool_brush") == ("B",)


def test_other_keys_of_an_order_stay(window: MainWindow, dialog: ShortcutsDialog) -> None:
    press(dialog, "redo", "Ctrl+Alt+Z")
    assert window.shortcuts.keys("redo") == ("Ctrl+Alt+Z", "Ctrl+Y")
    press(dialog, "redo", "")
    assert window.shortcuts.keys("redo") == ()


def test_the_dialog_finds_commands_and_keys(dialog: ShortcutsDialog) -> None:
    dialog.search.setText("Polygon")
    assert not dialog._items["tool_polygon"].isHidden()
    assert dialog._items["undo"].isHidden()
    dialog.search.setText("Ctrl+Y")
    assert not dialog._items["redo"].isHidden()


def test_a_preset_is_chosen_in_the_dialog(window: MainWindow, dialog: ShortcutsDialog) -> None:
    dialog.preset.setCurrentIndex(dialog.preset.findData("labelme"))
    dialog.preset.activated.emit(dialog.preset.currentIndex())
    assert window.shortcuts.preset == "labelme"
    assert "Ctrl+N" in dialog._items["tool_polygon"].text(1)


def test_the_palette_shows_the_keys_in_use(qtbot: QtBot, project_window: MainWindow) -> None:
    project_window.shortcuts.set_keys("tool_lasso", ["Ctrl+Alt+G"])
    palette = CommandPalette(project_window.actions_, project_window)
    qtbot.addWidget(palette)
    palette.field.setText("Lasso")
    assert palette.list.item(0).data(KEYS) == "Ctrl+Alt+G"


def test_every_tool_is_reached_by_the_palette(qtbot: QtBot, project_window: MainWindow) -> None:
    palette = CommandPalette(project_window.actions_, project_window)
    qtbot.addWidget(palette)
    for order in project_window.actions_.orders:
        if order.id.startswith("tool_"):
            palette.field.setText(order.text)
            found = [palette.list.item(row).text() for row in range(palette.list.count())]
            assert order.text in found


@pytest.mark.parametrize("preset", PRESETS)
def test_each_order_has_a_key_and_none_has_two_meanings(window: MainWindow, preset: str) -> None:
    window.shortcuts.choose(preset)
    keys = [key for order in window.shortcuts.orders for key in order.keys]
    assert len(keys) == len(set(keys))
    assert [order.id for order in window.shortcuts.orders if not order.keys] == []
    for order in window.shortcuts.orders:
        assert keys_text(order.keys) in window.actions_[order.id].toolTip()
