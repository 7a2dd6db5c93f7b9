"""While the hands rest, the stored masks follow what was painted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from segdesk.gui.canvas import settling
from segdesk.gui.tools import fill
from tests.gui.canvas.kit import Bench


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_REST", 0)
    monkeypatch.setattr(settling, "_PAUSE", 0)


def is_ahead(bench: Bench) -> bool:
    rows = bench.project.raw.execute("SELECT 1 FROM patches WHERE applied NOT IN (0, 1)").fetchall()
    return bool(rows)


def test_tiles_follow_a_stroke_and_what_takes_it_back(bench: Bench) -> None:
    bench.drag((20, 20), (120, 90))
    bench.qtbot.waitUntil(lambda: not is_ahead(bench))
    stored = bench.project.raw.execute("SELECT COUNT(*) FROM tiles").fetchone()
    assert stored != (0,)
    patch = bench.document.undo()
    assert patch is not None
    assert is_ahead(bench)
    bench.canvas.show_change(patch.box)
    bench.qtbot.waitUntil(lambda: not is_ahead(bench))
    assert bench.project.raw.execute("SELECT COUNT(*) FROM tiles").fetchone() == (0,)


def test_they_wait_for_a_stroke_under_way(bench: Bench) -> None:
    bench.drag((20, 20), (60, 60))
    bench.press((100, 100))
    bench.move((120, 100))
    for _ in range(20):
        QApplication.processEvents()
    assert is_ahead(bench)
    bench.release((120, 100))
    bench.qtbot.waitUntil(lambda: not is_ahead(bench))
    loaded = bench.project.masks.load(bench.document.sample)
    assert np.array_equal(loaded.labels, bench.labels)
    assert np.array_equal(loaded.corrected, bench.corrected)


def test_a_project_that_cannot_be_saved_stops_them_quietly(bench: Bench) -> None:
    bench.drag((20, 20), (60, 60))
    bench.project.raw.execute("UPDATE patch_tiles SET labels = x'00'")
    for _ in range(20):
        QApplication.processEvents()
    assert is_ahead(bench)
    assert bench.failures == []


def test_a_fill_that_looked_at_a_mask_while_it_changed_is_dropped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill, "AT_ONCE", 0)
    bench.canvas.set_tool("fill")
    bench.click((100, 75))
    bench.document.begin().confirm()
    bench.document.cancel()  # the mask is what it was, and yet the fill may have seen another one
    bench.qtbot.waitUntil(lambda: not bench.canvas.is_busy)
    assert bench.hints == ["The mask has changed meanwhile: click once more."]
    assert not bench.labels.any()
    with bench.qtbot.waitSignal(bench.canvas.stroke_finished):
        bench.click((100, 75))
    assert bench.labels.all()
