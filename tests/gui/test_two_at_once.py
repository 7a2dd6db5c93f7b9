"""A second window on a project shows who has it, changes nothing, and takes over when the other is gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.project import Project
from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages, paint, retrain

_HOLD = """
import sys
from pathlib import Path
from segdesk.core.project import Project
project = Project(Path(sys.argv[1]))
print("have it", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def folder(qtbot: QtBot, window: MainWindow, make_images: MakeImages, tmp_path: Path) -> Path:
    """A project of two images, which nobody has open."""
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.create_project(tmp_path / "p.segdesk", ["cell"], make_images(2))
    window.bench.create_project(tmp_path / "other.segdesk", ["cell"], [])
    return tmp_path / "p.segdesk"


def test_a_window_on_what_another_one_has(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    program = [sys.executable, "-c", _HOLD, str(folder)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "have it\n"
        with qtbot.waitSignal(window.bench.picture_ready):
            window.bench.open_project(folder)
        bar = window.area.read_only
        assert bar.isVisible()
        assert str(other.pid) in bar.label.text()
        assert not bar.take_over.isEnabled()
        paint(window, (10, 30), (40, 30))
        assert "open in another SegDesk" in window.notice.label.text()
        document = window.bench.document
        assert document is not None
        assert not document.mask.corrected.any()
        window.bench.take_over()
        assert bar.isVisible()
        other.kill()
        other.wait()
    with qtbot.waitSignal(window.bench.picture_ready):
        qtbot.waitUntil(bar.take_over.isEnabled)
        QTest.mouseClick(bar.take_over, Qt.MouseButton.LeftButton)
    assert bar.isHidden()
    paint(window, (10, 30), (40, 30))
    again = Project(folder, write=False)
    assert again.samples.all()[0].corrections == 1
    again.close()


def test_after_a_crash_the_project_is_checked_and_the_person_told(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    program = [sys.executable, "-c", _HOLD, str(folder)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        other.kill()
    with qtbot.waitSignal(window.bench.message, check_params_cb=lambda text: "everything is whole" in text):
        window.bench.open_project(folder)
    assert window.area.read_only.isHidden()


def test_a_backup_is_made_in_the_background_once_a_day(qtbot: QtBot, project_window: MainWindow) -> None:
    project = project_window.bench.project
    assert project is not None
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    with qtbot.waitSignal(project_window.keeping.worker.idle):
        project_window.keeping.look_after()
    assert len(list((project.folder / "backups").iterdir())) == 1
    assert project.versions.digest(1) is not None
    project_window.keeping.look_after()
    assert project_window.keeping.worker.is_idle
