"""Training until it stops improving: without a budget, resumed, and seen in pictures on the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.images import ImageSource, read_image
from segdesk.core.jobs import Job, Progress, TrainRequest, TrainResult
from segdesk.gui.panels.strip import Pixels
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint
from tests.gui.fake_engine import FakeEngine, better


def strip_of(gray: int) -> Pixels:
    return np.full((30, 92, 3), gray, np.uint8)


@pytest.fixture
def thorough(project_window: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The window, with an engine that shows two pictures on the way."""

    def train(request: TrainRequest) -> Job[TrainResult]:
        engine.trained.append(request)
        for gray in (40, 90):
            yield Progress(None, "Learning", strip=strip_of(gray))
        request.out.write_bytes(b"a model")
        return better(request)

    monkeypatch.setattr(engine, "train", train)
    paint(project_window, (10, 30), (40, 30))
    return project_window


def test_training_until_it_stops_improving_has_no_budget_and_can_be_resumed(
    qtbot: QtBot, thorough: MainWindow, engine: FakeEngine
) -> None:
    thorough.bench.settings.change(recipe="tutorial")
    with qtbot.waitSignal(thorough.worker.idle):
        thorough.actions_["train_thoroughly"].trigger()
    asked = engine.trained[0]
    assert asked.recipe == "tutorial"
    assert asked.thorough
    assert asked.seconds is None
    assert asked.checkpoint is not None
    assert asked.strips is not None
    assert thorough.model.outcome.text().startswith("Learned")


def test_pictures_of_the_training_are_shown_enlarged_and_saved(
    qtbot: QtBot, thorough: MainWindow, tmp_path: Path
) -> None:
    strip = thorough.model.strip
    assert strip.isHidden()
    with qtbot.waitSignal(thorough.worker.idle):
        thorough.actions_["train_thoroughly"].trigger()
    assert not strip.isHidden()
    assert strip.picture.pixels is not None
    assert np.array_equal(strip.picture.pixels, strip_of(90))

    QTest.mouseClick(strip.picture, Qt.MouseButton.LeftButton)
    large = strip.enlarged
    assert large is not None
    assert large.isVisible()
    assert not large.isModal()
    QTest.keyClick(large, Qt.Key.Key_Escape)
    assert not large.isVisible()

    strip.save_to(tmp_path / "strip.png")
    assert np.array_equal(read_image(ImageSource(tmp_path / "strip.png")), strip_of(90))
    told: list[str] = []
    thorough.bench.error.connect(told.append)
    (tmp_path / "file").write_text("in the way")
    strip.save_to(tmp_path / "file" / "strip.png")
    assert len(told) == 1
    thorough.bench.create_project(tmp_path / "other.segdesk", ["cell"], [])
    assert strip.isHidden()
