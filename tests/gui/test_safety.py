"""What goes wrong, and what must never happen: a lost stroke, or labels on the wrong image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.errors import FaultError, ModelError
from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages, paint, retrain
from tests.gui.fake_engine import FakeEngine, bright


@pytest.fixture
def trained(qtbot: QtBot, project_window: MainWindow) -> MainWindow:
    """A project with a model version, the first image corrected, all predicted."""
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    return project_window


def stored(window: MainWindow, row: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    project = window.bench.project
    assert project is not None
    labels: np.ndarray[tuple[int, int], np.dtype[np.uint8]] = project.masks.load(
        window.bench.samples[row]
    ).labels
    return labels


def test_a_prediction_lands_on_its_own_image_wherever_the_person_is(
    qtbot: QtBot, trained: MainWindow, engine: FakeEngine
) -> None:
    bench = trained.bench
    bench.go_to(bench.samples[1].id)
    bench.undo()
    assert not stored(trained, 1).any()
    engine.gate.clear()
    trained.learning.predicting.predict_current()
    assert engine.under_way.wait(60)
    bench.go_to(bench.samples[2].id)
    before = stored(trained, 2).copy()
    with qtbot.waitSignal(trained.worker.idle):
        engine.gate.set()

    assert np.array_equal(stored(trained, 1), bright(bench.samples[1].source.path))
    assert np.array_equal(stored(trained, 2), before)
    assert bench.document is not None
    assert np.array_equal(bench.document.mask.labels, before)


def test_a_prediction_waits_for_the_end_of_the_stroke(
    qtbot: QtBot, trained: MainWindow, engine: FakeEngine
) -> None:
    bench, canvas = trained.bench, trained.canvas
    bench.go_to(bench.samples[1].id)
    bench.undo()
    document = bench.document
    assert document is not None
    start, end = (canvas.to_widget(p).toPoint() for p in ((10.5, 40.5), (50.5, 40.5)))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    with qtbot.waitSignal(trained.worker.idle):
        trained.learning.predicting.predict_current()
    assert document.is_editing
    assert not document.mask.labels[:20].any()
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)

    qtbot.waitUntil(lambda: document.status.predicted_by == 1 and bool(document.mask.labels[:20].any()))
    assert (document.mask.labels[40, 12:48] == 1).all()  # painted where the model says background


def test_a_removed_image_gets_no_prediction(qtbot: QtBot, trained: MainWindow, engine: FakeEngine) -> None:
    bench = trained.bench
    engine.gate.clear()
    trained.learning.predicting.predict_all_unconfirmed()
    assert engine.under_way.wait(60)
    gone = bench.samples[1].id
    bench.remove_samples([gone])
    with qtbot.waitSignal(trained.worker.idle):
        engine.gate.set()
    assert [s.id for s in bench.samples] == [1, 3]
    assert trained.notice.isHidden()


def test_another_project_gets_nothing_of_the_last_one(
    qtbot: QtBot, trained: MainWindow, engine: FakeEngine, tmp_path: Path, make_images: MakeImages
) -> None:
    engine.gate.clear()
    trained.learning.retrain()
    assert engine.under_way.wait(60)
    first = trained.bench.project
    assert first is not None
    folder = first.folder
    trained.bench.create_project(tmp_path / "other.segdesk", ["cell"], [])
    with qtbot.waitSignal(trained.bench.picture_ready):
        trained.bench.intake.add(make_images(2))
    engine.gate.set()
    qtbot.waitUntil(lambda: trained.worker.is_idle)

    other = trained.bench.project
    assert other is not None
    assert other.versions.all() == []
    assert all(s.state is State.NEW for s in trained.bench.samples)
    again = Project(folder)
    assert len(again.versions.all()) == 1
    again.close()


def test_cancelling_stops_the_job_and_keeps_everything(
    qtbot: QtBot, trained: MainWindow, engine: FakeEngine
) -> None:
    before = stored(trained, 0).copy()
    engine.gate.clear()
    engine.cleaned_up.clear()
    trained.learning.retrain()
    assert engine.under_way.wait(60)
    qtbot.waitUntil(trained.job_bars[0].isVisible)
    with qtbot.waitSignal(trained.worker.idle):
        QTest.mouseClick(trained.job_bars[0].stop, Qt.MouseButton.LeftButton)

    assert engine.cleaned_up.is_set()
    assert trained.job_bars[0].isHidden()
    assert trained.model.versions.count() == 1
    assert trained.area.loop_bar.buttons["retrain"].isEnabled()
    assert np.array_equal(stored(trained, 0), before)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (ModelError("This model does not fit; retrain afresh."), "does not fit"),
        (MemoryError(), "not enough memory"),
        (FaultError("The driver failed; try again.", "Traceback"), "driver failed"),
        (ZeroDivisionError("ouch"), "did not expect"),
    ],
)
def test_a_job_that_fails_says_so_and_the_next_one_runs(
    failure: BaseException, words: str, qtbot: QtBot, trained: MainWindow, engine: FakeEngine
) -> None:
    engine.failure = failure
    retrain(qtbot, trained)
    assert trained.notice.isVisible()
    assert words in trained.notice.label.text()
    assert trained.notice.details.isVisible() == (not isinstance(failure, ModelError))

    retrain(qtbot, trained)
    assert trained.model.versions.count() == 2


def test_one_image_that_cannot_be_predicted_does_not_stop_the_others(
    qtbot: QtBot, trained: MainWindow, engine: FakeEngine
) -> None:
    engine.unreadable = {2}
    retrain(qtbot, trained)
    assert trained.notice.label.text() == "No luck."
    assert [s.status.predicted_by for s in trained.bench.samples] == [2, 1, 2]


def test_retraining_goes_before_predictions_which_go_on_afterwards(
    qtbot: QtBot, trained: MainWindow, engine: FakeEngine
) -> None:
    engine.gate.clear()
    trained.learning.predicting.predict_all_unconfirmed()
    assert engine.under_way.wait(60)
    trained.learning.retrain()
    with qtbot.waitSignal(trained.worker.idle):
        engine.gate.set()
    assert len(engine.trained) == 2
    assert [s.status.predicted_by for s in trained.bench.samples] == [2, 2, 2]


def test_what_a_person_asks_for_is_predicted_first(
    qtbot: QtBot, trained: MainWindow, engine: FakeEngine
) -> None:
    engine.gate.clear()
    trained.learning.predicting.predict_all_unconfirmed()
    assert engine.under_way.wait(60)
    trained.bench.go_to(trained.bench.samples[2].id)
    trained.learning.predicting.predict_current()
    with qtbot.waitSignal(trained.worker.idle):
        engine.gate.set()
    assert [item.sample_id for item in engine.predicted[-1].items] == [3, 1, 2]


def test_learning_without_a_correction_says_what_to_do(project_window: MainWindow) -> None:
    project_window.learning.retrain()
    assert "paint a little" in project_window.notice.label.text()
    assert project_window.worker.is_idle


def test_a_vanished_image_says_so_and_the_list_goes_on(
    qtbot: QtBot, project_window: MainWindow, make_images: MakeImages
) -> None:
    bench = project_window.bench
    path = bench.samples[2].source.path
    kept = path.read_bytes()
    path.unlink()
    bench.go_to(bench.samples[2].id)
    shown = [project_window.area.shows_image]
    assert path.name in project_window.area.empty.label.text()
    assert not project_window.actions_["confirm"].isEnabled()
    bench.previous()
    shown.append(project_window.area.shows_image)

    path.write_bytes(kept)
    bench.go_to(bench.samples[2].id)
    shown.append(project_window.area.shows_image)
    assert shown == [False, True, True]


def test_the_list_shows_that_an_image_is_gone_and_that_it_is_back(
    qtbot: QtBot, project_window: MainWindow
) -> None:
    bench, thumbnails = project_window.bench, project_window.samples.thumbnails
    sample = bench.samples[2]
    path = sample.source.path
    kept = path.read_bytes()

    def small() -> QImage:
        qtbot.waitUntil(lambda: thumbnails.get(sample) is not None)
        made = thumbnails.get(sample)
        assert made is not None
        return made

    shown = [small().isNull()]
    path.unlink()
    for content in (None, kept):
        if content is not None:
            path.write_bytes(content)
        bench.go_to(sample.id)
        shown.append(small().isNull())
        bench.previous()
    assert shown == [False, True, False]


def test_an_image_that_changed_its_size_is_not_painted_on(
    project_window: MainWindow, make_images: MakeImages
) -> None:
    bench = project_window.bench
    small = bench.samples[0].source.path.read_bytes()
    large = make_images(3, width=80)[2]
    bench.go_to(bench.samples[2].id)
    assert "changed its size" in project_window.area.empty.label.text()
    assert large.read_bytes() != small


def test_bad_images_are_told_and_the_good_ones_opened(
    qtbot: QtBot, window: MainWindow, make_images: MakeImages, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nno")
    with qtbot.waitSignal(window.bench.error):
        window.bench.open_paths([broken, *make_images(2), tmp_path / "gone.tif"])
    assert len(window.bench.samples) == 2
    assert "broken.png" in window.notice.label.text()
    assert "gone.tif" in window.notice.label.text()


def test_a_folder_without_images_makes_no_project(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with qtbot.waitSignal(window.bench.error):
        window.bench.open_paths([empty])
    assert window.bench.project is None
    assert "no images" in window.notice.label.text()


def test_a_folder_that_is_no_project_is_told(window: MainWindow, tmp_path: Path) -> None:
    window.bench.open_project(tmp_path)
    assert "not a SegDesk project" in window.notice.label.text()


def test_closing_during_a_stroke_keeps_it_and_ends_the_job(
    qtbot: QtBot, trained: MainWindow, engine: FakeEngine
) -> None:
    project = trained.bench.project
    assert project is not None
    engine.gate.clear()
    engine.cleaned_up.clear()
    trained.learning.retrain()
    assert engine.under_way.wait(60)
    canvas = trained.canvas
    place: QPoint = canvas.to_widget((30.5, 44.5)).toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place)
    trained.close()

    assert engine.cleaned_up.is_set()
    again = Project(project.folder)
    assert again.masks.load(again.samples.all()[0]).corrected[44, 30] == 1
    again.close()
