from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from segdesk.core.geometry import Box
from segdesk.core.patch import State
from segdesk.gui.window import MainWindow
from tests.gui.conftest import retrain
from tests.gui.fake_engine import FakeEngine


@pytest.fixture
def ramp(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> MainWindow:
    """The window on an image that gets brighter to the right, with a model and its prediction."""
    path = tmp_path / "ramp.png"
    pixels: NDArray[np.uint8] = np.tile(np.arange(256, dtype=np.uint8), (100, 1))
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths([path])
    document = window.bench.document
    assert document is not None
    with qtbot.waitSignal(window.canvas.stroke_finished):
        QTest.mouseClick(
            window.canvas, Qt.MouseButton.LeftButton, pos=window.canvas.to_widget((5, 5)).toPoint()
        )
    retrain(qtbot, window)
    return window


def _open(qtbot: QtBot, window: MainWindow) -> QSlider:
    with qtbot.waitSignal(
        window.learning.predicting.opinion.probabilities, check_params_cb=lambda _, p: p is not None
    ):
        window.actions_["threshold"].trigger()
    slider = window.thresholding.strip.slider
    assert slider.isVisible()
    assert slider.isEnabled()
    return slider


def _slide(window: MainWindow, slider: QSlider, steps: int) -> None:
    """Move it by arrow keys, as many percent."""
    for _ in range(abs(steps)):
        QTest.keyClick(slider, Qt.Key.Key_Right if steps > 0 else Qt.Key.Key_Left)


def test_the_threshold_changes_what_nobody_corrected_in_one_step(qtbot: QtBot, ramp: MainWindow) -> None:
    slider = _open(qtbot, ramp)
    document = ramp.bench.document
    assert document is not None
    corrected, before = document.mask.corrected.copy(), document.mask.labels.copy()
    assert corrected.any()
    slider.setSliderDown(True)
    slider.setValue(80)
    with qtbot.waitSignal(ramp.bench.document_changed):
        slider.setSliderDown(False)
    expected = np.tile(np.arange(256) >= 204, (100, 1))
    free = corrected == 0
    assert (document.mask.labels[free] == expected[free]).all()
    assert (document.mask.corrected == corrected).all()
    assert (document.mask.labels[~free] == before[~free]).all()
    assert document.history.undo == "Threshold 80 %"
    ramp.bench.undo()
    assert (document.mask.labels == before).all()


def test_dragging_previews_and_changes_nothing(qtbot: QtBot, ramp: MainWindow) -> None:
    slider = _open(qtbot, ramp)
    document = ramp.bench.document
    assert document is not None
    before, seen = document.mask.labels.copy(), ramp.canvas.grab().toImage()
    handle = QPoint(slider.width() // 2, slider.height() // 2)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=handle)
    QTest.mouseMove(slider, handle + QPoint(slider.width() // 4, 0))
    qtbot.waitUntil(lambda: ramp.canvas.grab().toImage() != seen)
    assert (document.mask.labels == before).all()
    with qtbot.waitSignal(ramp.bench.document_changed):
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=handle + QPoint(slider.width() // 4, 0))
    assert (document.mask.labels != before).any()


def test_a_preview_follows_to_another_part_of_the_image(qtbot: QtBot, ramp: MainWindow) -> None:
    slider, canvas = _open(qtbot, ramp), ramp.canvas
    document = ramp.bench.document
    assert document is not None
    elsewhere = Box(150, 40, 30, 20)  # 80 % of white is beyond it, 50 % is not
    canvas.show_box(elsewhere)
    plain = canvas.grab().toImage()
    canvas.show_box(Box(0, 0, 30, 20))
    near = canvas.grab().toImage()
    slider.setSliderDown(True)
    slider.setValue(80)
    qtbot.waitUntil(lambda: canvas.grab().toImage() != near)
    canvas.show_box(elsewhere)
    qtbot.waitUntil(lambda: canvas.grab().toImage() != plain)
    with qtbot.waitSignal(ramp.bench.document_changed):
        slider.setSliderDown(False)
    canvas.show_box(elsewhere)
    kept = canvas.grab().toImage()
    canvas.pan(5, 0)
    canvas.pan(-5, 0)
    assert canvas.grab().toImage() == kept


def test_as_predicted_takes_it_back(qtbot: QtBot, ramp: MainWindow) -> None:
    slider = _open(qtbot, ramp)
    document = ramp.bench.document
    assert document is not None
    before = document.mask.labels.copy()
    with qtbot.waitSignal(ramp.bench.document_changed):
        _slide(ramp, slider, 1)
    assert (document.mask.labels != before).any()
    with qtbot.waitSignal(ramp.bench.document_changed):
        QTest.mouseClick(ramp.thresholding.strip.restore, Qt.MouseButton.LeftButton)
    assert (document.mask.labels == before).all()
    assert slider.value() == 50


def test_a_confirmed_image_and_one_without_a_model_say_why_not(
    qtbot: QtBot, project_window: MainWindow
) -> None:
    window = project_window
    window.actions_["threshold"].trigger()
    strip = window.thresholding.strip
    assert not strip.slider.isEnabled()
    assert "no model" in strip.note.text()
    window.bench.confirm_and_next()
    window.bench.previous()
    assert window.bench.current is not None
    assert window.bench.current.state is State.CONFIRMED
    assert not strip.slider.isEnabled()
    QTest.keyClick(strip, Qt.Key.Key_Escape)
    assert not strip.isVisible()


def test_another_image_gets_its_own_probabilities(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    window = project_window
    with qtbot.waitSignal(window.canvas.stroke_finished):
        QTest.mouseClick(
            window.canvas, Qt.MouseButton.LeftButton, pos=window.canvas.to_widget((5, 5)).toPoint()
        )
    retrain(qtbot, window)
    _open(qtbot, window)
    first = window.canvas.probabilities
    assert first is not None
    with qtbot.waitSignal(
        window.learning.predicting.opinion.probabilities, check_params_cb=lambda _, p: p is not None
    ):
        window.bench.next()
    second = window.canvas.probabilities
    assert second is not None
    assert (first != second).any()
    asked = len(engine.predicted)
    window.bench.previous()
    assert window.canvas.probabilities is first
    assert len(engine.predicted) == asked


def test_the_heat_map_shows_the_active_class(qtbot: QtBot, ramp: MainWindow) -> None:
    with qtbot.waitSignal(
        ramp.learning.predicting.opinion.probabilities, check_params_cb=lambda _, p: p is not None
    ):
        ramp.actions_["probability"].trigger()
    shown = ramp.canvas.probability
    assert shown is not None
    assert (shown[0] == np.arange(256)).all()
    ramp.canvas.set_active_class(0)
    other = ramp.canvas.probability
    assert other is not None
    assert (other[0] == 255 - np.arange(256)).all()
    ramp.actions_["probability"].trigger()
    left = ramp.canvas.probability, ramp.canvas.probabilities
    assert left == (None, None)  # nobody asks for them any more: they are not kept at hand


def test_a_model_that_is_not_there_is_said_once(qtbot: QtBot, project_window: MainWindow) -> None:
    said: list[str] = []
    project_window.bench.message.connect(said.append)
    project_window.actions_["probability"].trigger()
    assert sum("no model" in text for text in said) == 1
    assert project_window.canvas.probability is None


def test_the_keys_are_the_sliders_as_soon_as_the_model_has_answered(qtbot: QtBot, ramp: MainWindow) -> None:
    ramp.canvas.setFocus()
    slider = _open(qtbot, ramp)
    assert slider.hasFocus()


def test_nobody_who_paints_meanwhile_loses_the_keys(qtbot: QtBot, ramp: MainWindow) -> None:
    canvas = ramp.canvas
    canvas.setFocus()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=canvas.to_widget((40, 40)).toPoint())
    _open(qtbot, ramp)
    assert canvas.hasFocus()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=canvas.to_widget((40, 40)).toPoint())


def test_a_key_that_is_held_slides_and_is_one_step(qtbot: QtBot, ramp: MainWindow) -> None:
    slider = _open(qtbot, ramp)
    document = ramp.bench.document
    assert document is not None
    before, first = document.mask.labels.copy(), document.history.undo
    for _ in range(4):
        QTest.keyPress(slider, Qt.Key.Key_PageUp)
    assert ramp.bench.current_row == 0
    assert slider.value() == 70
    assert document.history.undo == first
    with qtbot.waitSignal(ramp.bench.document_changed):
        QTest.keyRelease(slider, Qt.Key.Key_PageUp)
    assert document.history.undo == "Threshold 70 %"
    ramp.bench.undo()
    assert (document.mask.labels == before).all()


def test_esc_while_a_key_is_held_changes_nothing(qtbot: QtBot, ramp: MainWindow) -> None:
    slider = _open(qtbot, ramp)
    document = ramp.bench.document
    assert document is not None
    first = document.history.undo
    QTest.keyPress(slider, Qt.Key.Key_Right)
    QTest.keyClick(slider, Qt.Key.Key_Escape)
    QTest.keyRelease(slider, Qt.Key.Key_Right)
    assert not ramp.thresholding.is_open
    ramp.thresholding.stop()
    assert document.history.undo == first


def test_the_slider_goes_along_with_undo_and_redo(qtbot: QtBot, ramp: MainWindow) -> None:
    slider = _open(qtbot, ramp)
    for steps in (20, -35):
        with qtbot.waitSignal(ramp.bench.document_changed):
            slider.setValue(slider.value() + steps)
    seen = []
    for again in (ramp.bench.undo, ramp.bench.undo, ramp.bench.redo, ramp.bench.redo):
        again()
        seen.append(slider.value())
    assert seen == [70, 50, 70, 35]
    canvas = ramp.canvas
    with qtbot.waitSignal(canvas.stroke_finished):
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.to_widget((90, 60)).toPoint())
    ramp.bench.undo()
    assert slider.value() == 35


def test_a_locked_class_has_no_threshold(qtbot: QtBot, ramp: MainWindow) -> None:
    slider = _open(qtbot, ramp)
    ramp.actions_["lock_class"].trigger()
    assert not slider.isEnabled()
    assert "locked" in ramp.thresholding.strip.note.text()
    ramp.actions_["lock_class"].trigger()
    assert slider.isEnabled()
