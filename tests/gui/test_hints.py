"""The status bar says how to use a tool, and why nothing happened; no longer than it is true."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segdesk.gui.tools import TOOLS
from segdesk.gui.tools.options import Over
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint, retrain
from tests.gui.fake_engine import FakeEngine

CTRL = Qt.KeyboardModifier.ControlModifier
BOX = ((4, 30), (60, 46))


def settle() -> None:
    """Let the event that a hint came with be over."""
    QApplication.processEvents()


def test_a_hint_gives_way_to_the_help_of_the_next_tool(project_window: MainWindow) -> None:
    window = project_window
    window.actions_["tool_fill_holes"].trigger()
    paint(window, (5, 40), (5, 40))
    assert window.message.text() == "There is no hole in what you clicked."
    window.actions_["tool_wand"].trigger()
    assert window.message.text() == TOOLS["wand"].help()
    assert window.message.toolTip() == TOOLS["wand"].help()


def test_a_hint_goes_as_soon_as_something_happens(project_window: MainWindow) -> None:
    window = project_window
    window.actions_["merge_objects"].trigger()
    assert "Nothing is selected" in window.message.text()
    settle()
    paint(window, *BOX)
    assert window.message.text() == ""


def test_a_hint_on_what_happened_stays(project_window: MainWindow) -> None:
    window = project_window
    window.actions_["tool_polygon"].trigger()
    for corner in ((5, 30), (50, 45), (50, 30), (5, 45)):
        paint(window, corner, corner)
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    assert "crosses itself" in window.message.text()
    settle()
    window.bench.undo()
    assert window.message.text() == ""


def test_painting_what_is_so_already_says_so(project_window: MainWindow) -> None:
    for _ in range(2):
        paint(project_window, *BOX)
    assert project_window.message.text() == "Nothing changed: all of that is corrected like this already."


def test_background_that_cannot_be_seen_is_told(qtbot: QtBot, project_window: MainWindow) -> None:
    window = project_window
    paint(window, (6, 10), (16, 10))
    retrain(qtbot, window)
    place = window.canvas.to_widget((50.5, 40.5)).toPoint()
    QTest.mouseClick(window.canvas, Qt.MouseButton.RightButton, pos=place)
    assert window.message.text().startswith("Marked as background")
    window.actions_["tool_eraser"].trigger()
    paint(window, (40, 10), (50, 10))
    assert window.message.text() == TOOLS["eraser"].help()  # it is seen


def test_the_eyedropper_tells_the_class_after_the_tool_that_it_went_back_to(
    project_window: MainWindow,
) -> None:
    window = project_window
    paint(window, *BOX)
    QTest.keyClick(window.canvas, Qt.Key.Key_0)
    window.actions_["tool_eyedropper"].trigger()
    paint(window, (20, 34), (20, 34))
    assert window.canvas.tool.id == "brush"
    assert window.message.text() == "You paint object from now on."


def test_a_key_that_can_do_nothing_says_why(project_window: MainWindow) -> None:
    project_window.canvas.setFocus()
    for key, reason in (
        (Qt.Key.Key_Z, "There is nothing to undo on this image."),
        (Qt.Key.Key_Y, "There is nothing to redo on this image."),
        (Qt.Key.Key_T, "There is nothing to learn from yet: paint a little of each class first."),
        (Qt.Key.Key_P, "There is no model yet: paint a little of each class, then retrain."),
    ):
        QTest.keyClick(project_window.canvas, key, CTRL)
        assert project_window.message.text() == reason


def test_without_a_project_a_key_says_so(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_E, CTRL)
    assert window.message.text() == "There is no project yet: open images or a project first."


def test_the_complaint_of_a_round_goes_when_the_next_one_is_ordered(
    qtbot: QtBot, project_window: MainWindow
) -> None:
    window = project_window
    window.bench.error.emit("Only cell is painted yet.")
    assert window.notice.isVisible()
    paint(window, *BOX)
    with qtbot.waitSignal(window.worker.idle):
        window.actions_["retrain"].trigger()
        assert window.notice.isHidden()


def test_of_two_things_that_keep_a_stroke_off_the_one_that_did_is_told(project_window: MainWindow) -> None:
    window = project_window
    window.options.over = Over(only=1, keep_corrected=True)
    paint(window, *BOX)  # there is nothing but background, and nobody has corrected any of it
    assert "Paint on" in window.message.text()
    window.options.over = Over()
    paint(window, *BOX)
    window.options.over = Over(only=1, keep_corrected=True)
    paint(window, *BOX)
    assert "What you have corrected is kept" in window.message.text()


def test_a_notice_leaves_the_strips_above_the_image_free(qtbot: QtBot, project_window: MainWindow) -> None:
    window = project_window
    window.notice.tell("Something cannot be read.")
    before = window.notice.y()
    window.actions_["threshold"].trigger()
    strip = window.thresholding.strip
    below = strip.mapTo(window.pages, strip.rect().bottomLeft()).y()
    qtbot.waitUntil(lambda: window.notice.y() > below)
    QTest.keyClick(strip, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.notice.y() == before)


def test_a_click_before_the_model_has_answered_says_what_it_waits_for(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    window, hints = project_window, list[str]()
    window.canvas.hint.connect(hints.append)
    window.actions_["tool_wand"].trigger()
    source = next(o for o in window.canvas.tool.declare() if o.id == "source")
    window.options.set("wand", source, "model")
    place = window.canvas.to_widget((10, 12)).toPoint()
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=place)
    assert "no model" in hints[-1]
    window.actions_["tool_brush"].trigger()
    paint(window, (10, 30), (40, 30))
    retrain(qtbot, window)
    window.actions_["tool_wand"].trigger()
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=place)
    assert "is being asked" in hints[-1]
    qtbot.waitUntil(lambda: window.canvas.probabilities is not None)
    with qtbot.waitSignal(window.canvas.stroke_finished):
        QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=place)


def test_the_number_of_images_is_read_whole(qtbot: QtBot, project_window: MainWindow) -> None:
    window, shown = project_window, project_window.samples.filter
    text = "All images  (100000)"
    window.resizeDocks([window.docks.samples], [1], Qt.Orientation.Horizontal)
    shown.setItemText(0, text)
    qtbot.waitUntil(lambda: shown.room_for_text() >= shown.fontMetrics().horizontalAdvance(text))
