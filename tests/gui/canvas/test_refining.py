"""What changes much is drawn roughly at once, and finely as soon as there is a rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segdesk.core.geometry import Box
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.pyramid import Levels
from segdesk.gui.canvas.refining import Refining
from segdesk.gui.qimage import from_qimage
from tests.gui.canvas.kit import Bench, make_bench


@pytest.fixture
def fine(qtbot: QtBot, tmp_path: Path) -> Bench:
    """A canvas that shows a large image as a whole, whose mask is finer than the screen."""
    bench = make_bench(qtbot, tmp_path, np.full((3000, 4000), 100, np.uint8))
    bench.canvas.resize(900, 700)
    bench.labels[:] = (np.indices((3000, 4000)) // 3).sum(0) % 2
    bench.canvas.fit()
    qtbot.waitUntil(lambda: bench.canvas.is_smooth)
    return bench


def seen(bench: Bench) -> NDArray[np.uint8]:
    return from_qimage(bench.canvas.grab().toImage())


def test_a_large_change_is_seen_at_once_and_finely_after_a_rest(fine: Bench) -> None:
    before = seen(fine)
    fine.labels[:, 2000:] = 1 - fine.labels[:, 2000:]
    fine.labels[:, :1000] = 0
    fine.canvas.show_change(fine.document.mask.box)
    rough = seen(fine)
    assert not fine.canvas.is_smooth
    middle = rough.shape[0] // 2
    assert tuple(rough[middle, 150]) == (100, 100, 100) != tuple(before[middle, 150])
    fine.qtbot.waitUntil(lambda: fine.canvas.is_smooth)
    finely = seen(fine)
    assert (finely != rough).any()
    fine.canvas.refresh()
    assert (finely == seen(fine)).all()


def test_a_small_change_is_drawn_finely_at_once(fine: Bench) -> None:
    box = Box(1000, 1000, 300, 200)
    fine.labels[box.slices] = 0
    fine.canvas.show_change(box)
    assert fine.canvas.is_smooth
    piece = seen(fine)
    fine.canvas.refresh()
    assert (piece == seen(fine)).all()


def test_what_moves_meanwhile_is_drawn_finely_all_over(fine: Bench) -> None:
    fine.canvas.zoom(1.3)
    QApplication.processEvents()
    refining = fine.canvas.findChild(Refining)
    assert refining is not None
    with fine.qtbot.waitSignal(refining.asked):
        pass  # the first part of several
    assert not fine.canvas.is_smooth
    fine.canvas.pan(-37.0, 53.0)
    fine.qtbot.waitUntil(lambda: fine.canvas.is_smooth)
    panned = seen(fine)
    fine.canvas.refresh()
    assert (panned == seen(fine)).all()


def test_the_picture_is_not_drawn_again_where_labels_change(
    fine: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Box] = []
    draw = Frame.picture

    def picture(frame: Frame, levels: Levels) -> NDArray[np.uint8]:
        drawn.append(frame.area)
        return draw(frame, levels)

    monkeypatch.setattr(Frame, "picture", picture)
    before = seen(fine)
    fine.labels[500:2500] = 1
    fine.canvas.show_change(fine.document.mask.box)
    fine.qtbot.waitUntil(lambda: fine.canvas.is_smooth)
    assert (seen(fine) != before).any()
    assert not drawn
    fine.canvas.zoom(1.1)
    seen(fine)
    assert drawn
