"""Every word of the window goes through translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QDockWidget,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QSpinBox,
    QToolBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from segdesk.core.jobs import ModelReport
from segdesk.core.settings import SettingsFile
from segdesk.core.translation import use_translator
from segdesk.gui.dialogs.about import AboutDialog
from segdesk.gui.dialogs.crash import ReportDialog
from segdesk.gui.dialogs.export import ExportDialog
from segdesk.gui.dialogs.new_project import NewProjectDialog
from segdesk.gui.dialogs.pages import PagesDialog
from segdesk.gui.dialogs.palette import CommandPalette
from segdesk.gui.dialogs.settings import SettingsDialog
from segdesk.gui.dialogs.shortcuts import ShortcutsDialog
from segdesk.gui.models.getting import GetModels
from segdesk.gui.models.network_choice import NetworkChoice
from segdesk.gui.models.purpose import Purpose
from segdesk.gui.models.recipe import RecipeSheet
from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages, paint, retrain

# What is nobody's language: names of programs, files, keys and numbers.
_KEYS = r"(Ctrl|Shift|Alt|PgUp|PgDown|Enter|F\d+|[A-Z\d\[\]+,.= -])+"
_DATA = re.compile(rf"SegDesk|Untitled \d|img\d\.png|stack\.tif|/.*|English|{_KEYS}|U2?-Net.*|a report")

# Parts that Qt makes and translates by itself; the last two belong to the tabs of panels.
_QT_PARTS = ("qt_", "ScrollLeftButton", "ScrollRightButton")


@pytest.fixture
def pseudo() -> Iterator[None]:
    use_translator(lambda text: f"«{text}»")
    yield
    use_translator(str)


def texts(top: QWidget) -> Iterator[tuple[str, str]]:
    """Each text that a person can see or hear below a widget, with where it is."""
    for widget in [top, *top.findChildren(QWidget)]:
        if widget.objectName().startswith(_QT_PARTS):
            continue
        where = f"{type(widget).__name__} {widget.objectName()}"
        found = [widget.toolTip(), widget.accessibleName()]
        if isinstance(widget, QLabel | QAbstractButton):
            found.append(widget.text())
        elif isinstance(widget, QDockWidget | QToolBar | QDialog):
            found.append(widget.windowTitle())
        elif isinstance(widget, QMenu):
            found.append(widget.title())
        elif isinstance(widget, QLineEdit):
            found.append(widget.placeholderText())
        elif isinstance(widget, QComboBox):
            found += [widget.itemText(row) for row in range(widget.count())]
        elif isinstance(widget, QListWidget):
            found += [widget.item(row).text() for row in range(widget.count())]
            found += [widget.item(row).toolTip() for row in range(widget.count())]
        elif isinstance(widget, QSpinBox):
            found.append(widget.specialValueText())
        yield from ((where, text) for text in found)
    for action in top.findChildren(QAction):
        from_pyqtgraph = action.text().startswith("Export") and action.objectName() == ""
        if not from_pyqtgraph and not action.objectName().startswith("_q_"):
            yield from ((f"action {action.objectName()}", text) for text in (action.text(), action.toolTip()))


def untranslated(top: QWidget) -> list[tuple[str, str]]:
    return [
        (where, text)
        for where, text in texts(top)
        if re.search(r"[^\W\d_]", text) and "«" not in text and not _DATA.fullmatch(text)
    ]


def test_every_text_of_the_window_is_translated(
    pseudo: None,
    qtbot: QtBot,
    window: MainWindow,
    make_images: MakeImages,
) -> None:
    found = untranslated(window)
    assert found == [], found
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths(make_images(2))
    paint(window, (10, 30), (40, 30))
    retrain(qtbot, window)
    retrain(qtbot, window)
    window.bench.samples[1].source.path.unlink()
    window.bench.next()
    window.bench.next()
    assert len(list(texts(window))) > 200
    found = untranslated(window)
    assert found == [], found


def model_windows(window: MainWindow) -> list[QWidget]:
    report = ModelReport("«»", 3, 1, 7_000_000, "range", "«»", unclear=True)
    return [
        NetworkChoice([], parent=window),
        Purpose("", window),
        RecipeSheet("«»", report, "", "", window),
        RecipeSheet("«»", report, "«»", "", window),
        GetModels(window.models.downloads, window),
    ]


def test_every_text_of_the_dialogs_is_translated(
    pseudo: None, qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    dialogs = [
        AboutDialog(window),
        ReportDialog("«»", "a report", window),
        ExportDialog(tmp_path, has_model=True, parent=window),
        NewProjectDialog(tmp_path, [], window),
        PagesDialog({Path("stack.tif"): 3}, window),
        CommandPalette(window.actions_, window),
        SettingsDialog(SettingsFile().values, [], [], window),
        ShortcutsDialog(window.shortcuts, window),
        *model_windows(window),
    ]
    for dialog in dialogs:
        qtbot.addWidget(dialog)
        assert untranslated(dialog) == []


def test_every_control_has_a_name_for_screen_readers(qtbot: QtBot, project_window: MainWindow) -> None:
    nameless = [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in project_window.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QComboBox | QSpinBox | QListWidget)
        and not widget.objectName().startswith("qt_")
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
    ]
    assert nameless == []


def test_buttons_say_what_they_do_in_a_tooltip(project_window: MainWindow) -> None:
    silent = [
        button.accessibleName() or button.text()
        for button in project_window.findChildren(QAbstractButton)
        if not button.toolTip() and not button.objectName().startswith(_QT_PARTS)
    ]
    assert silent == []
