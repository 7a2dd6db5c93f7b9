"""Finding an image by its name, in the real window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages


def shown(window: MainWindow) -> list[str]:
    samples = window.bench.samples
    return [samples[row].source.path.name for row in window.bench.listing.rows]


def on_screen(window: MainWindow) -> str:
    assert window.bench.current is not None
    return window.bench.current.source.path.name


def test_typing_narrows_the_list_and_enter_goes_there(project_window: MainWindow) -> None:
    find = project_window.samples.finder
    assert find.isHidden()
    QTest.keyClick(project_window.canvas, Qt.Key.Key_Slash)
    assert find.isVisible()
    QTest.keyClicks(find.field, "MG2")
    assert shown(project_window) == ["img0.png", "img2.png"]  # the one on screen stays
    assert find.count.text() == "1 image"
    QTest.keyClick(find.field, Qt.Key.Key_Return)
    assert on_screen(project_window) == "img2.png"
    assert shown(project_window) == ["img2.png"]
    assert project_window.bench.listing.counts.total() == 3


def test_escape_shows_all_again(project_window: MainWindow) -> None:
    find = project_window.samples.finder
    project_window.actions_["find_image"].trigger()
    QTest.keyClicks(find.field, "nowhere")
    assert find.count.text() == "No image has this in its name."
    QTest.keyClick(find.field, Qt.Key.Key_Return)
    assert on_screen(project_window) == "img0.png"
    QTest.keyClick(find.field, Qt.Key.Key_Escape)
    assert find.isHidden()
    assert len(shown(project_window)) == 3


def test_another_project_is_shown_whole(
    qtbot: QtBot, project_window: MainWindow, make_images: MakeImages, tmp_path: Path
) -> None:
    project_window.actions_["find_image"].trigger()
    QTest.keyClicks(project_window.samples.finder.field, "img1")
    with qtbot.waitSignal(project_window.bench.picture_ready):
        project_window.bench.create_project(tmp_path / "other.segdesk", ["x"], make_images(2))
    assert project_window.samples.finder.isHidden()
    assert shown(project_window) == ["img0.png", "img1.png"]
