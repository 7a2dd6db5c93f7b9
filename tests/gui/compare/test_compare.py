"""Two versions beside each other: what is said, and what is asked of the engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.patch import State
from segdesk.gui.canvas import Style
from segdesk.gui.compare import CompareWindow, predictions
from segdesk.gui.window import MainWindow
from tests.gui.compare.kit import TwoMinds, compared, look, orange, text
from tests.gui.conftest import paint


def test_each_side_shows_its_version(shown: CompareWindow) -> None:
    # Below the square, only version 2 sees anything; the divider stands in the middle.
    assert not orange(shown, (10, 40))
    assert orange(shown, (54, 40))
    assert orange(shown, (12, 12))
    assert shown.choices.numbers() == (1, 2)


def test_the_line_says_how_much_they_differ(shown: CompareWindow) -> None:
    # The square is 16 x 16 of 64 x 48; the lower half is 64 x 24 more.
    assert "50.0 % of the pixels" in text(shown)
    assert f"Dice between the two {2 * 256 / (256 + 256 + 1536):.2f}" in text(shown)
    assert "confirmed" not in text(shown)


def test_a_confirmed_mask_judges_both(qtbot: QtBot, learned: MainWindow) -> None:
    learned.bench.next()
    bench = learned.bench
    with qtbot.waitSignal(learned.worker.idle):
        learned.versions.use(1)
        learned.learning.predicting.predict_current()
    sample = bench.current
    assert sample is not None
    compare = look(qtbot, learned, 1, 2)
    bench.confirm_and_next()
    bench.go_to(sample.id)
    qtbot.waitUntil(lambda: "Against the confirmed mask: version 1 Dice 1.000" in text(compare))
    assert "version 2 Dice 0.250" in text(compare)


def test_it_follows_the_sample_and_remembers(
    qtbot: QtBot, learned: MainWindow, shown: CompareWindow, engine: TwoMinds
) -> None:
    asked = len(engine.predicted)
    learned.bench.next()
    assert not text(shown).startswith("They")
    compared(qtbot, shown)
    assert [[i.sample_id for i in request.items] for request in engine.predicted[asked:]] == [[3], [3]]
    assert "img2" in shown.windowTitle()
    learned.bench.previous()
    compared(qtbot, shown)
    assert len(engine.predicted) == asked + 2
    learned.bench.reload()  # the file may be another one now
    compared(qtbot, shown)
    assert len(engine.predicted) == asked + 4


def test_the_cache_has_a_limit(
    qtbot: QtBot,
    learned: MainWindow,
    shown: CompareWindow,
    engine: TwoMinds,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(predictions, "CACHE_BYTES", 3 * 64 * 48)
    learned.bench.next()
    compared(qtbot, shown)
    assert len(shown.predictions._kept) == 3
    asked = len(engine.predicted)
    learned.bench.previous()
    compared(qtbot, shown)
    assert len(engine.predicted) == asked + 1


def test_nothing_is_written_into_the_project(learned: MainWindow, shown: CompareWindow) -> None:
    sample = learned.bench.samples[1]
    assert sample.status.predicted_by == 3
    assert learned.bench.document is not None
    assert not learned.bench.document.mask.labels.any()  # as version 3 said


def test_another_version_can_be_chosen(qtbot: QtBot, shown: CompareWindow) -> None:
    box = shown.choices.left
    box.setCurrentIndex(box.findData(3))
    box.activated.emit(box.currentIndex())
    assert not text(shown).startswith("They")
    compared(qtbot, shown)
    assert "Dice between the two 0.00" in text(shown)
    assert not orange(shown, (12, 12))


def test_it_looks_as_the_canvas_does(learned: MainWindow, shown: CompareWindow) -> None:
    learned.canvas.overlay = replace(learned.canvas.overlay, style=Style.OUTLINE)
    assert shown.view.overlay.style is Style.OUTLINE
    learned.bench.class_verbs.recolor(1, (0, 0, 255))
    assert not orange(shown, (54, 24))


def test_stopping_and_going_on(
    qtbot: QtBot, learned: MainWindow, shown: CompareWindow, engine: TwoMinds
) -> None:
    engine.gate.clear()
    engine.under_way.clear()
    learned.bench.next()
    assert engine.under_way.wait(60)
    qtbot.waitUntil(shown.status.stop.isVisible)
    assert "Predicting with version 1" in text(shown)
    with qtbot.waitSignal(learned.worker.idle):
        QTest.mouseClick(shown.status.stop, Qt.MouseButton.LeftButton)
    assert "Stopped" in text(shown)
    engine.gate.set()
    QTest.mouseClick(shown.status.again, Qt.MouseButton.LeftButton)
    compared(qtbot, shown)


def test_leaving_an_image_stops_its_predictions(
    qtbot: QtBot, learned: MainWindow, shown: CompareWindow, engine: TwoMinds
) -> None:
    engine.gate.clear()
    engine.under_way.clear()
    learned.bench.next()
    assert engine.under_way.wait(60)
    learned.bench.previous()  # this one is remembered
    learned.bench.next()  # and here again, before the engine has heard of it
    with qtbot.waitSignal(learned.worker.idle):
        engine.gate.set()
    compared(qtbot, shown)


def test_while_learning_it_waits_and_says_so(
    qtbot: QtBot, learned: MainWindow, shown: CompareWindow, engine: TwoMinds
) -> None:
    engine.gate.clear()
    engine.under_way.clear()
    learned.learning.retrain()
    assert engine.under_way.wait(60)
    learned.bench.next()
    assert "Waiting until" in text(shown)
    engine.gate.set()
    compared(qtbot, shown)


def test_it_goes_before_predictions_of_many_images(
    qtbot: QtBot, learned: MainWindow, shown: CompareWindow, engine: TwoMinds
) -> None:
    engine.gate.clear()
    engine.under_way.clear()
    learned.learning.predicting.predict_all_unconfirmed()
    assert engine.under_way.wait(60)
    asked = len(engine.predicted)
    learned.bench.next()
    with qtbot.waitSignal(learned.worker.idle):
        engine.gate.set()
    models = [request.model.stem for request in engine.predicted[asked:]]
    assert models[0] == "version-001"
    assert "version-003" in models  # the rest is predicted afterwards
    compared(qtbot, shown)


def test_a_missing_file_is_told(qtbot: QtBot, learned: MainWindow, shown: CompareWindow) -> None:
    project = learned.bench.project
    assert project is not None
    project.versions.get(2).file.unlink()
    with qtbot.waitSignal(learned.worker.idle):
        learned.bench.next()
    qtbot.waitUntil(lambda: "The file of version 2 is missing" in text(shown))
    assert shown.isVisible()
    assert learned.notice.isHidden()


def test_a_prediction_that_fails_is_told(
    qtbot: QtBot, learned: MainWindow, shown: CompareWindow, engine: TwoMinds
) -> None:
    engine.unreadable.add(3)
    learned.bench.next()
    qtbot.waitUntil(lambda: "No luck." in text(shown))
    engine.unreadable.clear()
    QTest.mouseClick(shown.status.again, Qt.MouseButton.LeftButton)
    compared(qtbot, shown)


def test_an_image_that_is_gone_is_told(learned: MainWindow, shown: CompareWindow) -> None:
    learned.bench.next()
    learned.bench.samples[2].source.path.unlink()
    learned.bench.reload()
    assert shown.empty.isVisible()
    assert "img2.png" in shown.empty.label.text()
    assert text(shown) == ""


def test_a_deleted_version_gives_way(qtbot: QtBot, learned: MainWindow, shown: CompareWindow) -> None:
    learned.versions.delete(1)
    assert shown.choices.left.count() == 2
    assert set(shown.choices.numbers()) == {2}
    compared(qtbot, shown)
    learned.versions.delete(2)
    assert not shown.isVisible()  # one alone is nothing to compare


def test_another_project_closes_it(learned: MainWindow, shown: CompareWindow, tmp_path: Path) -> None:
    learned.bench.create_project(tmp_path / "other.segdesk", ["cell"], [])
    assert not shown.isVisible()


def test_it_closes_with_the_main_window(learned: MainWindow, shown: CompareWindow) -> None:
    learned.close()
    assert not shown.isVisible()


def test_it_can_be_opened_by_key_again_and_again(
    qtbot: QtBot, learned: MainWindow, shown: CompareWindow
) -> None:
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.isVisible()
    learned.activateWindow()
    qtbot.waitUntil(learned.isActiveWindow)
    ctrl_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(learned.canvas, Qt.Key.Key_V, ctrl_shift)
    assert shown.isVisible()
    compared(qtbot, shown)
    assert shown.choices.numbers() == (2, 3)


def test_keys_of_the_window_go_through_the_images(learned: MainWindow, shown: CompareWindow) -> None:
    QTest.keyClick(shown.view, Qt.Key.Key_D)
    assert learned.bench.current is not None
    assert learned.bench.current.id == 3
    assert learned.bench.current.state is not State.CONFIRMED
    QTest.keyClick(shown.view, Qt.Key.Key_B)
    assert shown.choices.before_after.isChecked()


def test_the_judgement_follows_the_confirmed_mask(
    qtbot: QtBot, learned: MainWindow, shown: CompareWindow
) -> None:
    bench = learned.bench
    bench.confirm_and_next()
    bench.go_to(2)
    qtbot.waitUntil(lambda: "Against the confirmed mask" in text(shown))
    said = text(shown)
    learned.options.active_class = 1
    paint(learned, (10, 30), (40, 30))
    assert bench.samples[1].state is State.CONFIRMED
    qtbot.waitUntil(lambda: text(shown).startswith("They ") and text(shown) != said)
    assert "Against the confirmed mask" in text(shown)
