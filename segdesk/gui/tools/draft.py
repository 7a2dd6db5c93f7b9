"""Drawing a shape that is not part of the mask yet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF, QRegion

from segdesk.core.painting import Point, crosses_itself
from segdesk.core.translation import tr
from segdesk.gui.tools.base import ToolHost, rim_pens

HANDLE = 3.5  # half the side of a vertex's square on the canvas
_COARSE = 150  # points of an outline that say how it runs
_REACH = 12  # canvas pixels that pens and handles stand out


def draw_shape(painter: QPainter, path: QPainterPath, color: QColor) -> None:
    """A shape's inside, lightly, and its outline."""
    painter.fillPath(path, with_alpha(color, 60))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in rim_pens(color):
        painter.strokePath(path, pen)


def draw_handle(painter: QPainter, at: QPointF, color: QColor, *, large: bool) -> None:
    """A vertex; a large one says that a click there does something."""
    half = HANDLE * (1.7 if large else 1.0)
    painter.setPen(rim_pens(color)[0].color())
    painter.setBrush(color)
    painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))


def region_around(points: Sequence[QPointF]) -> QRegion:
    """What drawing through these points may touch."""
    if not points:
        return QRegion()
    bounds = QPolygonF(points).boundingRect().adjusted(-_REACH, -_REACH, _REACH, _REACH)
    return QRegion(bounds.toAlignedRect())


def tell_of_crossing(host: ToolHost, outline: Sequence[Point]) -> None:
    """Say so where an outline crosses itself; the small loops of a trembling hand are no matter."""
    if crosses_itself(outline[:: max(1, len(outline) // _COARSE)]):
        host.show_hint(tr("The outline crosses itself, so a part of it may be left out."))


def with_alpha(color: QColor, alpha: int) -> QColor:
    """The colour, as transparent as alpha (0 to 255) says."""
    return QColor(color.red(), color.green(), color.blue(), alpha)
