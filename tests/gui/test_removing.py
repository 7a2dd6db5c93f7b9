"""Taking images out of the project, one by one or a whole stack at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from segdesk.core.images import ImageSource
from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages, paint


@pytest.fixture
def stack(qtbot: QtBot, window: MainWindow, make_images: MakeImages, tmp_path: Path) -> MainWindow:
    """An image, and a file of three pages; the second page is on screen and painted on."""
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, np.full((3, 48, 64), 90, np.uint8), photometric="minisblack")
    window.bench.intake.pick_pages = lambda files: {file: range(count) for file, count in files.items()}
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths([*make_images(1), path])
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.go_to(window.bench.samples[2].id)
    paint(window, (5, 5), (20, 20))
    return window


def sources(window: MainWindow) -> list[tuple[str, int]]:
    found: list[ImageSource] = [sample.source for sample in window.bench.samples]
    return [(source.path.name, source.page) for source in found]


def remove(qtbot: QtBot, window: MainWindow, answer: str) -> str:
    """Order it in the list's menu and answer the question; gives what it asked."""
    window.samples.list.actions()[0].trigger()
    question = window.findChild(QMessageBox)
    assert question is not None
    asked = question.text()
    button = next(each for each in question.buttons() if each.text() == answer)
    with qtbot.waitSignal(question.destroyed):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    return asked


def test_a_closed_stack_goes_with_all_of_its_pages(qtbot: QtBot, stack: MainWindow) -> None:
    with qtbot.waitSignal(stack.bench.picture_ready):
        asked = remove(qtbot, stack, "Remove all 3 pages")
    assert asked == (
        "Remove all 3 pages of stack.tif from the project? One mask is thrown away; the file stays."
    )
    assert sources(stack) == [("img0.png", 0)]
    assert stack.message.text() == "Removed all 3 pages of stack.tif from the project."
    assert stack.bench.project is not None
    assert len(stack.bench.project.samples.all()) == 1


def test_of_a_closed_stack_one_page_may_go_or_none(qtbot: QtBot, stack: MainWindow) -> None:
    remove(qtbot, stack, "Keep")
    assert len(stack.bench.samples) == 4
    with qtbot.waitSignal(stack.bench.picture_ready):
        remove(qtbot, stack, "Remove only page 2")
    assert sources(stack) == [("img0.png", 0), ("stack.tif", 0), ("stack.tif", 2)]


def test_of_an_open_stack_the_page_on_screen_goes(qtbot: QtBot, stack: MainWindow) -> None:
    model = stack.samples.model
    model.open_stack(model.index(1), True)
    with qtbot.waitSignal(stack.bench.picture_ready):
        assert "page 2" in remove(qtbot, stack, "Remove")
    assert sources(stack) == [("img0.png", 0), ("stack.tif", 0), ("stack.tif", 2)]


def test_an_image_without_a_mask_goes_at_once(qtbot: QtBot, stack: MainWindow) -> None:
    with qtbot.waitSignal(stack.bench.picture_ready):
        stack.bench.go_to(stack.bench.samples[0].id)
    with qtbot.waitSignal(stack.bench.picture_ready):
        stack.actions_["remove"].trigger()
    assert ("img0.png", 0) not in sources(stack)
