"""What a person does to see more or less of the mask, through the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.settings import SettingsFile
from segdesk.gui.canvas import Only, Style
from segdesk.gui.canvas.curtain import Curtain
from segdesk.gui.panels.class_row import Mark, place_of
from segdesk.gui.seeing_memory import ClassMemory
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint
from tests.gui.fake_engine import FakeEngine

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def two(project_window: MainWindow) -> MainWindow:
    """The window on a project of two classes, object and wall."""
    project_window.bench.class_verbs.add("wall")
    return project_window


def click_mark(window: MainWindow, row: int, mark: Mark) -> None:
    listed = window.classes.list
    listed.scrollToItem(listed.item(row))
    place = place_of(mark, listed.visualItemRect(listed.item(row))).center()
    QTest.mouseClick(listed.viewport(), LEFT, pos=place)


def spoken(window: MainWindow, row: int) -> str:
    """What a screen reader says of a class."""
    return str(window.classes.list.item(row).data(Qt.ItemDataRole.AccessibleTextRole))


def test_marks_hide_and_lock_without_choosing_the_class(two: MainWindow) -> None:
    click_mark(two, 2, Mark.HIDDEN)
    click_mark(two, 2, Mark.LOCKED)
    assert two.canvas.overlay.hidden == {2}
    assert two.options.locked == {2}
    assert two.options.active_class == 1
    assert spoken(two, 2) == "wall, hidden, locked"
    click_mark(two, 2, Mark.HIDDEN)
    click_mark(two, 2, Mark.LOCKED)
    assert not two.canvas.overlay.hidden
    assert not two.options.locked
    assert spoken(two, 2) == "wall"


def test_a_class_is_seen_alone_and_then_the_same_as_before(two: MainWindow) -> None:
    two.bench.class_verbs.add("roof")
    click_mark(two, 3, Mark.HIDDEN)
    click_mark(two, 2, Mark.ALONE)
    assert two.canvas.overlay.hidden == {1, 3}
    click_mark(two, 2, Mark.ALONE)
    assert two.canvas.overlay.hidden == {3}


def test_an_eye_opened_beside_a_class_that_is_alone_shows_both(two: MainWindow) -> None:
    two.bench.class_verbs.add("roof")
    click_mark(two, 2, Mark.ALONE)
    click_mark(two, 1, Mark.HIDDEN)
    assert two.canvas.overlay.hidden == {3}
    two.actions_["show_classes"].trigger()
    assert not two.canvas.overlay.hidden


def test_a_new_class_is_seen_unless_another_one_is_alone(two: MainWindow) -> None:
    click_mark(two, 2, Mark.ALONE)
    two.bench.class_verbs.add("roof")
    assert two.canvas.overlay.hidden == {1, 3}


def test_the_background_cannot_be_hidden(two: MainWindow) -> None:
    said: list[str] = []
    two.bench.message.connect(said.append)
    two.options.active_class = 0
    assert not two.classes.marks[Mark.HIDDEN].isEnabled()
    assert two.classes.marks[Mark.LOCKED].isEnabled()
    two.actions_["hide_class"].trigger()
    assert not two.canvas.overlay.hidden
    assert "no colour to hide" in said[-1]


def test_by_keys_and_by_the_buttons_below(two: MainWindow) -> None:
    two.canvas.setFocus()
    two.options.active_class = 2
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(two.canvas, Qt.Key.Key_H, keys)
    assert two.canvas.overlay.hidden == {2}
    button = two.classes.marks[Mark.HIDDEN]
    assert button.accessibleName() == button.toolTip() == "Show wall"
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert not two.canvas.overlay.hidden
    assert button.accessibleName() == "Hide wall"
    QTest.keyClick(two.canvas, Qt.Key.Key_S, keys)
    assert two.canvas.overlay.hidden == {1}


def test_choosing_a_hidden_class_says_so(two: MainWindow) -> None:
    said: list[str] = []
    two.bench.message.connect(said.append)
    click_mark(two, 2, Mark.HIDDEN)
    two.options.active_class = 2
    assert "wall is hidden" in said[-1]


def test_hidden_and_locked_classes_are_remembered_for_their_project(
    two: MainWindow, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    assert two.bench.project is not None
    first = two.bench.project.folder
    click_mark(two, 2, Mark.HIDDEN)
    click_mark(two, 1, Mark.LOCKED)
    two.bench.create_project(tmp_path / "other.segdesk", ["a", "b"], [])
    assert not two.canvas.overlay.hidden
    assert not two.options.locked
    two.close()
    again = MainWindow(SettingsFile(), Theme("light"), lambda: engine)
    qtbot.addWidget(again)
    with qtbot.waitSignal(again.bench.picture_ready):
        again.bench.open_project(first)
    assert again.canvas.overlay.hidden == {2}
    assert again.options.locked == {1}
    again.close()


def test_what_is_remembered_survives_nonsense_in_the_file(home: Path, tmp_path: Path) -> None:
    memory = ClassMemory()
    for nonsense in ("no json", "[[1]]", '{"a": 3}', '[["x", ["y"], []]]'):
        memory._file.setValue("classes", nonsense)
        assert not memory.of(tmp_path).hidden
    memory.keep(tmp_path, frozenset({3}), frozenset())
    assert ClassMemory().of(tmp_path).hidden == {3}
    memory.keep(tmp_path, frozenset(), frozenset())
    assert not ClassMemory().of(tmp_path).hidden


@pytest.fixture
def predicted(two: MainWindow) -> MainWindow:
    """An image whose prediction says object on the left half."""
    assert two.bench.document is not None
    labels = np.zeros(two.bench.document.mask.labels.shape, np.uint8)
    labels[:, :32] = 1
    two.bench.after_change(two.bench.document.predict(labels, 1), by_person=False)
    return two


def line_of(window: MainWindow) -> Curtain | None:
    return window.canvas.curtain


def first_of(window: MainWindow) -> object:
    return window.canvas._mask_layer.first


def test_only_changes_brings_the_first_prediction(predicted: MainWindow, qtbot: QtBot) -> None:
    said: list[str] = []
    predicted.bench.message.connect(said.append)
    predicted.actions_["only_changes"].trigger()
    assert predicted.canvas.overlay.only is Only.CHANGES
    assert "Nobody has changed" in said[-1]
    assert first_of(predicted) is None
    paint(predicted, (40, 20), (50, 20))
    qtbot.waitUntil(lambda: first_of(predicted) is not None)
    first = first_of(predicted)
    assert isinstance(first, np.ndarray)
    assert first[20, 10] == 1
    assert first[20, 45] == 0  # painted, not predicted
    assert predicted.actions_["only_changes"].isChecked()
    assert predicted.tool_options.seen.only.currentData() == "changes"
    predicted.actions_["only_changes"].trigger()
    assert first_of(predicted) is None  # nobody looks at it: it takes no memory


def test_the_first_prediction_follows_the_image(predicted: MainWindow, qtbot: QtBot) -> None:
    paint(predicted, (40, 20), (50, 20))
    predicted.actions_["wipe_first"].trigger()
    qtbot.waitUntil(lambda: first_of(predicted) is not None)
    with qtbot.waitSignal(predicted.bench.picture_ready):
        predicted.bench.next()
    assert first_of(predicted) is None
    with qtbot.waitSignal(predicted.bench.picture_ready):
        predicted.bench.previous()
    qtbot.waitUntil(lambda: first_of(predicted) is not None)


def test_the_line_is_dragged_moved_by_keys_and_taken_away(two: MainWindow) -> None:
    two.actions_["wipe_image"].trigger()
    handle, canvas = two.curtain, two.canvas
    assert handle.isVisible()
    assert two.actions_["wipe_image"].isChecked()
    assert canvas.curtain is not None
    grip = QPoint(handle.width() // 2, handle.height() // 2)
    QTest.mousePress(handle, LEFT, pos=grip)
    QTest.mouseMove(handle, grip - QPoint(100, 0))
    QTest.mouseRelease(handle, LEFT, pos=grip)
    dragged = canvas.curtain.share
    assert dragged == pytest.approx(0.5 - 100 / canvas.width(), abs=0.01)
    assert handle.geometry().center().x() == pytest.approx(dragged * canvas.width(), abs=2)
    QTest.keyClick(handle, Qt.Key.Key_Right)
    assert canvas.curtain.share == pytest.approx(dragged + 0.05)
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert line_of(two) is None
    assert not handle.isVisible()
    assert not two.actions_["wipe_image"].isChecked()


def test_one_line_at_a_time(two: MainWindow) -> None:
    two.actions_["wipe_image"].trigger()
    two.actions_["wipe_first"].trigger()
    assert two.canvas.curtain is not None
    assert two.canvas.curtain.shows_first
    assert not two.actions_["wipe_image"].isChecked()
    two.actions_["wipe_first"].trigger()
    assert line_of(two) is None


def shows_mask(window: MainWindow) -> bool:
    return window.canvas.overlay_visible


def test_v_taps_and_peeks_and_the_menu_knows(two: MainWindow) -> None:
    shown = two.actions_["show_mask"]
    two.canvas.setFocus()
    QTest.keyClick(two.canvas, Qt.Key.Key_V)
    assert not shows_mask(two)
    assert not shown.isChecked()
    shown.trigger()
    assert shows_mask(two)
    two.canvas.set_peek(True)
    assert not shown.isChecked()
    two.canvas.set_peek(False)
    assert shown.isChecked()


def test_the_width_of_outlines_is_set_and_remembered(
    two: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    rows = two.tool_options.seen
    assert not rows.width_field.isVisible()  # nothing is outlined
    two.actions_["next_style"].trigger()
    assert two.canvas.overlay.style is Style.OUTLINE
    assert not rows.width_field.isHidden()
    QTest.keyClick(rows.width_slider, Qt.Key.Key_Right)
    assert two.canvas.overlay.outline_width == 3
    assert rows.width_field.value() == 3
    two.canvas.overlay = replace(two.canvas.overlay, only=Only.CORRECTIONS)
    two.close()
    again = MainWindow(SettingsFile(), Theme("light"), lambda: engine)
    qtbot.addWidget(again)
    assert again.canvas.overlay.outline_width == 3
    assert again.canvas.overlay.only is Only.ALL  # half a mask would be a riddle on another day
    again.close()


def test_who_paints_what_is_hidden_is_told(two: MainWindow) -> None:
    hints: list[str] = []
    two.canvas.hint.connect(hints.append)
    paint(two, (10, 30), (30, 30))
    assert not hints
    two.actions_["hide_class"].trigger()
    paint(two, (10, 20), (30, 20))
    assert "hidden" in hints[-1]
    assert two.message.text() == hints[-1]
    two.actions_["hide_class"].trigger()
    two.actions_["show_mask"].trigger()
    paint(two, (10, 10), (30, 10))
    assert "The mask is hidden" in hints[-1]
    assert len(hints) == 2
