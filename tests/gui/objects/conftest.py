from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from segdesk.gui.window import MainWindow
from tests.gui.canvas.kit import Bench, make_bench
from tests.gui.conftest import MakeImages


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    """A canvas on an image of 200 x 150 with two cells, and one of another class."""
    made = make_bench(qtbot, tmp_path, np.full((150, 200), 100, np.uint8))
    cv2.circle(made.labels, (50, 75), 20, (1,), -1)
    cv2.circle(made.labels, (120, 75), 15, (1,), -1)
    cv2.circle(made.labels, (170, 30), 8, (2,), -1)
    made.canvas.refresh()
    made.canvas.set_tool("select")
    yield made
    made.project.close()


@pytest.fixture
def objects_window(qtbot: QtBot, window: MainWindow, make_images: MakeImages) -> MainWindow:
    """The window on three images of 200 x 150; the mask of the first has three objects of two classes."""
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths(make_images(3, 200, 150))
    window.bench.class_verbs.add("wall")
    document = window.bench.document
    assert document is not None
    labels = np.zeros((150, 200), np.uint8)
    cv2.circle(labels, (50, 75), 20, (1,), -1)
    cv2.circle(labels, (120, 75), 15, (1,), -1)
    cv2.circle(labels, (170, 30), 8, (2,), -1)
    window.bench.after_change(document.correct("Draw", lambda edit: edit.assert_labels(labels, labels > 0)))
    window.canvas.set_tool("select")
    window.canvas.setFocus()
    return window
