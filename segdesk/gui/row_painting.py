"""What the rows of several lists look like alike."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from segdesk.gui.theme import GRID, colors

SMALL = 0.92  # the second line of a row, beside the first
_MARK = 18


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """What is behind a row that is selected, or under the mouse."""
    rect: QRect = option.rect
    state: QStyle.StateFlag = option.state
    if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors().selected if selected else colors().hover))
        painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)


def paint_focus(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """The frame of the row that keys are for."""
    rect: QRect = option.rect
    state: QStyle.StateFlag = option.state
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(QColor(colors().accent), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 1.5, -0.5, -1.5), 6, 6)


def paint_mark(painter: QPainter, option: QStyleOptionViewItem, mark: QIcon) -> None:
    """The mark that a row begins with."""
    rect: QRect = option.rect
    mark.paint(painter, QRect(rect.left() + GRID, rect.center().y() - _MARK // 2 + 1, _MARK, _MARK))


def beside_mark(rect: QRect) -> QRect:
    """What is left of a row for words."""
    return rect.adjusted(GRID + _MARK + GRID, 0, -GRID, 0)


def paint_two_lines(
    painter: QPainter, option: QStyleOptionViewItem, place: QRect, title: str, line: str, *, strong: bool
) -> None:
    """A title and a quiet line below it, in the middle of a place; what has no room is cut short."""
    font, small = QFont(option.font), QFont(option.font)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    small.setPointSizeF(small.pointSizeF() * SMALL)
    height = option.fontMetrics.height()
    top = place.center().y() - height
    for text, used, color in ((title, font, colors().text), (line, small, colors().quiet)):
        painter.setFont(used)
        painter.setPen(QColor(color))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        row = QRect(place.left(), top, place.width(), height)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        top += height + 2
