"""A mask never lands on another picture without the person's word, and moved images are found."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from segdesk.core.patch import State
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint


@pytest.fixture
def painted(qtbot: QtBot, project_window: MainWindow) -> MainWindow:
    """A project whose first image is corrected and known by its pixels, and off screen now."""
    bench = project_window.bench
    qtbot.waitUntil(lambda: bench.samples[0].fingerprint.pixels is not None)
    paint(project_window, (10, 30), (40, 30))
    bench.go_to(bench.samples[1].id)
    qtbot.waitUntil(lambda: bench.samples[1].fingerprint.pixels is not None)
    return project_window


def draw_another(path: Path) -> None:
    path.write_bytes(cv2.imencode(".png", np.full((48, 64), 77, np.uint8))[1].tobytes())


def come_back(window: MainWindow) -> None:
    """Go to the first image, whose file is read again."""
    bench = window.bench
    bench.go_to(bench.samples[1].id)
    bench.go_to(bench.samples[0].id)


def press(qtbot: QtBot, window: MainWindow, text: str) -> None:
    def shown() -> list[QPushButton]:
        return [b for b in window.area.empty.findChildren(QPushButton) if b.isVisible() and b.text() == text]

    qtbot.waitUntil(lambda: bool(shown()))
    (button,) = shown()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_another_picture_asks_before_the_mask_is_shown_on_it(qtbot: QtBot, painted: MainWindow) -> None:
    bench = painted.bench
    draw_another(bench.samples[0].source.path)
    come_back(painted)
    assert not painted.area.shows_image
    assert "Does the mask still fit?" in painted.area.empty.label.text()
    press(qtbot, painted, "Keep the mask")
    assert bench.picture is not None
    assert bench.document is not None
    assert bench.document.mask.corrected.any()
    come_back(painted)
    assert bench.picture is not None, "it was answered once and for all"


def test_beginning_with_an_empty_mask(qtbot: QtBot, painted: MainWindow) -> None:
    bench = painted.bench
    draw_another(bench.samples[0].source.path)
    come_back(painted)
    press(qtbot, painted, "Begin with an empty mask")
    assert bench.picture is not None
    assert bench.document is not None
    assert not bench.document.mask.corrected.any()
    assert bench.samples[0].state is State.NEW
    assert not painted.actions_["begin_anew"].isEnabled()


def test_another_size_can_only_begin_anew(qtbot: QtBot, painted: MainWindow) -> None:
    bench = painted.bench
    path = bench.samples[0].source.path
    path.write_bytes(cv2.imencode(".png", np.full((20, 30), 77, np.uint8))[1].tobytes())
    come_back(painted)
    assert "changed its size" in painted.area.empty.label.text()
    press(qtbot, painted, "Begin with an empty mask")
    assert bench.document is not None
    assert bench.document.mask.labels.shape == (20, 30)
    assert bench.picture is not None


def test_the_same_pixels_in_a_new_file_are_the_same_picture(painted: MainWindow) -> None:
    bench = painted.bench
    path = bench.samples[0].source.path
    path.write_bytes(path.read_bytes() + b"\n")
    os.utime(path, ns=(5, 5))
    come_back(painted)
    assert bench.picture is not None
    assert bench.samples[0].fingerprint.time == 5


def test_moved_images_are_found_in_the_folder_that_the_person_names(
    qtbot: QtBot, painted: MainWindow, tmp_path: Path
) -> None:
    bench = painted.bench
    shutil.move(tmp_path / "images", tmp_path / "moved")
    (tmp_path / "moved" / "img0.png").rename(tmp_path / "moved" / "new name.png")
    (tmp_path / "moved" / "img2.png").unlink()
    bench.go_to(bench.samples[0].id)
    bench.reload()
    assert not painted.area.shows_image
    with qtbot.waitSignal(bench.message) as told:
        bench.image_files.find_missing(tmp_path / "moved")
    assert told.args == ["2 images found again. 1 are still missing."]
    assert bench.picture is not None
    assert bench.samples[0].source.path.name == "new name.png"
    assert bench.document is not None
    assert bench.document.mask.corrected.any()
