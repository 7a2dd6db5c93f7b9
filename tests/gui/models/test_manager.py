"""The window of all models: its groups, and what can be done with each of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from segdesk.core import catalogue
from segdesk.core.jobs import ModelChoice
from segdesk.core.model_library import library_files
from segdesk.core.project import Project
from segdesk.gui.models import manager as manager_module
from segdesk.gui.models.entries import Kind
from segdesk.gui.models.manager import ModelManager
from segdesk.gui.models.recipe import RecipeSheet
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint, retrain
from tests.gui.fake_engine import FakeEngine


def project_of(window: MainWindow) -> Project:
    assert window.bench.project is not None
    return window.bench.project


def opened(window: MainWindow) -> ModelManager:
    window.actions_["models"].trigger()
    assert window.models.manager is not None
    return window.models.manager


def select(qtbot: QtBot, manager: ModelManager, kind: Kind) -> None:
    """Click the first entry of this kind, and wait until it is known what it is."""
    place = [entry.kind for entry in manager.list.entries()].index(kind)
    key = manager.list.entries()[place].key
    row = next(
        row for row in range(manager.list.count()) if (manager.list.item(row).text(), key) == (
            manager.list.entries()[place].title, key)
    )  # fmt: skip
    manager.list.scrollToItem(manager.list.item(row))
    QTest.mouseClick(
        manager.list.viewport(),
        Qt.MouseButton.LeftButton,
        pos=manager.list.visualItemRect(manager.list.item(row)).center(),
    )
    entry = manager.details.entry
    assert entry is not None
    assert entry.kind is kind
    qtbot.waitUntil(lambda: entry.file is None or manager.details.found is not None)


def press(manager: ModelManager, name: str) -> None:
    button = manager.details.buttons[name]
    assert button.isVisible()
    assert button.isEnabled(), button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def mine() -> Path:
    folder = catalogue.folder()
    folder.mkdir(parents=True)
    path = folder / "cells.pth"
    path.write_bytes(b"weights")
    (folder / ".part.pth").write_bytes(b"half")
    return path


def test_everything_is_listed_in_its_group(qtbot: QtBot, project_window: MainWindow, mine: Path) -> None:
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    manager = opened(project_window)
    entries = manager.list.entries()
    assert [e.kind for e in entries[:3]] == [Kind.VERSION, Kind.MINE, Kind.STARTER]
    assert [e.title for e in entries if e.kind is Kind.MINE] == ["cells"]
    assert entries[0].in_use
    assert "U-Net" in [e.title for e in entries if e.kind is Kind.NETWORK]
    assert "My models" in [manager.list.item(row).text() for row in range(manager.list.count())]


def test_an_own_model_is_described_and_used(qtbot: QtBot, project_window: MainWindow, mine: Path) -> None:
    manager = opened(project_window)
    select(qtbot, manager, Kind.MINE)
    facts = dict(manager.details.facts.facts)
    assert facts["Family"] == "U2-Net"
    assert "44.0 million parameters" in facts["Size"]
    with qtbot.waitSignal(project_window.bench.versions_changed):
        press(manager, "use")
    qtbot.waitUntil(lambda: project_of(project_window).versions.in_use() is not None)
    assert manager.list.entries()[0].kind is Kind.VERSION


def test_an_own_model_is_tried(qtbot: QtBot, project_window: MainWindow, mine: Path) -> None:
    manager = opened(project_window)
    select(qtbot, manager, Kind.MINE)
    press(manager, "try")
    trial = project_window.models.trial
    qtbot.waitUntil(lambda: trial.is_shown and not trial.is_running)
    assert project_of(project_window).versions.all() == []
    trial.end()


def test_deleting_an_own_model_asks_first(qtbot: QtBot, project_window: MainWindow, mine: Path) -> None:
    manager = opened(project_window)
    select(qtbot, manager, Kind.MINE)
    for answer, left in (("Keep", [mine]), ("Delete", [])):
        press(manager, "delete")
        question = manager.findChild(QMessageBox)
        assert question is not None
        button = next(b for b in question.buttons() if b.text() == answer)
        with qtbot.waitSignal(question.destroyed):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert library_files() == left
    assert not [e for e in manager.list.entries() if e.kind is Kind.MINE]


def test_the_next_round_starts_with_a_network(qtbot: QtBot, project_window: MainWindow) -> None:
    manager = opened(project_window)
    select(qtbot, manager, Kind.NETWORK)
    assert not manager.details.buttons["try"].isEnabled()
    assert not manager.details.buttons["delete"].isVisible()
    press(manager, "use")
    assert project_window.learning.start == ModelChoice(network="unet")


def test_a_version_is_renamed_and_exported_as_onnx(
    qtbot: QtBot, project_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    manager = opened(project_window)
    select(qtbot, manager, Kind.VERSION)
    assert not manager.details.buttons["delete"].isEnabled()  # it is in use
    press(manager, "rename")
    dialog = manager.findChild(QInputDialog)
    assert dialog is not None
    dialog.setTextValue("the good one")
    with qtbot.waitSignal(project_window.bench.versions_changed):
        dialog.accept()
    assert manager.details.title.text() == "Version 1, the good one"
    target = tmp_path / "out.onnx"
    monkeypatch.setattr(manager_module, "place_to_export", lambda *_: target)
    with qtbot.waitSignal(project_window.worker.idle):
        press(manager, "export")
    assert target.read_bytes() == b"onnx"


def test_another_recipe_makes_a_new_version(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    manager = opened(project_window)
    select(qtbot, manager, Kind.VERSION)
    press(manager, "recipe")
    sheet = manager.findChild(RecipeSheet)
    assert sheet is not None
    size, colors = sheet.fields["size"], sheet.fields["color"]
    width = sheet.fields["width"]
    assert not width.isVisible()
    size.setCurrentIndex(size.findData("stretch"))  # type: ignore[attr-defined]
    assert width.isVisible()
    colors.setCurrentIndex(colors.findData("bgr"))  # type: ignore[attr-defined]
    with qtbot.waitSignal(project_window.bench.versions_changed):
        QTest.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    ((_, changes),) = engine.recipes_changed
    assert changes == {"size": "stretch", "width": 320, "height": 320, "color": "bgr"}
    versions = project_of(project_window).versions
    in_use = versions.in_use()
    assert in_use is not None
    assert in_use.number == 2
    assert versions.get(1).file.exists()


def test_a_stretched_output_needs_a_fixed_size(qtbot: QtBot, project_window: MainWindow) -> None:
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    manager = opened(project_window)
    select(qtbot, manager, Kind.VERSION)
    press(manager, "recipe")
    sheet = manager.findChild(RecipeSheet)
    assert sheet is not None
    output = sheet.fields["output"]
    output.setCurrentIndex(output.findData("saliency"))  # type: ignore[attr-defined]
    QTest.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    assert "fixed size" in sheet.problem.text()
    assert sheet.isVisible()


def test_without_a_project_only_looking_is_possible(qtbot: QtBot, window: MainWindow, mine: Path) -> None:
    manager = opened(window)
    select(qtbot, manager, Kind.MINE)
    for name in ("use", "try"):
        assert not manager.details.buttons[name].isEnabled()
        assert manager.details.buttons[name].toolTip().startswith("Open")


def test_escape_closes_the_manager(qtbot: QtBot, project_window: MainWindow) -> None:
    manager = opened(project_window)
    with qtbot.waitActive(manager):
        manager.activateWindow()
    QTest.keyClick(manager.list, Qt.Key.Key_Escape)
    assert not manager.isVisible()
