"""How one command looks in the palette."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from segdesk.gui.theme import GRID, colors

KEYS = Qt.ItemDataRole.UserRole + 1
_ICON = 18


class PaletteRow(QStyledItemDelegate):
    """An icon, the name, and the keys on the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, 4 * GRID)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        c = colors()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.selected))
            painter.drawRoundedRect(rect, 6, 6)
        mark = QRect(rect.left() + GRID, rect.center().y() - _ICON // 2 + 1, _ICON, _ICON)
        index.data(Qt.ItemDataRole.DecorationRole).paint(painter, mark)
        words = rect.adjusted(_ICON + 2 * GRID + 4, 0, -GRID, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(c.text))
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignLeft, index.data())
        painter.setPen(QColor(c.quiet))
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, index.data(KEYS))
        painter.restore()
