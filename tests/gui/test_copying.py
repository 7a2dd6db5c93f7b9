"""Save project as…: the window goes on with the copy, or says why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.jobs import Progress
from segdesk.gui.dialogs.copying import Copying
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint


def _save_as(window: MainWindow, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segdesk.gui.commands.new_project_folder", lambda *_: folder)
    window.actions_["save_as"].trigger()


def test_the_window_goes_on_with_the_copy(
    project_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(project_window, (10, 30), (40, 30))
    _save_as(project_window, tmp_path / "copy.segdesk", monkeypatch)
    assert project_window.bench.project is not None
    assert project_window.bench.project.folder == tmp_path / "copy.segdesk"
    assert project_window.bench.document is not None
    assert project_window.bench.document.mask.labels[30, 20] == 1
    assert project_window.area.shows_image


def test_where_it_cannot_be_copied_it_says_why_and_goes_on(
    qtbot: QtBot, project_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_window.bench.project
    file = tmp_path / "a file"
    file.touch()
    with qtbot.waitSignal(project_window.bench.error) as said:
        _save_as(project_window, file / "copy.segdesk", monkeypatch)
    assert "choose another folder" in said.args[0]
    assert project_window.bench.project is project


def test_it_can_be_cancelled_and_closes_when_the_half_is_gone(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def endless(*_: Path) -> Iterator[Progress]:
        try:
            while True:
                yield Progress(0.5, "")
        finally:
            order.append("gone")

    monkeypatch.setattr("segdesk.gui.dialogs.copying.copy_project", endless)
    dialog = Copying(tmp_path / "p.segdesk", tmp_path / "q.segdesk")
    qtbot.addWidget(dialog)
    dialog.rejected.connect(lambda: order.append("closed"))
    dialog.show()
    qtbot.waitUntil(lambda: dialog.bar.value() == 500)
    with qtbot.waitSignal(dialog.rejected):
        QTest.mouseClick(dialog.no, Qt.MouseButton.LeftButton)
    assert order == ["gone", "closed"]
    assert dialog.refusal is None
