"""The rectangle."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage, Point, rectangle
from segdesk.core.translation import tr
from segdesk.gui.tools.between_corners import BetweenCorners


class Rectangle(BetweenCorners):
    """Drag a box; with Shift, a square."""

    id = "rectangle"
    icon = "mdi6.rectangle-outline"
    shortcut = "R"

    @staticmethod
    def title() -> str:
        return tr("Rectangle")

    @staticmethod
    def help() -> str:
        return tr("Drag a box; Shift makes it square, right-drag or Alt makes it background, Esc cancels.")

    def cover(self, corner: Point, opposite: Point, bounds: Box) -> Coverage:
        return rectangle(corner, opposite, bounds)

    def outline(self, around: QRectF) -> QPainterPath:
        path = QPainterPath()
        path.addRect(around)
        return path
