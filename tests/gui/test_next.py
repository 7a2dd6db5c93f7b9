"""What to look at next: the list's order, the key that leads on, and where the model is unsure."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.patch import State
from segdesk.core.project import Score
from segdesk.core.settings import SettingsFile
from segdesk.gui.listing import Order
from segdesk.gui.panels.sample_row import percent
from segdesk.gui.theme import Theme
from segdesk.gui.uncertainty_maps import UncertaintyMaps
from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages, paint, retrain
from tests.gui.fake_engine import FakeEngine


def stems(window: MainWindow) -> list[str]:
    model = window.samples.list.model()
    return [str(model.index(row, 0).data()).removesuffix(".png") for row in range(model.rowCount())]


def on_screen(window: MainWindow) -> str:
    assert window.bench.current is not None
    return window.bench.current.source.path.stem


def key(window: MainWindow, which: Qt.Key) -> None:
    QTest.keyClick(window.canvas, which)


def choose(window: MainWindow, order: Order) -> None:
    window.samples.order.choices[order].trigger()


@pytest.fixture
def predicted(qtbot: QtBot, project_window: MainWindow, engine: FakeEngine) -> MainWindow:
    """After a first round on the first image; the second is the least sure one."""
    engine.unsure = {1: 0.05, 2: 0.4, 3: 0.2}
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    return project_window


def test_the_most_uncertain_first_and_the_keys_follow_the_list(predicted: MainWindow) -> None:
    assert stems(predicted) == ["img0", "img1", "img2"]
    choose(predicted, Order.UNCERTAINTY)
    assert stems(predicted) == ["img1", "img2", "img0"]
    assert predicted.samples.list.currentIndex().row() == 2  # the same image is on screen
    assert on_screen(predicted) == "img0"
    key(predicted, Qt.Key.Key_A)
    assert on_screen(predicted) == "img2"
    key(predicted, Qt.Key.Key_A)
    assert on_screen(predicted) == "img1"
    key(predicted, Qt.Key.Key_A)
    assert "first image" in predicted.message.text()
    key(predicted, Qt.Key.Key_Return)  # confirm: the next of the list
    assert on_screen(predicted) == "img2"


def test_a_row_says_what_it_is_ordered_by(predicted: MainWindow) -> None:
    model = predicted.samples.list.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(1, 0).data(role) == "img1.png, Predicted"
    choose(predicted, Order.UNCERTAINTY)
    assert model.index(0, 0).data(role) == "img1.png, Predicted, the model is 40 % unsure"
    assert "40 %" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert percent(0.004) == "0.4 %"
    assert predicted.samples.order.toolTip() == "Order of the list: Most uncertain first"


def test_the_order_is_remembered(qtbot: QtBot, predicted: MainWindow, engine: FakeEngine) -> None:
    choose(predicted, Order.DISAGREEMENT)
    predicted.close()
    again = MainWindow(SettingsFile(), Theme("light"), lambda: engine)
    qtbot.addWidget(again)
    assert again.bench.listing.order is Order.DISAGREEMENT
    assert again.samples.order.choices[Order.DISAGREEMENT].isChecked()
    again.close()


def test_the_list_stays_until_all_predictions_are_in(
    qtbot: QtBot, predicted: MainWindow, engine: FakeEngine
) -> None:
    choose(predicted, Order.UNCERTAINTY)
    engine.unsure = {1: 0.5, 2: 0.1, 3: 0.3}
    seen: list[list[str]] = []
    predicted.bench.status_changed.connect(lambda _: seen.append(stems(predicted)))
    paint(predicted, (10, 34), (40, 34))
    retrain(qtbot, predicted)
    assert len(seen) >= 3
    assert all(rows == ["img1", "img2", "img0"] for rows in seen)
    assert stems(predicted) == ["img0", "img2", "img1"]


def test_a_prediction_touches_one_row(qtbot: QtBot, predicted: MainWindow) -> None:
    choose(predicted, Order.UNCERTAINTY)
    model = predicted.samples.list.model()
    resets: list[None] = []
    touched: list[tuple[int, int]] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.dataChanged.connect(lambda first, last: touched.append((first.row(), last.row())))
    predicted.bench.refresh_status(3)
    assert touched == [(1, 1)]
    assert resets == []


def test_predicting_one_image_moves_nothing(qtbot: QtBot, predicted: MainWindow, engine: FakeEngine) -> None:
    choose(predicted, Order.UNCERTAINTY)
    engine.unsure = {1: 0.9}
    with qtbot.waitSignal(predicted.worker.idle):
        predicted.learning.predicting.predict_current()
    assert predicted.bench.listing.figure(0) == 0.9
    assert stems(predicted) == ["img1", "img2", "img0"]
    choose(predicted, Order.UNCERTAINTY)
    assert stems(predicted) == ["img0", "img1", "img2"]


def test_one_key_leads_to_the_least_sure_image(predicted: MainWindow) -> None:
    seen = []
    for _ in range(3):
        key(predicted, Qt.Key.Key_N)
        seen.append(on_screen(predicted))
    assert seen == ["img1", "img2", "img1"]  # the first image was on screen at the start: it was looked at
    key(predicted, Qt.Key.Key_Return)
    key(predicted, Qt.Key.Key_N)
    assert on_screen(predicted) != "img1"


def test_the_key_says_why_it_leads_nowhere(qtbot: QtBot, project_window: MainWindow) -> None:
    key(project_window, Qt.Key.Key_N)
    assert "Predict the images first" in project_window.message.text()
    choose(project_window, Order.DISAGREEMENT)
    key(project_window, Qt.Key.Key_N)
    assert "Two versions" in project_window.message.text()
    for _ in range(3):
        key(project_window, Qt.Key.Key_Return)
    key(project_window, Qt.Key.Key_N)
    assert project_window.message.text() == "Every image is confirmed."


def test_two_versions_are_compared_on_the_way(qtbot: QtBot, predicted: MainWindow) -> None:
    assert predicted.bench.project is not None
    assert predicted.bench.project.scores.get(2) == Score(1, 0.4, None)
    paint(predicted, (10, 34), (40, 34))
    retrain(qtbot, predicted)
    scores = predicted.bench.project.scores.all()
    assert scores[2] == Score(2, 0.4, 0.0)
    assert scores[1] == Score(2, 0.05, 0.0)  # the one on screen


def test_a_new_model_predicts_what_is_seen_first(
    qtbot: QtBot, window: MainWindow, make_images: MakeImages, engine: FakeEngine
) -> None:
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths(make_images(60))
    paint(window, (10, 30), (40, 30))
    window.samples.list.scrollToBottom()
    retrain(qtbot, window)
    in_sight = window.samples.visible_samples()
    assert in_sight[-1] == 60
    assert 4 < len(in_sight) < 20
    asked = [item.sample_id for request in engine.predicted for item in request.items]
    rest = [i for i in range(2, 61) if i not in in_sight]
    assert asked == [1, *in_sight, *rest]
    assert {sample.state for sample in window.bench.samples[1:]} == {State.PREDICTED}


def test_what_a_person_asks_for_goes_before_the_rest(
    qtbot: QtBot, predicted: MainWindow, engine: FakeEngine
) -> None:
    engine.gate.clear()
    engine.under_way.clear()
    predicted.learning.predicting.predict_all_unconfirmed()
    qtbot.waitUntil(engine.under_way.is_set)
    predicted.bench.go_to(3)
    key(predicted, Qt.Key.Key_U)
    asked = len(engine.predicted)
    with qtbot.waitSignal(predicted.worker.idle):
        engine.gate.set()
    first, *others = engine.predicted[asked:]
    assert [item.sample_id for item in first.items] == [3]
    assert first.uncertainty
    assert [item.sample_id for request in others for item in request.items] == [1, 2]
    assert not any(request.uncertainty for request in others)


# Where the model is unsure


def shown(window: MainWindow) -> int | None:
    """The uncertainty that the canvas draws at its corner."""
    plane = window.canvas.uncertainty
    return None if plane is None else int(plane[0, 0])


def show_uncertainty(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.worker.idle):
        key(window, Qt.Key.Key_U)


def test_where_the_model_is_unsure_is_shown_and_changes_nothing(
    qtbot: QtBot, predicted: MainWindow, engine: FakeEngine
) -> None:
    bench = predicted.bench
    bench.go_to(2)
    assert bench.document is not None
    bench.document.undo()  # not predicted any more
    bench.refresh_status(2)
    asked = len(engine.predicted)
    show_uncertainty(qtbot, predicted)
    assert predicted.actions_["uncertainty"].isChecked()
    (request,) = engine.predicted[asked:]
    assert request.uncertainty
    assert [item.sample_id for item in request.items] == [2]
    assert shown(predicted) == 200
    assert bench.samples[1].state is State.NEW
    assert not bench.document.mask.labels.any()
    key(predicted, Qt.Key.Key_U)
    assert shown(predicted) is None
    key(predicted, Qt.Key.Key_U)
    assert shown(predicted) == 200
    assert len(engine.predicted) == asked + 1  # it was remembered


def test_it_follows_the_image_on_screen_and_the_version(
    qtbot: QtBot, predicted: MainWindow, engine: FakeEngine
) -> None:
    show_uncertainty(qtbot, predicted)
    with qtbot.waitSignal(predicted.worker.idle):
        key(predicted, Qt.Key.Key_D)
    assert shown(predicted) == 200
    asked = len(engine.predicted)
    key(predicted, Qt.Key.Key_A)
    assert shown(predicted) == 200
    assert len(engine.predicted) == asked
    paint(predicted, (10, 34), (40, 34))
    retrain(qtbot, predicted)
    new = engine.predicted[asked:]
    assert [item.sample_id for request in new for item in request.items] == [1, 2, 3]
    assert [request.uncertainty for request in new] == [True, False]  # one pass for labels and map
    assert predicted.bench.samples[0].status.predicted_by == 2


def test_a_confirmed_image_is_not_asked_about(
    qtbot: QtBot, predicted: MainWindow, engine: FakeEngine
) -> None:
    key(predicted, Qt.Key.Key_Return)
    predicted.bench.go_to(1)
    asked = len(engine.predicted)
    key(predicted, Qt.Key.Key_U)
    assert predicted.worker.is_idle
    assert len(engine.predicted) == asked
    with qtbot.waitSignal(predicted.worker.idle):
        key(predicted, Qt.Key.Key_D)
    assert shown(predicted) == 200


def test_without_a_model_it_says_when_it_comes(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    key(project_window, Qt.Key.Key_U)
    assert "as soon as there is a model" in project_window.message.text()
    assert engine.predicted == []
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    assert shown(project_window) == 200


def test_stopping_is_not_asking_again(qtbot: QtBot, predicted: MainWindow, engine: FakeEngine) -> None:
    engine.gate.clear()
    engine.under_way.clear()
    key(predicted, Qt.Key.Key_U)
    qtbot.waitUntil(engine.under_way.is_set)
    asked = len(engine.predicted)
    with qtbot.waitSignal(predicted.worker.idle):
        predicted.actions_["stop"].trigger()
    assert len(engine.predicted) == asked
    assert shown(predicted) is None


def test_an_image_that_cannot_be_read_is_asked_about_once(
    qtbot: QtBot, predicted: MainWindow, engine: FakeEngine
) -> None:
    engine.unreadable = {1}
    asked = len(engine.predicted)
    show_uncertainty(qtbot, predicted)
    assert len(engine.predicted) == asked + 1
    assert "No luck" in predicted.notice.label.text()


def test_maps_are_kept_within_a_budget() -> None:
    maps = UncertaintyMaps(budget=250)
    for sample_id in range(4):
        maps.keep(sample_id, 1, np.zeros((10, 10), np.uint8))
    assert [maps.get(i) is not None for i in range(4)] == [False, False, True, True]
    maps.get(2)
    maps.keep(9, 2, np.zeros((10, 10), np.uint8))
    assert maps.get(3) is None
    assert maps.get(2) is not None
    maps.keep(7, 1, np.zeros((100, 100), np.uint8))
    assert maps.get(7) is not None  # the latest one, however large
    assert maps.knows(7, 1)
    assert not maps.knows(7, 2)
