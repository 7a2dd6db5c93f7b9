from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.settings import SettingsFile
from segdesk.gui.app import forget_foreign_plugins
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from tests.gui.canvas.kit import Bench, make_bench
from tests.gui.fake_engine import FakeEngine, better

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
forget_foreign_plugins()

MakeImages = Callable[..., list[Path]]


@pytest.fixture(autouse=True, scope="module")
def _closed_windows_end_in_this_thread() -> Iterator[None]:
    """As in the application, no other thread frees what a window leaves behind."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, projects and logs of a person who has never used SegDesk."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SEGDESK_HOME", str(folder))
    return folder


@pytest.fixture
def make_images(tmp_path: Path) -> MakeImages:
    """Images with one bright square each, at another place in each."""

    def make(count: int = 3, width: int = 64, height: int = 48) -> list[Path]:
        folder = tmp_path / "images"
        folder.mkdir(exist_ok=True)
        paths = []
        for number in range(count):
            pixels: NDArray[np.uint8] = np.full((height, width), 40, np.uint8)
            pixels[8:24, 4 + 4 * number : 20 + 4 * number] = 220
            path = folder / f"img{number}.png"
            path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
            paths.append(path)
        return paths

    return make


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    fake = FakeEngine(better)
    yield fake
    fake.gate.set()


@pytest.fixture
def window(qtbot: QtBot, engine: FakeEngine) -> Iterator[MainWindow]:
    """The real window with an engine that needs no torch; shown, and met the engine."""
    shown = MainWindow(SettingsFile(), Theme("light"), lambda: engine)
    qtbot.addWidget(shown)
    shown.resize(1000, 700)
    with qtbot.waitSignal(shown.learning.met):
        shown.show()
        shown.learning.warm_up()
    yield shown
    engine.gate.set()
    shown.close()


@pytest.fixture
def project_window(qtbot: QtBot, window: MainWindow, make_images: MakeImages) -> MainWindow:
    """The window on a new project of three images, the first one on screen."""
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths(make_images(3))
    return window


def paint(window: MainWindow, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Drag the brush between two pixels of the image, with the left button."""
    canvas = window.canvas

    def place(point: tuple[int, int]) -> QPoint:
        return canvas.to_widget((point[0] + 0.5, point[1] + 0.5)).toPoint()

    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place(start))
    QTest.mouseMove(canvas, place(end))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place(end))


def retrain(qtbot: QtBot, window: MainWindow) -> None:
    """Do a round, and wait for it and for the predictions that follow."""
    with qtbot.waitSignal(window.worker.idle):
        window.learning.retrain()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    """A canvas on a mid-gray image of 200 x 150."""
    made = make_bench(qtbot, tmp_path, np.full((150, 200), 100, np.uint8))
    yield made
    made.project.close()
