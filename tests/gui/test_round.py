"""Rounds through the window: held, begun by themselves, and what they leave for the next."""

from __future__ import annotations

from math import nan
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.jobs import Job, Progress, TrainRequest, TrainResult
from segdesk.core.settings import SettingsFile
from segdesk.gui.dialogs.settings import SettingsDialog
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint, retrain
from tests.gui.fake_engine import FakeEngine


def start_round(window: MainWindow, engine: FakeEngine) -> None:
    """A round that waits at the gate."""
    paint(window, (10, 30), (40, 30))
    engine.gate.clear()
    engine.under_way.clear()
    window.learning.retrain()
    assert engine.under_way.wait(60)


def is_held(window: MainWindow) -> bool:
    return window.worker.is_paused


# Held


def test_a_round_is_held_by_a_click_and_goes_on_with_another(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    start_round(project_window, engine)
    bar = project_window.job_bars[0]
    qtbot.waitUntil(lambda: bar.isVisible() and "18 s left" in bar.label.text())
    QTest.mouseClick(bar.pause, Qt.MouseButton.LeftButton)

    assert bar.label.text() == "Paused, 18 s left"
    assert bar.pause.accessibleName() == "Go on"
    assert "Ctrl+Shift+T" in bar.pause.toolTip()
    assert project_window.area.loop_bar.buttons["retrain"].text() == "Paused"
    assert "paused" in project_window.area.loop_bar.advice.text()
    engine.gate.set()
    paint(project_window, (10, 40), (40, 40))  # everything else goes on
    assert project_window.bench.document is not None
    assert project_window.bench.document.mask.corrected[40, 20] == 1
    assert project_window.learning.is_learning

    with qtbot.waitSignal(project_window.worker.idle):
        QTest.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    assert project_window.model.outcome.text().startswith("Learned")


def test_the_key_holds_and_lets_go(qtbot: QtBot, project_window: MainWindow, engine: FakeEngine) -> None:
    start_round(project_window, engine)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(project_window.canvas, Qt.Key.Key_T, both)
    assert is_held(project_window)
    assert project_window.actions_["pause"].text() == "Go on"
    QTest.keyClick(project_window.canvas, Qt.Key.Key_T, both)
    assert not is_held(project_window)
    with qtbot.waitSignal(project_window.worker.idle):
        engine.gate.set()
    assert not project_window.actions_["pause"].isEnabled()


def test_a_held_round_can_be_stopped(qtbot: QtBot, project_window: MainWindow, engine: FakeEngine) -> None:
    start_round(project_window, engine)
    project_window.learning.pause(True)
    with qtbot.waitSignal(project_window.worker.idle):
        project_window.actions_["stop"].trigger()
    assert engine.cleaned_up.is_set()
    assert not project_window.learning.is_learning
    assert project_window.learning.new_corrections  # nothing has learned from them
    engine.gate.set()
    retrain(qtbot, project_window)
    assert project_window.model.outcome.text().startswith("Learned")


def test_the_window_closes_while_a_round_is_held(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    start_round(project_window, engine)
    project_window.learning.pause(True)
    project_window.close()
    assert engine.cleaned_up.is_set()


# By itself


def learn_by_itself(window: MainWindow, corrections: int) -> None:
    window.bench.settings.change(corrections_per_round=corrections)
    window.actions_["learn_by_itself"].trigger()
    assert window.actions_["learn_by_itself"].isChecked()


def test_a_round_begins_when_enough_corrections_have_come_in(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    learn_by_itself(project_window, 2)
    paint(project_window, (10, 30), (40, 30))
    assert project_window.area.loop_bar.advice.text() == (
        "Learning by itself: 1 of 2 corrections for the next round."
    )
    assert not engine.trained
    with qtbot.waitSignal(project_window.worker.idle):
        paint(project_window, (10, 40), (40, 40))
    assert len(engine.trained) == 1
    assert engine.trained[0].samples[0].mask.unpack().corrected[40, 20] == 1


def test_no_round_begins_by_itself_unless_it_is_wanted(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    learn_by_itself(project_window, 1)
    project_window.actions_["learn_by_itself"].trigger()
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    assert len(engine.trained) == 1


def test_strokes_during_a_round_count_for_the_next(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    learn_by_itself(project_window, 2)
    paint(project_window, (10, 30), (40, 30))
    engine.gate.clear()
    paint(project_window, (10, 40), (40, 40))
    qtbot.waitUntil(lambda: len(engine.trained) == 1)
    paint(project_window, (10, 20), (40, 20))
    assert project_window.learning.by_itself == (1, 2)
    with qtbot.waitSignal(project_window.worker.idle):
        engine.gate.set()
    assert len(engine.trained) == 1
    with qtbot.waitSignal(project_window.worker.idle):
        paint(project_window, (10, 10), (40, 10))
    assert len(engine.trained) == 2
    assert engine.trained[1].samples[0].mask.unpack().corrected[20, 20] == 1


def test_no_round_begins_under_the_brush(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    canvas = project_window.canvas

    def place(x: int, y: int) -> QPoint:
        return canvas.to_widget((x + 0.5, y + 0.5)).toPoint()

    paint(project_window, (10, 30), (40, 30))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place(10, 40))
    learn_by_itself(project_window, 1)
    with qtbot.waitSignal(project_window.automatic.put_off):
        QTest.mouseMove(canvas, place(40, 40))
    assert not engine.trained
    with qtbot.waitSignal(project_window.worker.idle):
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place(40, 40))
    assert engine.trained[0].samples[0].mask.unpack().corrected[40, 20] == 1


def test_no_round_begins_while_a_shape_is_drawn(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    canvas = project_window.canvas
    paint(project_window, (10, 30), (40, 30))
    canvas.set_tool("polygon")
    for x, y in ((10, 10), (30, 10), (30, 20)):
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.to_widget((x, y)).toPoint())
    assert canvas.has_draft()
    with qtbot.waitSignal(project_window.automatic.put_off):
        learn_by_itself(project_window, 1)
    assert not engine.trained
    with qtbot.waitSignal(project_window.worker.idle):
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert engine.trained[0].samples[0].mask.unpack().corrected[12, 25] == 1


def test_no_round_begins_while_something_is_held(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    engine.gate.clear()
    engine.under_way.clear()
    project_window.learning.predicting.predict_all_unconfirmed()
    assert engine.under_way.wait(60)
    project_window.learning.pause(True)
    learn_by_itself(project_window, 1)
    paint(project_window, (10, 40), (40, 40))
    QCoreApplication.processEvents()
    assert not project_window.learning.is_learning
    engine.gate.set()
    project_window.learning.pause(False)
    qtbot.waitUntil(lambda: len(engine.trained) == 2 and project_window.worker.is_idle)


def test_a_round_that_came_to_nothing_is_not_begun_again_at_once(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    learn_by_itself(project_window, 1)
    engine.gate.clear()
    paint(project_window, (10, 30), (40, 30))
    qtbot.waitUntil(lambda: len(engine.trained) == 1)
    with qtbot.waitSignal(project_window.worker.idle):
        project_window.learning.cancel()
    assert project_window.learning.by_itself == (0, 1)
    engine.gate.set()
    with qtbot.waitSignal(project_window.worker.idle):
        paint(project_window, (10, 40), (40, 40))
    assert len(engine.trained) == 2


def test_a_stroke_during_a_round_is_for_the_next(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    start_round(project_window, engine)
    assert project_window.learning.corrections == 0
    paint(project_window, (10, 40), (40, 40))
    with qtbot.waitSignal(project_window.worker.idle):
        engine.gate.set()
    assert engine.trained[0].samples[0].mask.unpack().corrected[40, 20] == 0
    assert project_window.learning.new_corrections
    assert project_window.learning.corrections == 1


def test_a_round_in_which_nothing_was_a_number_is_survived(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train(request: TrainRequest) -> Job[TrainResult]:
        engine.trained.append(request)
        for loss in (0.5, nan, nan):
            yield Progress(0.5, "Learning", figures={"loss": loss, "dice": nan})
        return TrainResult(False, None, 0.0, "unet", {"loss": nan}, ((1.0, nan, nan), (2.0, nan, nan)))

    monkeypatch.setattr(engine, "train", train)
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    assert "did not lead to a usable model" in project_window.model.outcome.text()
    retrain(qtbot, project_window)
    assert len(engine.trained) == 2


def test_what_no_round_has_learned_from_is_known_when_the_project_is_opened_again(
    qtbot: QtBot, project_window: MainWindow, home: Path
) -> None:
    bench = project_window.bench
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    paint(project_window, (10, 40), (40, 40))
    paint(project_window, (10, 10), (40, 10))
    assert bench.project is not None
    folder = bench.project.folder
    bench.create_project(home / "other.segdesk", ["cell"], [])
    assert project_window.learning.corrections == 0
    bench.open_project(folder)
    assert project_window.learning.corrections == 2
    assert project_window.learning.new_corrections


def test_the_settings_ask_for_numbers_only_where_they_count(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(dialog: SettingsDialog) -> bool:
        assert not dialog.corrections.isEnabled()
        dialog.by_itself.click()
        assert dialog.corrections.isEnabled()
        dialog.corrections.setValue(3)
        dialog.recipe.setCurrentIndex(dialog.recipe.findText("as tutorials do"))
        dialog.rebuild.setChecked(True)
        dialog.minutes.setValue(7)
        return True

    monkeypatch.setattr(SettingsDialog, "exec", change)
    window.actions_["settings"].trigger()
    assert window.learning.by_itself == (0, 3)
    assert window.actions_["learn_by_itself"].isChecked()
    values = SettingsFile().values
    assert values.recipe == "tutorial"
    assert (values.learn_by_itself, values.rebuild_when_idle, values.idle_minutes) == (True, True, 7)
