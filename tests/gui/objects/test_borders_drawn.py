"""Borders between objects that touch are seen, at every scale, and drawn piece by piece as on the whole."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

from segdesk.core.geometry import Box
from segdesk.gui.qimage import from_qimage
from tests.gui.canvas.kit import Bench


def on_screen(bench: Bench) -> NDArray[np.uint8]:
    QApplication.processEvents()
    bench.qtbot.waitUntil(lambda: bench.canvas.is_smooth)
    return from_qimage(bench.canvas.grab().toImage())


def cells(bench: Bench) -> None:
    """All of one class, parted into patches of random shapes."""
    rng = np.random.default_rng(2)
    seeds = rng.integers(0, (150, 200), (40, 2))
    y, x = np.indices((150, 200))
    nearest = ((y[..., None] - seeds[:, 0]) ** 2 + (x[..., None] - seeds[:, 1]) ** 2).argmin(axis=2)
    bench.labels[:] = 1
    bench.document.correct("Split", lambda edit: edit.divide(Box(0, 0, 200, 150), nearest + 1))


@pytest.mark.parametrize("scale", [0.55, 0.7, 1.0, 1.3, 2.5, 9.0])
def test_pieces_drawn_look_as_the_whole_does(bench: Bench, scale: float) -> None:
    plain = on_screen(bench)
    cells(bench)
    bench.canvas.zoom(scale / bench.canvas.scale)
    assert bench.canvas.scale == pytest.approx(scale)
    bench.canvas.refresh()
    whole = on_screen(bench)
    assert whole.shape == plain.shape
    rng = np.random.default_rng(4)
    for index in (0, 1, 2, 1):
        x, y = int(rng.integers(80, 105)), int(rng.integers(60, 75))
        edit = bench.document.begin()
        edit.assert_class(Box(x, y, 15, 12), np.ones((12, 15), np.bool_), index)
        patch = bench.document.commit("Brush")
        assert patch is not None
        bench.canvas.show_change(patch.box)
        on_screen(bench)
    for _ in range(3):
        patch = bench.document.undo()
        assert patch is not None
        bench.canvas.show_change(patch.box)
    pieces = on_screen(bench)
    bench.canvas.refresh()
    assert np.array_equal(on_screen(bench), pieces)
    assert not np.array_equal(pieces, whole)


@pytest.mark.parametrize("scale", [0.55, 1.0, 4.0])
def test_a_border_is_darker_than_what_it_parts(bench: Bench, scale: float) -> None:
    bench.labels[:] = 1
    numbers = np.ones((150, 200), np.int32)
    numbers[:, 100:] = 2
    bench.canvas.zoom(scale / bench.canvas.scale)
    assert bench.canvas.scale == pytest.approx(scale)
    bench.canvas.refresh()
    before = on_screen(bench).astype(int)
    bench.document.correct("Split", lambda edit: edit.divide(Box(0, 0, 200, 150), numbers))
    bench.canvas.refresh()
    darker = (before - on_screen(bench).astype(int)).max(axis=2) > 40
    columns = np.flatnonzero(darker.any(axis=0))
    there = bench.on_widget((100, 75)).x()
    assert len(columns)
    assert abs(columns - there).max() <= 3
    assert darker[:, columns].any(axis=1).sum() > 100 * min(scale, 1.0)
