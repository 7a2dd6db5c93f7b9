"""What strokes may change: one rule for every tool."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from segdesk.gui.tools.options import Over
from tests.gui.canvas.kit import RIGHT, Bench


def _brush(bench: Bench) -> None:
    bench.canvas.options.brush_size = 30
    bench.drag((30, 70), (170, 70))


def _rectangle(bench: Bench) -> None:
    bench.canvas.set_tool("rectangle")
    bench.drag((30, 50), (170, 90))


def _polygon(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    for corner in ((30, 50), (170, 50), (170, 90), (30, 90), (30, 50)):
        bench.click(corner)


def _fill(bench: Bench) -> None:
    bench.canvas.options.set("fill", bench.canvas.tool.declare()[0], True)
    bench.canvas.set_tool("fill")
    bench.click((5, 5))
    for x in (60, 120):
        bench.click((x, 70))


every_tool = pytest.mark.parametrize("use", [_brush, _rectangle, _polygon, _fill])


@pytest.fixture
def painted(bench: Bench) -> Bench:
    """Class 2 at the left, class 1 (a correction) at the right, on background."""
    bench.labels[60:80, 50:80] = 2
    bench.labels[60:80, 110:140] = 1
    bench.corrected[60:80, 110:140] = 1
    return bench


@every_tool
def test_only_the_background(painted: Bench, use: Callable[[Bench], None]) -> None:
    painted.canvas.options.over = Over(only=0)
    use(painted)
    assert (painted.labels[60:80, 50:80] == 2).all()
    assert not painted.corrected[60:80, 50:80].any()
    assert painted.labels[70, 95] == 1


@every_tool
def test_only_one_class(painted: Bench, use: Callable[[Bench], None]) -> None:
    painted.canvas.options.over = Over(only=2)
    use(painted)
    assert painted.labels[70, 65] == 1
    assert not painted.labels[:, :50].any()
    assert painted.corrected[:, :50].sum() == 0


@every_tool
def test_what_was_corrected_is_kept(painted: Bench, use: Callable[[Bench], None]) -> None:
    painted.canvas.set_active_class(2)
    painted.canvas.options.over = Over(keep_corrected=True)
    use(painted)
    assert (painted.labels[60:80, 110:140] == 1).all()
    assert painted.labels[70, 95] == 2


@every_tool
def test_a_locked_class_is_never_changed(painted: Bench, use: Callable[[Bench], None]) -> None:
    painted.canvas.options.locked = frozenset({2})
    use(painted)
    assert (painted.labels[60:80, 50:80] == 2).all()
    assert painted.labels[70, 95] == 1


def test_erasing_keeps_to_the_rule_too(painted: Bench) -> None:
    painted.canvas.options.locked = frozenset({1})
    painted.canvas.options.brush_size = 30
    painted.drag((30, 70), (170, 70), button=RIGHT)
    assert (painted.labels[60:80, 110:140] == 1).all()
    assert not painted.labels[60:80, 56:74].any()


def test_painting_with_a_locked_class_is_a_hint(painted: Bench) -> None:
    before = painted.labels.copy()
    painted.canvas.options.locked = frozenset({1})
    _brush(painted)
    assert (painted.labels == before).all()
    assert len(painted.hints) == 1
    assert not painted.document.is_editing


@pytest.mark.parametrize(
    ("over", "locked"), [(Over(only=1), ()), (Over(keep_corrected=True), ()), (Over(), (0, 2))]
)
def test_where_nothing_may_change_a_hint_says_why(bench: Bench, over: Over, locked: tuple[int, ...]) -> None:
    bench.corrected[:] = 1
    bench.canvas.options.over = over
    bench.canvas.options.locked = frozenset(locked)
    bench.drag((30, 70), (60, 70))
    assert not bench.patches
    assert len(bench.hints) == 1
    assert "beside" not in bench.hints[0]


def test_one_stroke_may_cross_itself_under_every_rule(bench: Bench) -> None:
    bench.canvas.options.brush_size = 10
    bench.canvas.options.over = Over(only=0, keep_corrected=True)
    bench.drag((50, 50), (100, 50), (50, 50), (50, 100))
    assert (bench.labels[50, 50:100] == 1).all()
    assert (bench.labels[50:100, 50] == 1).all()
    assert len(bench.patches) == 1
    assert np.array_equal(bench.labels == 1, bench.corrected == 1)
