"""Tools used where they cannot do anything: nothing breaks, and a hint says why nothing happened."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from segdesk.gui.tools import TOOLS
from tests.gui.canvas.kit import RIGHT, Bench

AWAY = ((-30, -30), (-20, -25), (-25, -15))
INSIDE = ((60, 40), (120, 45), (100, 90))
HAND = "pan"  # it moves whatever there is


def use(bench: Bench, spots: tuple[tuple[float, float], ...]) -> None:
    """Click, drag, and all keys that mean something to a draft."""
    bench.click(spots[0])
    bench.drag(*spots)
    for spot in spots:
        bench.click(spot)
    wait(bench)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Escape):
        bench.key(key)


def wait(bench: Bench) -> None:
    canvas = bench.canvas
    bench.qtbot.waitUntil(lambda: not (canvas._background.is_busy or canvas._changes.is_busy))


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool != HAND])
def test_without_an_image_each_tool_says_so(bench: Bench, tool: str) -> None:
    bench.canvas.set_document(None, None)
    bench.canvas.set_tool(tool)
    use(bench, INSIDE)
    assert bench.hints
    assert "no image" in bench.hints[0]
    assert not bench.failures


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool != HAND])
def test_beside_the_image_each_tool_says_so(bench: Bench, tool: str) -> None:
    bench.canvas.set_tool(tool)
    bench.canvas.options.brush_size = 4
    use(bench, AWAY)
    assert bench.hints
    assert not bench.labels.any()
    assert not bench.corrected.any()
    assert not bench.failures


@pytest.mark.parametrize("tool", [tool for tool, kind in TOOLS.items() if kind.paints])
def test_a_locked_class_stays_as_it_is(bench: Bench, tool: str) -> None:
    bench.canvas.set_tool("rectangle")
    bench.drag((50, 30), (130, 100))
    bench.drag((75, 60), (85, 70), button=RIGHT)  # a hole, so that there is something to fill
    before = bench.labels.copy()
    bench.hints.clear()
    bench.canvas.options.locked = frozenset({0, 1, 2})
    bench.canvas.set_tool(tool)
    use(bench, INSIDE)
    assert any("locked" in hint for hint in bench.hints), bench.hints
    assert (bench.labels == before).all()


@pytest.mark.parametrize("tool", ["polygon", "lasso", "livewire"])
def test_an_outline_that_crosses_itself_is_filled_where_it_encloses(bench: Bench, tool: str) -> None:
    bench.canvas.set_tool(tool)
    bow_tie = (40, 30), (140, 110), (140, 30), (40, 110)
    if tool == "lasso":
        bench.drag(*bow_tie)
    else:
        for spot in bow_tie:
            bench.click(spot)
            wait(bench)
        bench.key(Qt.Key.Key_Return)
    assert bench.labels[70, 50] == bench.labels[70, 130] == 1
    assert bench.labels[40, 90] == bench.labels[100, 90] == 0
    assert "crosses itself" in " ".join(bench.hints)
    patch = bench.document.undo()
    assert patch is not None
    assert not np.any(bench.labels)
