"""Orders on objects in the real window: one step of undo each, or a hint."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segdesk.core.mask import Plane
from segdesk.core.objects.numbering import Numbering
from segdesk.gui.objects.dropping import DropDialog
from segdesk.gui.window import MainWindow

SHIFT = Qt.KeyboardModifier.ShiftModifier
BOTH = [(50, 75), (120, 75)]


def labels(window: MainWindow) -> Plane:
    assert window.bench.document is not None
    return window.bench.document.mask.labels


def place(window: MainWindow, spot: tuple[int, int]) -> QPoint:
    return window.canvas.to_widget((spot[0] + 0.5, spot[1] + 0.5)).toPoint()


def select(window: MainWindow, *spots: tuple[int, int]) -> None:
    for number, spot in enumerate(spots):
        keys = SHIFT if number else Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, keys, place(window, spot))
    assert len(window.canvas.selection.objects) == len(spots)


def count(window: MainWindow) -> int:
    assert window.bench.document is not None
    return len(Numbering(labels(window), window.bench.document.mask.borders).boxes)


def test_every_order_is_one_step_of_undo(objects_window: MainWindow) -> None:
    window = objects_window
    before = labels(window).copy()
    for order, spots, objects in (
        ("delete_objects", BOTH[:1], 2),
        ("merge_objects", BOTH, 2),
        ("smooth_objects", BOTH, 3),
        ("grow_objects", BOTH[:1], 3),
        ("shrink_objects", BOTH[:1], 3),
        ("duplicate_objects", [(170, 30)], 4),
    ):
        select(window, *spots)
        window.actions_[order].trigger()
        assert (labels(window) != before).any(), order
        assert count(window) == objects, order
        window.bench.undo()
        assert (labels(window) == before).all(), order
        window.bench.redo()
        assert count(window) == objects, order
        window.bench.undo()


def test_holes_are_filled(objects_window: MainWindow) -> None:
    window = objects_window
    labels(window)[70:80, 45:55] = 0
    select(window, (35, 75))
    window.actions_["fill_holes"].trigger()
    assert (labels(window)[70:80, 45:55] == 1).all()


def test_del_and_digits_mean_what_is_selected(objects_window: MainWindow) -> None:
    window = objects_window
    select(window, BOTH[0])
    QTest.keyClick(window.canvas, Qt.Key.Key_2)
    assert labels(window)[75, 50] == 2
    assert [o.class_index for o in window.canvas.selection.objects] == [2]
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert labels(window)[75, 50] == 0
    assert window.canvas.selection.objects == ()
    assert labels(window)[75, 120] == 1


def test_with_another_tool_digits_only_choose_the_class(objects_window: MainWindow) -> None:
    window = objects_window
    select(window, BOTH[0])
    window.canvas.set_tool("brush")
    assert window.canvas.selection.objects == ()
    QTest.keyClick(window.canvas, Qt.Key.Key_2)
    assert labels(window)[75, 50] == 1
    assert window.options.active_class == 2


def test_grown_objects_stay_selected_so_that_one_can_go_on(objects_window: MainWindow) -> None:
    window = objects_window
    select(window, BOTH[0])
    areas = []
    for _ in range(3):
        window.actions_["grow_objects"].trigger()
        areas.append(window.canvas.selection.objects[0].area)
    assert areas == sorted(set(areas))
    assert areas[-1] == (labels(window)[:, :95] == 1).sum()


def test_only_the_largest_of_the_class_is_kept(qtbot: QtBot, objects_window: MainWindow) -> None:
    window = objects_window
    select(window, BOTH[1])
    with qtbot.waitSignal(window.bench.document_changed):
        window.actions_["keep_largest"].trigger()
    assert labels(window)[75, 50] == 1
    assert labels(window)[75, 120] == 0
    assert labels(window)[30, 170] == 2


def test_dropping_small_ones_tells_how_many_would_go(objects_window: MainWindow, qtbot: QtBot) -> None:
    window, document = objects_window, objects_window.bench.document
    assert document is not None
    dialog = DropDialog(document.mask, 1, "cell", window)
    qtbot.addWidget(dialog)
    dialog.pixels.setValue(1)
    assert not dialog.go.isEnabled()
    dialog.pixels.setValue(int((labels(window)[:, 90:150] == 1).sum()) + 1)
    assert dialog.go.isEnabled()
    assert "1" in dialog.count.text()
    assert "2" in dialog.count.text()


def test_a_copy_goes_along_to_the_next_image(qtbot: QtBot, objects_window: MainWindow) -> None:
    window = objects_window
    select(window, *BOTH)
    window.actions_["copy_objects"].trigger()
    before = labels(window).copy()
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.next()
    window.actions_["paste_objects"].trigger()
    assert (labels(window) == np.where(before == 1, 1, 0)).all()
    assert len(window.canvas.selection.objects) == 2


def test_a_copy_is_put_under_the_pointer(objects_window: MainWindow) -> None:
    window = objects_window
    select(window, (170, 30))
    window.actions_["copy_objects"].trigger()
    QTest.mouseMove(window.canvas, place(window, (170, 120)))
    window.actions_["paste_objects"].trigger()
    assert labels(window)[120, 170] == 2
    assert labels(window)[30, 170] == 2


def test_objects_of_the_image_before_can_be_taken_over(qtbot: QtBot, objects_window: MainWindow) -> None:
    window = objects_window
    before = labels(window).copy()
    window.actions_["paste_from_previous"].trigger()
    assert (labels(window) == before).all()  # the first image: a hint, and nothing else
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.next()
    window.canvas.set_active_class(1)
    window.actions_["paste_from_previous"].trigger()
    assert (labels(window) == (before == 1)).all()
    window.bench.undo()
    assert not labels(window).any()


def test_with_nothing_selected_a_hint_says_what_to_do(objects_window: MainWindow) -> None:
    window = objects_window
    before, hints = labels(window).copy(), list[str]()
    window.canvas.hint.connect(hints.append)
    verbs = ("delete", "merge", "smooth", "grow", "shrink", "copy", "paste", "duplicate")
    for number, order in enumerate([*(f"{verb}_objects" for verb in verbs), "fill_holes", "split_object"], 1):
        window.actions_[order].trigger()
        assert len(hints) == number, order
    assert (labels(window) == before).all()


def test_a_locked_class_is_left_alone(objects_window: MainWindow) -> None:
    window = objects_window
    before, hints = labels(window).copy(), list[str]()
    window.canvas.hint.connect(hints.append)
    select(window, BOTH[0])
    window.options.locked = frozenset({1})
    for order in ("delete_objects", "shrink_objects"):
        window.actions_[order].trigger()
    QTest.keyClick(window.canvas, Qt.Key.Key_2)
    assert (labels(window) == before).all()
    assert len(hints) >= 3


def test_what_undo_takes_away_is_no_longer_selected(objects_window: MainWindow) -> None:
    window = objects_window
    hints: list[str] = []
    window.canvas.hint.connect(hints.append)
    select(window, BOTH[0])
    window.bench.undo()
    assert window.canvas.selection.objects == ()
    assert len(hints) == 1


def test_undo_of_another_class_keeps_the_object_selected(objects_window: MainWindow) -> None:
    window = objects_window
    hints: list[str] = []
    window.canvas.hint.connect(hints.append)
    select(window, BOTH[0])
    QTest.keyClick(window.canvas, Qt.Key.Key_2)
    window.bench.undo()
    assert [o.class_index for o in window.canvas.selection.objects] == [1]
    window.bench.redo()
    assert [o.class_index for o in window.canvas.selection.objects] == [2]
    assert not hints


def test_nothing_asserts_a_locked_class(qtbot: QtBot, objects_window: MainWindow) -> None:
    window = objects_window
    before, hints = labels(window).copy(), list[str]()
    window.canvas.hint.connect(hints.append)
    select(window, BOTH[0])
    window.actions_["copy_objects"].trigger()
    window.options.locked = frozenset({1})
    hints.clear()
    QTest.mouseMove(window.canvas, place(window, (100, 130)))
    for number, order in enumerate(("paste_objects", "duplicate_objects", "grow_objects"), 1):
        window.actions_[order].trigger()
        assert len(hints) == number, order
        assert "locked" in hints[-1]
    assert (labels(window) == before).all()


def _on_a_smaller_image(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    small = folder / "small.png"
    Image.new("L", (100, 60)).save(small)
    with qtbot.waitSignal(window.bench.samples_changed):
        window.bench.open_paths([small])
    window.bench.go_to(window.bench.samples[-1].id)
    qtbot.waitUntil(lambda: labels(window).shape == (60, 100) and window.bench.picture is not None)


def test_what_lies_beyond_a_smaller_image_goes_under_the_pointer(
    qtbot: QtBot, objects_window: MainWindow, tmp_path: Path
) -> None:
    window, hints = objects_window, list[str]()
    window.canvas.hint.connect(hints.append)
    select(window, (120, 75))
    window.actions_["copy_objects"].trigger()
    _on_a_smaller_image(qtbot, window, tmp_path)
    QApplication.sendEvent(window.canvas, QEvent(QEvent.Type.Leave))
    window.actions_["paste_objects"].trigger()
    assert "beyond" in hints[-1]
    assert not labels(window).any()
    QTest.mouseMove(window.canvas, place(window, (40, 30)))
    window.actions_["paste_objects"].trigger()
    assert labels(window)[30, 40] == 1


def test_what_is_left_out_is_told(qtbot: QtBot, objects_window: MainWindow, tmp_path: Path) -> None:
    window, hints = objects_window, list[str]()
    window.canvas.hint.connect(hints.append)
    select(window, *BOTH)
    window.actions_["copy_objects"].trigger()
    _on_a_smaller_image(qtbot, window, tmp_path)
    window.actions_["paste_objects"].trigger()
    assert labels(window)[58, 50] == 1
    assert hints[-1].startswith("1 of 2 objects")


def test_the_hint_names_the_key_that_selects_now(objects_window: MainWindow) -> None:
    window, hints = objects_window, list[str]()
    window.canvas.hint.connect(hints.append)
    window.actions_["delete_objects"].trigger()
    assert hints[-1] == "Nothing is selected: click an object first."
    window.actions_["tool_brush"].trigger()
    window.actions_["delete_objects"].trigger()
    assert "press Q and" in hints[-1]
    window.shortcuts.set_keys("tool_select", ("Ctrl+J",))
    window.actions_["delete_objects"].trigger()
    assert "press Ctrl+J and" in hints[-1]
