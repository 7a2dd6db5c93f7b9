"""The loop through the window: open, predict, correct, confirm, retrain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.gui.panels.versions_text import version_line
from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages, paint, retrain
from tests.gui.fake_engine import FakeEngine, bright, not_better


def states(window: MainWindow) -> list[str]:
    return [sample.state.value for sample in window.bench.samples]


def test_opening_images_makes_a_project_and_shows_the_first(project_window: MainWindow, home: Path) -> None:
    bench = project_window.bench
    assert bench.project is not None
    assert bench.project.folder == home / "data" / "projects" / "Untitled 1.segdesk"
    assert [c.name for c in bench.classes] == ["background", "object"]
    assert [s.source.path.name for s in bench.samples] == ["img0.png", "img1.png", "img2.png"]
    assert project_window.area.shows_image
    assert project_window.windowTitle().startswith("Untitled 1")
    assert project_window.canvas.visible_box() == (0, 0, 64, 48)


def test_going_from_image_to_image_by_key(qtbot: QtBot, project_window: MainWindow) -> None:
    bench = project_window.bench
    seen = [bench.current]
    for key in (Qt.Key.Key_D, Qt.Key.Key_PageDown, Qt.Key.Key_D, Qt.Key.Key_A, Qt.Key.Key_PageUp):
        QTest.keyClick(project_window.canvas, key)
        seen.append(bench.current)
    names = [sample.source.path.stem for sample in seen if sample is not None]
    assert names == ["img0", "img1", "img2", "img2", "img1", "img0"]
    assert project_window.samples.list.currentIndex().row() == 0


def test_a_stroke_is_a_correction_that_is_on_disk(project_window: MainWindow) -> None:
    bench = project_window.bench
    paint(project_window, (10, 30), (40, 30))

    assert bench.document is not None
    assert bench.document.mask.labels[30, 25] == 1
    assert states(project_window) == ["corrected", "new", "new"]
    assert bench.project is not None
    again = Project(bench.project.folder)
    assert np.array_equal(again.masks.load(again.samples.all()[0]).labels, bench.document.mask.labels)
    again.close()


def test_undo_and_redo(qtbot: QtBot, project_window: MainWindow) -> None:
    document = project_window.bench.document
    assert document is not None
    paint(project_window, (10, 30), (40, 30))
    painted = document.mask.labels.copy()

    assert project_window.actions_["undo"].text() == "Undo: Brush"
    QTest.keyClick(project_window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not document.mask.labels.any()
    assert states(project_window)[0] == "new"
    assert not project_window.actions_["undo"].isEnabled()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(project_window.canvas, Qt.Key.Key_Z, both)
    assert np.array_equal(document.mask.labels, painted)


def test_a_round_says_in_words_what_became_of_it(qtbot: QtBot, project_window: MainWindow) -> None:
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)

    sentence = "Learned: 0.78 on held-out corrections; in use as version 1."
    assert project_window.model.outcome.text() == sentence
    assert project_window.message.text() == sentence
    assert project_window.model.versions.item(0).text() == "Version 1 · Dice 0.78"

    retrain(qtbot, project_window)
    assert project_window.model.outcome.text().startswith("Better: 0.71 to 0.78")
    versions = project_window.model.versions
    lines = [versions.item(row).text() for row in range(versions.count())]
    assert lines == ["Version 2 · Dice 0.78", "Version 1 · Dice 0.78"]


def test_a_round_that_is_not_better_changes_nothing(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    predicted = len(engine.predicted)
    engine.result = not_better
    retrain(qtbot, project_window)

    assert "version 1 stays" in project_window.model.outcome.text()
    assert project_window.model.versions.count() == 1
    assert len(engine.predicted) == predicted


def test_after_a_round_every_unconfirmed_image_is_predicted_and_corrections_stay(
    qtbot: QtBot, project_window: MainWindow
) -> None:
    bench = project_window.bench
    paint(project_window, (10, 30), (40, 30))
    assert bench.document is not None
    corrected = bench.document.mask.corrected == 1
    retrain(qtbot, project_window)

    assert states(project_window) == ["corrected", "predicted", "predicted"]
    labels = bench.document.mask.labels
    truth = bright(bench.samples[0].source.path)
    assert (labels[corrected] == 1).all()
    assert np.array_equal(labels[~corrected], truth[~corrected])
    assert bench.project is not None
    for sample in bench.samples[1:]:
        stored = bench.project.masks.load(sample)
        assert np.array_equal(stored.labels, bright(sample.source.path))
        assert sample.status.predicted_by == 1


def test_a_prediction_that_finds_nothing_says_so(
    qtbot: QtBot, window: MainWindow, make_images: MakeImages, tmp_path: Path
) -> None:
    dark = tmp_path / "night.png"
    Image.fromarray(np.zeros((48, 64), np.uint8)).save(dark)
    bench = window.bench
    with qtbot.waitSignal(bench.picture_ready):
        bench.open_paths([*make_images(2), dark])
    paint(window, (10, 30), (40, 30))
    retrain(qtbot, window)
    advice = []
    for sample in bench.samples[1:]:
        with qtbot.waitSignal(bench.picture_ready):
            bench.go_to(sample.id)
        advice.append(window.area.loop_bar.advice.text())
    assert ["found nothing" in text for text in advice] == [False, True]


def test_a_prediction_is_an_undo_step(qtbot: QtBot, project_window: MainWindow) -> None:
    paint(project_window, (10, 30), (40, 30))
    assert project_window.bench.document is not None
    painted = project_window.bench.document.mask.labels.copy()
    retrain(qtbot, project_window)
    assert project_window.actions_["undo"].text() == "Undo: Predict"

    project_window.bench.undo()
    assert np.array_equal(project_window.bench.document.mask.labels, painted)


def test_confirm_goes_to_the_next_unconfirmed_image(qtbot: QtBot, project_window: MainWindow) -> None:
    bench = project_window.bench
    bench.go_to(bench.samples[1].id)
    QTest.keyClick(project_window.canvas, Qt.Key.Key_Return)
    assert bench.current is not None
    assert bench.current.source.path.stem == "img2"
    QTest.keyClick(project_window.canvas, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert bench.current.source.path.stem == "img0"  # the one that had been passed over
    QTest.keyClick(project_window.canvas, Qt.Key.Key_Return)
    assert states(project_window) == ["confirmed"] * 3
    assert "confirmed" in project_window.message.text()


def test_a_confirmed_image_is_left_as_it_is(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    bench = project_window.bench
    bench.confirm_and_next()
    retrain(qtbot, project_window)

    asked = {item.sample_id for request in engine.predicted for item in request.items}
    assert asked == {sample.id for sample in bench.samples[1:]}
    assert bench.project is not None
    assert not bench.project.masks.load(bench.samples[0]).labels.any()


def test_the_loop_bar_accents_the_next_sensible_step(qtbot: QtBot, project_window: MainWindow) -> None:
    bar = project_window.area.loop_bar

    def accented() -> list[str]:
        return [name for name, button in bar.buttons.items() if button.property("accented")]

    assert accented() == []
    assert not bar.buttons["retrain"].isEnabled()
    assert "paint a little" in bar.buttons["retrain"].toolTip()
    paint(project_window, (10, 30), (40, 30))
    assert accented() == ["retrain"]
    retrain(qtbot, project_window)
    project_window.bench.next()
    assert accented() == ["confirm"]
    paint(project_window, (10, 30), (40, 30))
    assert accented() == ["retrain"]


def test_retrain_while_learning_does_nothing(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    paint(project_window, (10, 30), (40, 30))
    engine.gate.clear()
    project_window.learning.retrain()
    assert project_window.area.loop_bar.buttons["retrain"].text() == "Learning…"
    project_window.learning.retrain()
    with qtbot.waitSignal(project_window.worker.idle):
        engine.gate.set()
    assert len(engine.trained) == 1
    assert project_window.area.loop_bar.buttons["retrain"].text() == "Retrain"


def test_painting_goes_on_while_it_learns(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    paint(project_window, (10, 30), (40, 30))
    engine.gate.clear()
    project_window.learning.retrain()
    assert engine.under_way.wait(60)
    paint(project_window, (10, 40), (40, 40))
    assert project_window.bench.document is not None
    assert project_window.bench.document.mask.corrected[40, 20] == 1
    learned_from = engine.trained[0].samples[0].mask.unpack()
    assert learned_from.corrected[30, 20] == 1
    assert learned_from.corrected[40, 20] == 0
    with qtbot.waitSignal(project_window.worker.idle):
        engine.gate.set()
    assert project_window.learning.new_corrections  # the second stroke is for the next round


@pytest.mark.parametrize("kind", ["images", "folder", "project"])
def test_dropping_things_on_the_window(
    kind: str, qtbot: QtBot, window: MainWindow, make_images: MakeImages, tmp_path: Path
) -> None:
    images = make_images(2)
    dropped = {"images": images, "folder": [images[0].parent], "project": [tmp_path / "a.segdesk"]}[kind]
    if kind == "project":
        Project.create(dropped[0], ["cell"]).close()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in dropped])
    action, button, modifier = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), action, data, button, modifier)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(window.bench.samples_changed):
        window.dropEvent(QDropEvent(QPointF(5, 5), action, data, button, modifier))
    assert len(window.bench.samples) == (0 if kind == "project" else 2)
    assert window.bench.project is not None


def test_using_an_older_version(qtbot: QtBot, project_window: MainWindow, engine: FakeEngine) -> None:
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    retrain(qtbot, project_window)
    model = project_window.model
    model.versions.setCurrentRow(1)
    QTest.mouseClick(model.use, Qt.MouseButton.LeftButton)

    project = project_window.bench.project
    assert project is not None
    in_use = project.versions.in_use()
    assert in_use is not None
    assert version_line(in_use).startswith("Version 1")
    with qtbot.waitSignal(project_window.worker.idle):
        project_window.learning.predicting.predict_current()
    assert engine.predicted[-1].model == in_use.file


def test_the_state_survives_closing(qtbot: QtBot, project_window: MainWindow, engine: FakeEngine) -> None:
    paint(project_window, (10, 30), (40, 30))
    project_window.bench.confirm_and_next()
    assert project_window.bench.project is not None
    folder = project_window.bench.project.folder
    project_window.close()

    again = Project(folder)
    assert [s.state for s in again.samples.all()] == [State.CONFIRMED, State.NEW, State.NEW]
    again.close()
