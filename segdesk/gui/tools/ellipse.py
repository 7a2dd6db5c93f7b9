"""The ellipse."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage, Point, ellipse
from segdesk.core.translation import tr
from segdesk.gui.tools.between_corners import BetweenCorners


class Ellipse(BetweenCorners):
    """Drag an oval; with Shift, a circle."""

    id = "ellipse"
    icon = "mdi6.ellipse-outline"
    shortcut = "O"

    @staticmethod
    def title() -> str:
        return tr("Ellipse")

    @staticmethod
    def help() -> str:
        return tr(
            "Drag an oval; Shift makes it a circle, right-drag or Alt makes it background, Esc cancels."
        )

    def cover(self, corner: Point, opposite: Point, bounds: Box) -> Coverage:
        return ellipse(corner, opposite, bounds)

    def outline(self, around: QRectF) -> QPainterPath:
        path = QPainterPath()
        path.addEllipse(around)
        return path
