"""Rounds through the window: held, begun by themselves, done anew while nobody is there."""

from __future__ import annotations

from math import nan
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.images import ImageSource, read_image
from segdesk.core.jobs import Job, Progress, TrainRequest, TrainResult
from segdesk.core.settings import SettingsFile
from segdesk.gui.dialogs.settings import SettingsDialog
from segdesk.gui.idle import IdleWatch
from segdesk.gui.panels.strip import Pixels
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint, retrain
from tests.gui.fake_engine import FakeEngine, better, not_better


def start_round(window: MainWindow, engine: FakeEngine) -> None:
    """A round that waits at the gate."""
    paint(window, (10, 30), (40, 30))
    engine.gate.clear()
    engine.under_way.clear()
    window.learning.retrain()
    assert engine.under_way.wait(5)


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
    assert engine.under_way.wait(5)
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


# Anew, while nobody is there


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
    assert not three_corrected.learning.is_rebuilding


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


# Until it stops improving


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
