"""What the mask lies over: the picture, and the gray around it.

It is kept apart from what is drawn over it, so that a stroke or its undo, which change labels alone, need
not bring the picture to the screen's pixels again.
"""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QRegion

from segdesk.core.geometry import Box
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.pyramid import Levels
from segdesk.gui.canvas.screen import Screen
from segdesk.gui.canvas.view import View
from segdesk.gui.qimage import write_bgra

_SURROUND = QColor(64, 64, 64)  # neutral and darker than most images, for a true eye
_BORDER = QColor(0, 0, 0, 120)


class Ground(Screen):
    """The picture of a screen's size."""

    def __init__(self) -> None:
        super().__init__()
        self.surround = _SURROUND  # the colour around the image

    def draw(self, area: Box, view: View, levels: Levels) -> None:
        """Bring these device pixels up to date."""

        def renew(painter: QPainter, part: Box) -> None:
            frame = Frame(view, part, levels.width, levels.height)
            if frame.area != part:
                painter.fillRect(QRect(*part), self.surround)
                _draw_border(painter, frame)
            if not frame.area.is_empty:
                write_bgra(frame.picture(levels), self.pixels(frame.area))

        self.renew(QRegion(QRect(*area)), renew)


def _draw_border(painter: QPainter, frame: Frame) -> None:
    """A fine line around the image, which shows where a dark one ends."""
    box = frame.covered
    # Lines of a pen end a pixel earlier or later with what else is drawn at once.
    for side in (
        Box(box.x - 1, box.y - 1, box.width + 2, 1),
        Box(box.x - 1, box.bottom, box.width + 2, 1),
        Box(box.x - 1, box.y, 1, box.height),
        Box(box.right, box.y, 1, box.height),
    ):
        painter.fillRect(QRect(*side), _BORDER)
