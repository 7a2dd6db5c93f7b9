from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.core.assisted.scenes import blob, iou
from tests.gui.canvas.kit import Bench, Spot


def _clicks(count: int = 8) -> list[Spot]:
    truth = blob()[1].astype(np.uint8)
    contours, _ = cv2.findContours(truth, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    along = contours[0].reshape(-1, 2)
    return [(float(x) + 0.5, float(y) + 0.5) for x, y in along[:: len(along) // count][:count]]


def _wire(bench: Bench, qtbot: QtBot) -> None:
    """Click around the object, and wait for the wire of each click."""
    bench.canvas.set_tool("livewire")
    for spot in _clicks():
        with qtbot.waitSignal(bench.canvas.busy, check_params_cb=lambda busy: not busy):
            bench.click(spot)


def test_enter_closes_an_outline_that_clings_to_the_edge(bench: Bench, qtbot: QtBot) -> None:
    _wire(bench, qtbot)
    assert not bench.patches
    assert bench.canvas.has_draft()
    bench.key(Qt.Key.Key_Return)
    assert iou(bench.labels == 1, blob()[1]) > 0.96
    assert [patch.name for patch in bench.patches] == ["Livewire"]
    assert not bench.canvas.has_draft()


def test_the_first_point_closes_it(bench: Bench, qtbot: QtBot) -> None:
    _wire(bench, qtbot)
    bench.click(_clicks()[0])
    assert iou(bench.labels == 1, blob()[1]) > 0.96


def test_backspace_takes_a_point_back_and_esc_all(bench: Bench, qtbot: QtBot) -> None:
    _wire(bench, qtbot)
    for _ in range(8):
        bench.key(Qt.Key.Key_Backspace)
    assert not bench.canvas.has_draft()
    bench.click((50, 50))
    bench.key(Qt.Key.Key_Escape)
    assert not bench.canvas.has_draft()
    assert not bench.patches


def test_too_few_points_say_so(bench: Bench) -> None:
    bench.canvas.set_tool("livewire")
    bench.click((50, 50))
    bench.key(Qt.Key.Key_Return)
    assert "more points" in bench.hints[-1]
    assert bench.canvas.has_draft()


def test_off_the_image_and_locked(bench: Bench) -> None:
    bench.canvas.set_tool("livewire")
    bench.canvas.zoom_out()
    bench.click((-30, 50))
    assert "beside the image" in bench.hints[-1]
    bench.canvas.options.locked = frozenset({1})
    bench.click((50, 50))
    assert "locked" in bench.hints[-1]
    assert not bench.canvas.has_draft()
