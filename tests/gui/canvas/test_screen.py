"""The kept picture of the screen: what is out of date is drawn once, and much of it piece by piece."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QRegion

from segdesk.core.geometry import Box
from segdesk.gui.canvas import screen as module
from segdesk.gui.canvas.screen import Screen


@pytest.mark.parametrize("size", [(1600, 1000), (1601, 997), (7, 3), (3000, 1), (1, 3000)])
def test_a_large_area_is_drawn_in_bands_that_leave_nothing_out(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 1000)
    width, height = size
    screen, drawn = Screen(), np.zeros((height, width), np.int64)
    screen.resize(width, height)

    def draw(painter: QPainter, box: Box) -> None:
        assert box.width * box.height <= max(1000, box.width)
        drawn[box.slices] += 1
        painter.fillRect(QRect(0, 0, width, height), QColor(1, 2, 3))  # all of it, which is cut off

    screen.renew(QRegion(0, 0, width, height), draw)
    assert (drawn == 1).all()
    screen.renew(QRegion(0, 0, width, height), draw)
    assert (drawn == 1).all()  # nothing was out of date any more
