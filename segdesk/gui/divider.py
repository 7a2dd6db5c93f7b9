"""The line between two things that are compared, with a handle to drag it by."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

DARK, LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255)  # seen on any image
GRIP = 14.0  # radius of the handle
_SIGN = QColor(40, 40, 40)


def paint_divider(painter: QPainter, x: float, height: float, *, focused: bool = False) -> None:
    """Draw it from top to bottom; focused: keys move it."""
    middle = height / 2
    for color, width in ((DARK, 4.0), (LIGHT, 2.0)):
        painter.setPen(QPen(color, width))
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
    painter.setPen(QPen(DARK, 2 if focused else 1))
    painter.setBrush(LIGHT)
    painter.drawEllipse(QPointF(x, middle), GRIP, GRIP)
    painter.setPen(QPen(_SIGN, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    for way in (-1, 1):
        tip = QPointF(x + way * 8, middle)
        for up in (-1, 1):
            painter.drawLine(tip, QPointF(x + way * 4, middle + up * 4))
