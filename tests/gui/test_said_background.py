"""Whoever paints background sees where, and nobody else is bothered by it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from segdesk.core.patch import State
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint, retrain

HERE, THERE = (10, 30), (40, 30)


def is_drawn(window: MainWindow) -> bool:
    return window.canvas.overlay.background


def color_at(window: MainWindow, x: float, y: float) -> tuple[int, int, int]:
    color = window.canvas.grab().toImage().pixelColor(window.canvas.to_widget((x, y)).toPoint())
    return color.red(), color.green(), color.blue()


def test_background_is_seen_where_it_was_painted_before_there_is_a_model(project_window: MainWindow) -> None:
    window = project_window
    before = color_at(window, 25, 30)
    window.canvas.set_active_class(0)
    paint(window, HERE, THERE)
    window.canvas.set_active_class(1)
    assert min(color_at(window, 25, 30)) > max(before)
    window.bench.undo()
    assert color_at(window, 25, 30) == before


def test_later_it_is_seen_while_somebody_paints_background(qtbot: QtBot, project_window: MainWindow) -> None:
    window = project_window
    paint(window, HERE, THERE)
    retrain(qtbot, window)
    assert not is_drawn(window)
    window.actions_["tool_eraser"].trigger()
    assert is_drawn(window)
    window.actions_["tool_brush"].trigger()
    assert not is_drawn(window)
    window.canvas.set_active_class(0)
    assert is_drawn(window)


@pytest.mark.parametrize("active", [0, 1])
def test_of_a_confirmed_image_none_is_drawn(project_window: MainWindow, active: int) -> None:
    window = project_window
    assert window.bench.current is not None
    first = window.bench.current.id
    window.canvas.set_active_class(active)
    paint(window, HERE, THERE)
    assert is_drawn(window)
    window.actions_["confirm"].trigger()
    window.bench.go_to(first)
    assert window.bench.current.state is State.CONFIRMED
    assert not is_drawn(window)
