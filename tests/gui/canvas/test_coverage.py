"""What a tool is about to paint is drawn over the image, and is no part of the mask."""

from __future__ import annotations

import numpy as np
import pytest

from segdesk.core.geometry import Box
from tests.gui.canvas.kit import Bench

BOX = Box(60, 40, 50, 30)


def test_it_is_seen_where_it_covers_and_nowhere_else(bench: Bench) -> None:
    before = bench.screenshot()
    covered = np.zeros((30, 50), np.bool_)
    covered[:, 25:] = True
    bench.canvas.show_coverage((BOX, covered), 1)
    changed = np.any(bench.screenshot() != before, axis=2)
    rows, columns = np.nonzero(changed)
    top_left, bottom_right = bench.on_widget((85, 40)), bench.on_widget((110, 70))
    assert changed[top_left.y() + 3 : bottom_right.y() - 3, top_left.x() + 3 : bottom_right.x() - 3].all()
    for found, wanted in (
        (columns.min(), top_left.x()),
        (columns.max(), bottom_right.x()),
        (rows.min(), top_left.y()),
        (rows.max(), bottom_right.y()),
    ):
        assert abs(int(found) - wanted) <= 2
    assert not bench.labels.any()


def test_another_one_takes_its_place_and_clearing_leaves_nothing(bench: Bench) -> None:
    before = bench.screenshot()
    bench.canvas.show_coverage((BOX, np.ones((30, 50), np.bool_)), 1)
    bench.canvas.show_coverage((Box(0, 0, 5, 5), np.ones((5, 5), np.bool_)), 2)
    assert bench.seen_at((80, 55)) == (100, 100, 100)
    bench.canvas.clear_coverage()
    assert np.array_equal(bench.screenshot(), before)


@pytest.mark.parametrize("leave", ["tool", "document"])
def test_it_goes_with_the_tool_and_the_document(bench: Bench, leave: str) -> None:
    bench.canvas.show_coverage((BOX, np.ones((30, 50), np.bool_)), 1)
    if leave == "tool":
        bench.canvas.set_tool("lasso")
    else:
        bench.canvas.set_document(np.full((150, 200), 100, np.uint8), bench.document)
    assert bench.seen_at((80, 55)) == (100, 100, 100)


def test_a_coverage_beyond_the_image_is_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="coverage"):
        bench.canvas.show_coverage((Box(190, 0, 20, 5), np.ones((5, 20), np.bool_)), 1)
    with pytest.raises(ValueError, match="coverage"):
        bench.canvas.show_coverage((BOX, np.ones((3, 3), np.bool_)), 1)


def test_a_stroke_drawn_in_parts_looks_like_one_drawn_at_once(bench: Bench) -> None:
    """At a large scale only the pixels that an event added are drawn anew."""
    bench.canvas.options.brush_size = 40
    bench.canvas.show_box(Box(60, 40, 60, 50))
    bench.drag((70, 50), (80, 52), (85, 60), (100, 75), (90, 80))
    bit_by_bit = bench.screenshot()
    bench.canvas.refresh()
    assert np.array_equal(bench.screenshot(), bit_by_bit)
