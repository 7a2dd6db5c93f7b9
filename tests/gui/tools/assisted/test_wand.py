from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from segdesk.gui.tools.assisted import Wand
from segdesk.gui.tools.option_kinds import Option
from tests.core.assisted.scenes import blob, iou
from tests.gui.canvas.kit import RIGHT, Bench

_INSIDE, _OUTSIDE = (200.5, 150.5), (20.5, 20.5)


def _option(name: str) -> Option:
    return next(option for option in Wand.declare() if option.id == name)


def _set_up(bench: Bench, tolerance: int = 40) -> None:
    bench.canvas.set_tool("wand")
    bench.canvas.options.set("wand", _option("tolerance"), tolerance)


def test_a_click_takes_what_looks_alike_as_one_step(bench: Bench, qtbot: QtBot) -> None:
    _set_up(bench)
    with qtbot.waitSignal(bench.canvas.stroke_finished):
        bench.click(_INSIDE)
    assert iou(bench.labels == 1, blob()[1]) > 0.98
    assert (bench.corrected == (bench.labels == 1)).all()
    assert [patch.name for patch in bench.patches] == ["Magic wand"]
    bench.document.undo()
    assert not bench.labels.any()


def test_hovering_shows_it_and_changes_nothing(bench: Bench, qtbot: QtBot) -> None:
    _set_up(bench)
    before = bench.canvas.grab().toImage()
    with qtbot.waitSignal(bench.canvas.busy, check_params_cb=lambda busy: not busy):
        bench.move(_INSIDE)
    assert bench.canvas.grab().toImage() != before
    assert not bench.labels.any()
    assert not bench.canvas.has_draft()


def test_dragging_up_takes_more(bench: Bench, qtbot: QtBot) -> None:
    _set_up(bench, tolerance=2)
    with qtbot.waitSignal(bench.canvas.stroke_finished):
        bench.drag(_INSIDE, (200.5, 50.5))
    assert float(bench.canvas.options.get("wand", _option("tolerance"))) > 30
    assert iou(bench.labels == 1, blob()[1]) > 0.97


def test_right_click_makes_it_background(bench: Bench, qtbot: QtBot) -> None:
    _set_up(bench)
    with qtbot.waitSignal(bench.canvas.stroke_finished):
        bench.click(_INSIDE, RIGHT)
    assert not bench.labels.any()
    assert iou(bench.corrected == 1, blob()[1]) > 0.98


def test_esc_while_the_button_is_down_drops_it(bench: Bench) -> None:
    _set_up(bench)
    bench.press(_INSIDE)
    bench.key(Qt.Key.Key_Escape)
    bench.release(_INSIDE)
    assert not bench.patches
    assert not bench.labels.any()


def test_it_looks_at_the_prediction_if_asked_to(bench: Bench, qtbot: QtBot) -> None:
    _set_up(bench)
    bench.canvas.options.set("wand", _option("source"), "model")
    asked: list[tuple[int, bool]] = []
    bench.canvas.probabilities_wanted.connect(lambda *what: asked.append(what))
    bench.click(_OUTSIDE)
    assert asked[-1] == (bench.document.sample.id, True)
    sure = np.zeros((300, 400), np.uint8)
    sure[:100, :100] = 250
    bench.canvas.set_probabilities(bench.document.sample.id, np.stack([255 - sure, sure, 0 * sure]))
    with qtbot.waitSignal(bench.canvas.stroke_finished):
        bench.click(_OUTSIDE)
    assert ((bench.labels == 1) == (sure > 0)).all()


def test_off_the_image_and_with_a_locked_class_it_says_why(bench: Bench) -> None:
    _set_up(bench)
    bench.canvas.zoom_out()
    bench.click((-30, 50))
    assert "beside the image" in bench.hints[-1]
    bench.canvas.options.locked = frozenset({1})
    bench.click(_INSIDE)
    assert "locked" in bench.hints[-1]
    assert not bench.patches


def test_without_an_image_it_says_so(bench: Bench) -> None:
    _set_up(bench)
    bench.canvas.set_document(None, None)
    bench.click((10, 10))
    assert "no image" in bench.hints[-1]


def test_a_change_of_the_mask_meanwhile_does_not_lose_the_click(bench: Bench, qtbot: QtBot) -> None:
    _set_up(bench)
    bench.press(_INSIDE)
    bench.document.predict(np.full_like(bench.labels, 2), 1)
    bench.canvas.show_change(bench.document.mask.box)
    with qtbot.waitSignal(bench.canvas.stroke_finished):
        bench.release(_INSIDE)
    assert iou(bench.labels == 1, blob()[1]) > 0.98
