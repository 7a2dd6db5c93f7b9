"""Each assisted tool, used by mouse and keys in the real window, on images that people really have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from segdesk.core.document import Document
from segdesk.core.settings import SettingsFile
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from tests.core.assisted.scenes import blob
from tests.data import data_dir
from tests.e2e.person import Person, Point
from tests.gui.fake_engine import FakeEngine, better

RIGHT = Qt.MouseButton.RightButton


def _real(name: str, pattern: str) -> Callable[[Path], Path]:
    return lambda _: sorted((data_dir(name) / "images").glob(pattern))[0]


def _generated(folder: Path) -> Path:
    path = folder / "blob.png"
    Image.fromarray(blob()[0]).save(path)
    return path


def _stack(folder: Path) -> Path:
    """Three pages of 16 bits, whose values use a small part of their range."""
    gray = blob()[0].mean(axis=2)
    path = folder / "stack.tif"
    pages = np.stack([(gray * 8 + 900 + 50 * page).astype(np.uint16) for page in range(3)])
    tifffile.imwrite(path, pages, photometric="minisblack")
    return path


_IMAGES = {
    "generated": _generated,
    "16-bit stack": _stack,
    "vessels": _real("drive", "*.tif"),
    "roots": _real("roots_segroot", "*.jpg"),
    "street": _real("camvid", "*.png"),
}


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(SettingsFile(), Theme("light"), lambda: FakeEngine(better))
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.close()


_LARGE = pytest.param("roots", marks=pytest.mark.slow)


@pytest.fixture(params=["generated", "16-bit stack", "vessels", "street", _LARGE])
def person(request: pytest.FixtureRequest, qtbot: QtBot, window: MainWindow, tmp_path: Path) -> Person:
    """Someone with one image on screen."""
    path = _IMAGES[request.param](tmp_path)
    window.bench.intake.pick_pages = lambda files: {file: range(count) for file, count in files.items()}
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths([path])
    return Person(window)


class _Hands:
    """A person who counts in shares of the image, waits for the tools, and looks at what they did."""

    def __init__(self, person: Person, qtbot: QtBot) -> None:
        document = person.window.bench.document
        assert document is not None
        self.person, self.qtbot, self.document = person, qtbot, document
        self.canvas = person.canvas
        self.height, self.width = document.mask.labels.shape

    def at(self, x: float, y: float) -> Point:
        return round(x * self.width), round(y * self.height)

    def takes(self, tool: str) -> None:
        self.person.window.actions_[f"tool_{tool}"].trigger()
        assert self.canvas.tool.id == tool

    def waits(self) -> AbstractContextManager[object]:
        return self.qtbot.waitSignal(self.canvas.busy, check_params_cb=lambda busy: not busy)

    def keeps(self) -> AbstractContextManager[object]:
        return self.qtbot.waitSignal(self.canvas.stroke_finished)


def _undone(document: Document, window: MainWindow, name: str) -> None:
    """The last step is of that name, changed something, and is one step of undo."""
    assert document.history.undo == name
    before = document.mask.corrected.sum()
    assert before > 0
    window.bench.undo()
    assert document.mask.corrected.sum() < before


def test_every_tool_paints_in_one_step(person: Person, qtbot: QtBot) -> None:
    hands, window = _Hands(person, qtbot), person.window
    document = hands.document

    hands.takes("wand")
    with hands.keeps():
        person.clicks(hands.at(0.5, 0.5))
    _undone(document, window, "Magic wand")

    hands.takes("livewire")
    for x, y in ((0.35, 0.35), (0.6, 0.36), (0.62, 0.6), (0.38, 0.62)):
        with hands.waits():
            person.clicks(hands.at(x, y))
    person.presses(Qt.Key.Key_Return)
    _undone(document, window, "Livewire")

    hands.takes("grabcut")
    with hands.waits():
        person.drags([hands.at(0.28, 0.28), hands.at(0.5, 0.5), hands.at(0.72, 0.72)])
    with hands.waits():
        person.drags([hands.at(0.45, 0.5), hands.at(0.52, 0.5)])
    with hands.waits():
        person.drags([hands.at(0.31, 0.31), hands.at(0.31, 0.6)], RIGHT)
    person.presses(Qt.Key.Key_Return)
    _undone(document, window, "GrabCut")

    hands.takes("superpixel")
    with hands.keeps():
        person.drags([hands.at(0.4, 0.5), hands.at(0.5, 0.5), hands.at(0.5, 0.55)])
    _undone(document, window, "Superpixel brush")

    hands.takes("threshold")
    window.options.brush_size = hands.width // 10
    person.drags([hands.at(0.4, 0.5), hands.at(0.5, 0.5)])
    _undone(document, window, "Threshold brush")

    assert not document.mask.labels.any()
    assert not document.mask.corrected.any()


def test_the_prediction_is_judged_thresholded_and_seen(person: Person, qtbot: QtBot) -> None:
    hands, window = _Hands(person, qtbot), person.window
    document = hands.document
    hands.takes("brush")
    window.options.brush_size = max(4, hands.width // 60)
    person.drags([hands.at(0.1, 0.1), hands.at(0.12, 0.12)])
    with qtbot.waitSignal(window.worker.idle):
        window.learning.retrain()
    document.predict(np.ones_like(document.mask.labels), 1)
    window.canvas.show_change(document.mask.box)

    hands.takes("accept")
    person.drags([hands.at(0.4, 0.5), hands.at(0.5, 0.5)])
    assert document.history.undo == "Accept prediction"
    person.drags([hands.at(0.4, 0.7), hands.at(0.5, 0.7)], RIGHT)
    assert document.history.undo == "Reject prediction"
    judged = document.mask.labels.copy()

    told = window.learning.predicting.opinion.probabilities
    with qtbot.waitSignal(told, check_params_cb=lambda _, planes: planes is not None):
        window.actions_["threshold"].trigger()
    with qtbot.waitSignal(window.bench.document_changed):
        window.thresholding.strip.slider.setValue(70)
    spoken = document.mask.corrected == 1
    assert (document.mask.labels[spoken] == judged[spoken]).all()
    assert document.history.undo == "Threshold 70 %"
    window.bench.undo()
    assert (document.mask.labels == judged).all()

    window.actions_["probability"].trigger()
    assert window.canvas.probability is not None
