"""Points that snap while they are set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from segdesk.gui.tools import TOOLS
from segdesk.gui.tools.snap import BOTH, EDGES, NEIGHBOURS, NOTHING, SNAP
from tests.gui.canvas.kit import NO_KEYS, Bench, make_bench

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    """An image with a bright square, and a wall beside it that is in the mask only."""
    image = np.full((150, 200), 60, np.uint8)
    image[40:110, 30:100] = 200
    made = make_bench(qtbot, tmp_path, image)
    edit = made.document.begin()
    box = made.document.mask.box
    wall = np.zeros((150, 200), np.bool_)
    wall[40:110, 140:160] = True
    edit.assert_class(box, wall, 2)
    made.document.commit("wall")
    made.canvas.show_change(box)
    yield made
    made.project.close()


def use(bench: Bench, tool: str, target: str) -> None:
    bench.canvas.set_tool(tool)
    option = next(option for option in TOOLS[tool].declare() if option.id == SNAP)
    bench.canvas.options.set(tool, option, target)


SQUARE = ((33, 36), (97, 36), (104, 43), (104, 107), (97, 114), (33, 114), (26, 107), (26, 43))


def fit(bench: Bench) -> float:
    """How well what is painted fits the square: intersection over union."""
    ours, square = bench.labels == 1, np.zeros_like(bench.labels, np.bool_)
    square[40:110, 30:100] = True
    return float((ours & square).sum() / (ours | square).sum())


@pytest.mark.parametrize(("target", "keys", "snaps"), [
    (EDGES, NO_KEYS, True), (BOTH, NO_KEYS, True), (NOTHING, NO_KEYS, False), (EDGES, CONTROL, False),
])  # fmt: skip
def test_a_polygons_points_go_to_edges(
    bench: Bench, target: str, keys: Qt.KeyboardModifier, snaps: bool
) -> None:
    use(bench, "polygon", target)
    for corner in SQUARE:
        bench.click(corner, keys=keys)
    bench.key(Qt.Key.Key_Return)
    assert (fit(bench) > 0.93) is snaps  # either of the two pixels at an edge is right


@pytest.mark.parametrize("tool", ["polygon", "livewire"])
def test_points_go_to_the_boundary_of_a_neighbour(qtbot: QtBot, bench: Bench, tool: str) -> None:
    use(bench, tool, NEIGHBOURS)
    bench.canvas.options.set("livewire", TOOLS["livewire"].declare()[1], 12)
    for corner in ((137, 42), (137, 108), (120, 108), (120, 42)):
        bench.click(corner)
        if tool == "livewire":
            qtbot.waitUntil(lambda: not bench.canvas._background.is_busy)
    bench.key(Qt.Key.Key_Return)
    assert (bench.labels[45:105, 139] == 1).all()
    assert (bench.labels == 2).sum() == 20 * 70


def test_the_sides_of_a_box_snap_each_for_itself(bench: Bench) -> None:
    use(bench, "rectangle", BOTH)
    bench.drag((27, 42), (60, 60), (97, 113))
    assert (bench.labels[40:110, 30:100] == 1).all()
    assert (bench.labels == 1).sum() == 70 * 70


def test_a_click_is_no_box_even_beside_an_edge(bench: Bench) -> None:
    use(bench, "rectangle", EDGES)
    bench.click((28, 60))
    assert bench.hints == ["Drag from one corner to the opposite one."]
    assert not (bench.labels == 1).any()


@pytest.mark.parametrize("target", [EDGES, NEIGHBOURS])
def test_a_lasso_snaps_when_it_is_closed(qtbot: QtBot, bench: Bench, target: str) -> None:
    use(bench, "lasso", target)
    left, right = (32, 98) if target == EDGES else (120, 137)
    with qtbot.waitSignal(bench.canvas.stroke_finished):
        bench.drag((left, 43), (right, 43), (right, 75), (right, 107), (left, 107))
    if target == EDGES:
        assert fit(bench) > 0.97
    else:
        assert (bench.labels[50:100, 130:140] == 1).all()
        assert (bench.labels == 2).sum() == 20 * 70
    assert len(bench.patches) == 1


def test_a_line_snaps_but_not_with_shift(bench: Bench) -> None:
    use(bench, "line", EDGES)
    bench.canvas.options.brush_size = 1
    bench.drag((27, 50), (60, 80), (27, 95))
    rows, columns = np.nonzero(bench.labels == 1)
    assert set(columns.tolist()) <= {29, 30}
    assert rows.max() - rows.min() >= 40


def test_a_mark_shows_where_the_point_would_go(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    bench.move((26, 70))
    without = bench.canvas.grab().toImage()
    use(bench, "polygon", EDGES)
    bench.move((27, 70))
    bench.move((26, 70))
    at = bench.on_widget((30, 70))
    seen = {bench.canvas.grab().toImage().pixel(at.x() + dx, at.y()) for dx in range(-8, 8)}
    assert seen != {without.pixel(at.x() + dx, at.y()) for dx in range(-8, 8)}


def test_what_one_tool_snaps_to_the_others_do_too(bench: Bench) -> None:
    use(bench, "polygon", NEIGHBOURS)
    bench.canvas.set_tool("rectangle")
    assert bench.canvas.tool.word(SNAP) == NEIGHBOURS
    bench.canvas.set_tool("livewire")
    assert bench.canvas.tool.word(SNAP) == EDGES


def test_a_click_where_the_first_one_was_closes_a_polygon_that_snaps(bench: Bench) -> None:
    use(bench, "polygon", EDGES)
    for corner in (*SQUARE, SQUARE[0]):
        bench.click(corner)
    assert len(bench.patches) == 1
    assert fit(bench) > 0.93


@pytest.mark.parametrize(
    ("target", "hint"), [(EDGES, "Nothing snaps here"), (BOTH, "only neighbours"), (NEIGHBOURS, None)]
)
@pytest.mark.parametrize("tool", ["polygon", "rectangle", "lasso"])
def test_on_an_image_that_is_read_in_pieces_it_is_said_why_nothing_snaps(
    bench: Bench, tool: str, target: str, hint: str | None
) -> None:
    bench.canvas.set_document(bench.canvas.levels, bench.document)  # the pixels themselves are not at hand
    use(bench, tool, target)
    if tool == "polygon":
        for corner in ((33, 36), (97, 36), (97, 100)):
            bench.click(corner)
        bench.key(Qt.Key.Key_Return)
    else:
        bench.drag((33, 36), (97, 36), (97, 100))
    bench.qtbot.waitUntil(lambda: bool(bench.patches))
    assert bool(bench.hints) == (hint is not None)
    assert hint is None or hint in bench.hints[0]
