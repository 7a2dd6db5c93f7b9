"""The model is learned anew from everything while nobody is there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.gui.idle import IdleWatch
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint, retrain
from tests.gui.fake_engine import FakeEngine, not_better


@pytest.fixture
def three_corrected(qtbot: QtBot, project_window: MainWindow) -> MainWindow:
    """Three corrected samples and a model of them."""
    bench = project_window.bench
    for sample in list(bench.samples):
        if bench.current is None or bench.current.id != sample.id:
            with qtbot.waitSignal(bench.picture_ready):
                bench.go_to(sample.id)
        paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    return project_window


def idle(window: MainWindow) -> None:
    window.automatic.idle_watch.idle.emit()


def test_a_rebuild_begins_afresh_takes_longer_and_says_what_it_was(
    qtbot: QtBot, three_corrected: MainWindow, engine: FakeEngine
) -> None:
    told: list[str] = []
    three_corrected.worker.progressed.connect(lambda progress: told.append(progress.text))
    with qtbot.waitSignal(three_corrected.worker.idle):
        idle(three_corrected)

    assert "Rebuilding the model" in told
    first, rebuild = engine.trained
    assert rebuild.start.file is None
    assert rebuild.start.network == "unet"  # that of the version in use
    assert rebuild.baseline == first.out
    assert rebuild.seconds == 180
    assert "This was a rebuild" in three_corrected.model.outcome.text()
    project = three_corrected.bench.project
    assert project is not None
    in_use = project.versions.in_use()
    assert in_use is not None
    assert in_use.round is not None
    assert in_use.number == 2
    assert in_use.round.parent is None


def test_nothing_is_rebuilt_twice_from_the_same_corrections(
    qtbot: QtBot, three_corrected: MainWindow, engine: FakeEngine
) -> None:
    engine.result = not_better
    with qtbot.waitSignal(three_corrected.worker.idle):
        idle(three_corrected)
    idle(three_corrected)
    assert three_corrected.worker.is_idle
    assert len(engine.trained) == 2
    paint(three_corrected, (10, 40), (40, 40))
    with qtbot.waitSignal(three_corrected.worker.idle):
        idle(three_corrected)
    assert len(engine.trained) == 3
    assert three_corrected.learning.new_corrections  # the version in use has not learned from the last one


def test_two_samples_are_too_few_to_rebuild_from(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    idle(project_window)
    assert project_window.worker.is_idle
    assert len(engine.trained) == 1


def test_retrain_ends_a_rebuild_and_begins(
    qtbot: QtBot, three_corrected: MainWindow, engine: FakeEngine
) -> None:
    engine.gate.clear()
    idle(three_corrected)
    qtbot.waitUntil(lambda: len(engine.trained) == 2)
    assert three_corrected.area.loop_bar.buttons["retrain"].isEnabled()
    three_corrected.actions_["retrain"].trigger()
    qtbot.waitUntil(lambda: len(engine.trained) == 3)
    with qtbot.waitSignal(three_corrected.worker.idle):
        engine.gate.set()
    project = three_corrected.bench.project
    assert project is not None
    assert [v.number for v in project.versions.all()] == [1, 2]  # the rebuild has left nothing
    assert engine.trained[2].start.file == engine.trained[0].out


def test_a_prediction_that_somebody_wants_ends_a_rebuild(
    qtbot: QtBot, three_corrected: MainWindow, engine: FakeEngine
) -> None:
    engine.gate.clear()
    idle(three_corrected)
    qtbot.waitUntil(lambda: len(engine.trained) == 2)
    before = len(engine.predicted)
    three_corrected.actions_["predict"].trigger()
    qtbot.waitUntil(lambda: len(engine.predicted) == before + 1)
    with qtbot.waitSignal(three_corrected.worker.idle):
        engine.gate.set()
    assert three_corrected.worker.is_idle


def test_whoever_uses_the_window_is_there(qtbot: QtBot, window: MainWindow) -> None:
    watch = IdleWatch(window)
    heard: list[bool] = []
    watch.idle.connect(lambda: heard.append(True))
    watch.watch(0.4)
    for n in range(30):  # more often than it takes, were nobody there
        with qtbot.waitSignal(watch._slice.timeout):
            QTest.mouseMove(window.canvas, QPoint(10 + n, 10))
            QTest.keyClick(window, Qt.Key.Key_Shift)
    assert not heard
    with qtbot.waitSignal(watch.idle):
        pass
    watch.watch(0)
