"""The tools for objects, by mouse and keys on a canvas."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from segdesk.core.objects.numbering import Numbering
from tests.gui.canvas.kit import RIGHT, Bench

SHIFT = Qt.KeyboardModifier.ShiftModifier


def count(bench: Bench) -> int:
    return len(Numbering(bench.labels, bench.document.mask.borders).boxes)


def chosen(bench: Bench) -> list[int]:
    return [found.area for found in bench.canvas.selection.objects]


def test_hovering_lights_up_what_hangs_together(bench: Bench) -> None:
    selection = bench.canvas.selection
    before = bench.seen_at((50, 75))
    bench.move((50, 75))
    assert selection.hovered is not None
    assert selection.hovered.area == (bench.labels[:, :90] == 1).sum()
    at = bench.on_widget((50, 75))
    lit = bench.canvas.grab().toImage().pixelColor(at)
    assert (lit.red(), lit.green(), lit.blue()) != before
    bench.move((85, 75))
    assert selection.hovered is None


def test_a_click_selects_shift_adds_and_takes_away(bench: Bench) -> None:
    bench.click((50, 75))
    assert len(chosen(bench)) == 1
    bench.click((120, 75), keys=SHIFT)
    bench.click((170, 30), keys=SHIFT)
    assert len(chosen(bench)) == 3
    bench.click((50, 75), keys=SHIFT)
    assert len(chosen(bench)) == 2
    bench.click((120, 75))
    assert chosen(bench) == [int((bench.labels[:, 90:150] == 1).sum())]
    assert not bench.patches


def test_beside_an_object_nothing_is_selected_and_a_hint_says_so(bench: Bench) -> None:
    bench.click((50, 75))
    bench.click((85, 20))
    assert chosen(bench) == []
    assert len(bench.hints) == 1


def test_esc_selects_nothing_and_is_left_to_others_after_that(bench: Bench) -> None:
    bench.canvas.set_tool("select")
    bench.click((50, 75))
    assert bench.canvas.selection.objects
    bench.key(Qt.Key.Key_Escape)
    assert not bench.canvas.selection.objects
    assert not bench.canvas.tool.wants_key(Qt.Key.Key_Escape)


def test_the_outline_is_drawn_around_what_is_selected(bench: Bench) -> None:
    plain = bench.screenshot().astype(int)
    bench.click((50, 75))
    outlined = bench.screenshot().astype(int)
    different = np.abs(plain - outlined).max(axis=2) > 40
    edge = bench.on_widget((50 - 20 + 0.5, 75))
    assert different[edge.y(), edge.x() - 2 : edge.x() + 4].any()
    assert not different[bench.on_widget((120, 75)).y(), bench.on_widget((110, 75)).x() :].any()


def test_a_selection_follows_undo_and_may_vanish(bench: Bench) -> None:
    canvas = bench.canvas
    vanished: list[bool] = []
    canvas.selection.vanished.connect(lambda: vanished.append(True))
    canvas.set_tool("rectangle")
    bench.drag((5, 5), (20, 20))
    canvas.set_tool("select")
    bench.click((10, 10))
    area = chosen(bench)[0]
    canvas.set_tool("rectangle")
    canvas.set_tool("select")
    bench.click((10, 10))
    assert chosen(bench) == [area]
    patch = bench.document.undo()
    assert patch is not None
    canvas.show_change(patch.box)
    assert chosen(bench) == []
    assert vanished == [True]


def test_the_knife_parts_what_it_goes_through_as_one_step(bench: Bench) -> None:
    before = bench.labels.copy()
    bench.canvas.set_tool("cut")
    bench.drag((20, 75), (50, 74), (140, 75))
    assert count(bench) == 5  # both discs
    assert (bench.labels == before).all()
    assert len(bench.patches) == 1
    assert bench.document.mask.borders is not None
    around = bench.on_widget((50, 75))
    image = bench.canvas.grab().toImage()
    along = (image.pixelColor(around.x(), around.y() + step).lightness() for step in range(-4, 5))
    assert min(along) < 40  # and it is seen
    bench.document.undo()
    assert count(bench) == 3


@pytest.mark.parametrize("line", [((20, 75), (50, 75)), ((80, 10), (100, 10))])
def test_a_cut_that_parts_nothing_is_a_hint(bench: Bench, line: tuple[tuple[int, int], ...]) -> None:
    bench.canvas.set_tool("cut")
    bench.drag(*line)
    assert count(bench) == 3
    assert len(bench.hints) == 1
    assert not bench.patches


def test_esc_takes_the_knife_away(bench: Bench) -> None:
    bench.canvas.set_tool("cut")
    bench.press((20, 75))
    bench.move((100, 75))
    assert bench.canvas.has_draft()
    bench.key(Qt.Key.Key_Escape)
    bench.release((100, 75))
    assert count(bench) == 3


def joined(bench: Bench) -> None:
    bench.labels[68:82, 60:115] = 1
    bench.canvas.refresh()


def test_a_split_is_shown_before_it_is_done(bench: Bench) -> None:
    joined(bench)
    selection = bench.canvas.selection
    bench.canvas.set_tool("split")
    with bench.qtbot.waitSignal(selection.redrawn, check_params_cb=lambda: len(selection.pieces) > 1):
        bench.click((50, 75))
    assert not bench.patches
    before = count(bench)
    bench.key(Qt.Key.Key_Return)
    assert count(bench) > before
    assert len(bench.patches) == 1
    assert selection.pieces == ()


def test_another_depth_shows_other_parts_and_esc_none(bench: Bench) -> None:
    joined(bench)
    tool_id, selection = "split", bench.canvas.selection
    bench.canvas.set_tool(tool_id)
    with bench.qtbot.waitSignal(selection.redrawn, check_params_cb=lambda: len(selection.pieces) > 1):
        bench.click((50, 75))
    option = bench.canvas.tool.declare()[0]
    with bench.qtbot.waitSignal(selection.redrawn, check_params_cb=lambda: len(selection.pieces) == 1):
        bench.canvas.options.set(tool_id, option, 40.0)
    assert bench.hints
    bench.key(Qt.Key.Key_Escape)
    assert selection.pieces == ()
    assert not bench.canvas.has_draft()


@pytest.mark.parametrize("tool", ["select", "cut", "split"])
def test_without_an_image_there_is_a_hint(bench: Bench, tool: str) -> None:
    bench.canvas.set_document(None, None)
    bench.canvas.set_tool(tool)
    bench.drag((20, 75), (60, 75))
    assert len(bench.hints) == 1


def test_a_right_click_selects_and_asks_for_the_menu(bench: Bench) -> None:
    asked: list[object] = []
    bench.canvas.selection.menu_wanted.connect(asked.append)
    bench.click((120, 75), RIGHT)
    assert len(chosen(bench)) == 1
    assert len(asked) == 1
    assert not bench.patches


def test_a_fill_takes_the_object_that_was_clicked_and_not_what_touches_it(bench: Bench) -> None:
    whole = int((bench.labels[:, :90] == 1).sum())
    bench.canvas.set_tool("cut")
    bench.drag((50, 40), (50, 110))
    bench.canvas.set_tool("fill")
    bench.canvas.options.active_class = 2
    bench.click((60, 75))
    filled = int((bench.labels[:, :90] == 2).sum())
    assert 0.4 * whole < filled < 0.6 * whole
    assert bench.labels[75, 40] == 1


def test_the_halves_of_what_was_cut_are_selected_one_by_one(bench: Bench) -> None:
    before = bench.labels.copy()
    bench.canvas.set_tool("cut")
    bench.drag((50, 40), (50, 110))
    bench.canvas.set_tool("select")
    bench.click((40, 75))
    bench.click((60, 75), keys=SHIFT)
    areas = chosen(bench)
    assert len(areas) == 2
    assert sum(areas) == (before[:, :90] == 1).sum()
    assert count(bench) == 4


def test_the_menu_comes_once_the_button_is_up_and_the_next_click_counts(bench: Bench) -> None:
    asked: list[object] = []
    bench.canvas.selection.menu_wanted.connect(asked.append)
    bench.press((120, 75), RIGHT)
    assert not asked  # an open menu would hear of the release, and the canvas would wait for it
    bench.release((120, 75), RIGHT)
    assert len(asked) == 1
    bench.click((50, 75))
    assert chosen(bench) == [int((bench.labels[:, :90] == 1).sum())]


def test_a_button_that_went_up_unseen_does_not_block_the_next_press(bench: Bench) -> None:
    bench.canvas.set_tool("rectangle")
    dialog = QWidget()
    bench.qtbot.addWidget(dialog)
    bench.press((20, 20), RIGHT)
    QTest.mouseRelease(dialog, RIGHT)
    bench.held = Qt.MouseButton.NoButton
    bench.drag((60, 110), (90, 140))
    assert (bench.labels[112:138, 62:88] == 1).all()
