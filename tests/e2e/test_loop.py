"""The whole loop in the real window, with the real engine: open, paint, retrain, correct, confirm, export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from segdesk.core.jobs import TrainRequest
from segdesk.core.loop import training_request
from segdesk.core.mask import Plane
from segdesk.core.metrics import class_score, confusion
from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.core.settings import SettingsFile
from segdesk.formats.registry import export_formats
from segdesk.gui.exporting import start_export
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from tests.data import data_dir
from tests.e2e.person import Person, dabs, draw_images

pytestmark = pytest.mark.slow

_STEPS = 40  # of the round: what a machine manages in some seconds depends on what else it does
_ROUND_MS = 600_000
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    def by_steps(project: Project, **wanted: Any) -> TrainRequest:
        return replace(training_request(project, **wanted), seconds=None, steps=_STEPS)

    monkeypatch.setattr("segdesk.gui.rounds.training_request", by_steps)
    window = MainWindow(SettingsFile(), Theme("light"))
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.close()


@dataclass(frozen=True)
class Pictures:
    """Three images to work on, what is really in them, and the Dice that a first short round must reach."""

    files: list[Path]
    truths: list[Plane]
    dice: float


@pytest.fixture(params=["generated cells", "drive"])
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Pictures:
    if request.param == "drive":
        folder = data_dir("drive")
        files = sorted((folder / "images").iterdir())[:3]
        masks = [np.asarray(Image.open(folder / "masks" / f"{file.stem}.png")) for file in files]
        return Pictures(files, [(mask > 127).astype(np.uint8) for mask in masks], 0.15)
    truths = draw_images(tmp_path / "images", 3)
    return Pictures([tmp_path / "images" / name for name in truths], list(truths.values()), 0.3)


def test_the_loop(qtbot: QtBot, window: MainWindow, pictures: Pictures, tmp_path: Path) -> None:
    names = [file.name for file in pictures.files]
    person, bench, learning = Person(window), window.bench, window.learning
    assert window.pages.currentWidget() is window.welcome

    with qtbot.waitSignal(bench.picture_ready):
        person.drops(pictures.files)
    assert window.pages.currentWidget() is window.area
    assert _states(window) == [State.NEW] * 3
    assert bench.project is not None
    folder = bench.project.folder

    # A little of each class, by brush and digit keys.
    assert bench.document is not None
    document = bench.document
    truth = pictures.truths[0]
    window.options.brush_size = 9
    person.presses(Qt.Key.Key_B)
    person.presses(Qt.Key.Key_1)
    for stroke in dabs(truth, 1, 10):
        person.drags(stroke)
    person.presses(Qt.Key.Key_0)
    for stroke in dabs(truth, 0, 14):
        person.drags(stroke)
    said = document.mask.corrected == 1
    assert np.array_equal(np.unique(document.mask.labels[said]), [0, 1])
    assert _states(window) == [State.CORRECTED, State.NEW, State.NEW]

    # One round; painting goes on meanwhile, and what was painted stays.
    previews: list[object] = []  # of the model that learns; the finished one shows its own
    learning.preview.connect(lambda preview: previews.append(preview) if learning.is_learning else None)
    with (
        qtbot.waitSignal(learning.outcome, timeout=_ROUND_MS) as told,
        qtbot.waitSignal(window.worker.idle, timeout=2 * _ROUND_MS),
    ):
        with qtbot.waitSignal(learning.figures, timeout=_ROUND_MS):
            person.presses(Qt.Key.Key_T, CTRL)
        assert learning.is_learning
        person.drags([(40.0, 300.0), (60.0, 300.0)])
        painted = document.mask.copy()
    assert told.args is not None
    assert told.args[0].startswith("Learned")
    assert bench.project.versions.in_use() is not None
    assert any(preview is not None for preview in previews)
    assert _states(window) == [State.CORRECTED, State.PREDICTED, State.PREDICTED]
    said = painted.corrected == 1
    assert np.array_equal(document.mask.labels[said], painted.labels[said])
    seen = Project(folder)
    labels = seen.masks.load(bench.samples[1]).labels
    assert class_score(confusion(labels, pictures.truths[1], 2), 1).dice > pictures.dice
    seen.close()

    # Correct: erase by the right button, take it back, draw a polygon, fill.
    before = document.mask.copy()
    person.drags([(200.0, 200.0), (240.0, 200.0)], Qt.MouseButton.RightButton)
    assert (document.mask.labels[200, 200:240] == 0).all()
    assert document.mask.corrected[200, 200:240].all()
    person.presses(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(document.mask.labels, before.labels)
    assert np.array_equal(document.mask.corrected, before.corrected)
    person.presses(Qt.Key.Key_Z, CTRL | SHIFT)
    person.presses(Qt.Key.Key_1)
    person.presses(Qt.Key.Key_P)
    for corner in ((300.0, 100.0), (340.0, 100.0), (340.0, 140.0), (300.0, 140.0)):
        person.clicks(corner)
    person.presses(Qt.Key.Key_Return)
    assert (document.mask.labels[105:135, 305:335] == 1).all()
    assert bench.current is not None
    assert bench.current.source.path.name == names[0], "Enter closed the polygon, and confirmed nothing"

    # Confirm goes on to the next image.
    with qtbot.waitSignal(bench.picture_ready):
        person.presses(Qt.Key.Key_Return)
    assert _states(window)[0] is State.CONFIRMED
    assert bench.current.source.path.name == names[1]
    with qtbot.waitSignal(bench.picture_ready):
        person.presses(Qt.Key.Key_A)
    assert bench.document is not None
    assert bench.document.history.undo == "Confirm"

    # Export in every format, then close and look again.
    with qtbot.waitSignal(window.files.idle):
        start_export(bench, window.files, bench.project, list(export_formats()), tmp_path / "out")
    exported = np.asarray(Image.open((tmp_path / "out" / "class-png" / names[0]).with_suffix(".png")))
    assert np.array_equal(exported, bench.document.mask.labels)
    assert (tmp_path / "out" / "model" / "model.safetensors").is_file()
    window.close()

    again = Project(folder)
    assert [s.state for s in again.samples.all()] == [State.CONFIRMED, State.PREDICTED, State.PREDICTED]
    assert np.array_equal(again.masks.load(again.samples.all()[0]).labels, exported)
    again.close()


def _states(window: MainWindow) -> list[State]:
    return [sample.state for sample in window.bench.samples]
