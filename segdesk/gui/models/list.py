"""The list of the model manager: headings, and below each its models with two lines of words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.models.entries import Entry, Group, Kind
from segdesk.gui.theme import GRID, colors

_ENTRY = Qt.ItemDataRole.UserRole
_ROW, _HEADING, _NOTE = 48, 36, 32
_MARK = 18
_GLYPHS = {
    Kind.STARTER: "rocket-launch-outline",
    Kind.NETWORK: "graph-outline",
    Kind.MINE: "package-variant-closed",
    Kind.VERSION: "circle-outline",
}

_Index = QModelIndex | QPersistentModelIndex


class ModelList(QListWidget):
    """chosen: another entry (or None) is the current one."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Models"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setItemDelegate(_Row(self))
        self.currentItemChanged.connect(self._on_current)

    def fill(self, groups: Sequence[Group]) -> None:
        """Show these; what was current stays so where it is still there."""
        before, place = self.current(), self.verticalScrollBar().value()
        blocked = QSignalBlocker(self)
        self.clear()
        first: QListWidgetItem | None = None
        again: QListWidgetItem | None = None
        for group in groups:
            self._add_note(group.title, _HEADING)
            for entry in group.entries:
                item = QListWidgetItem(entry.title)
                item.setData(_ENTRY, entry)
                item.setSizeHint(QSize(20 * GRID, _ROW))
                item.setToolTip(f"{entry.title}\n{entry.line}")
                self.addItem(item)
                first = first or item
                if before is not None and entry.key == before.key:
                    again = item
            if not group.entries and group.empty:
                self._add_note(group.empty, _NOTE)
        current = again or first
        if current is not None:
            self.setCurrentItem(current)
        blocked.unblock()
        self.verticalScrollBar().setValue(place)
        self.chosen.emit(self.current())

    def current(self) -> Entry | None:
        """The entry that is selected."""
        item = self.currentItem()
        entry = item.data(_ENTRY) if item is not None else None
        return entry if isinstance(entry, Entry) else None

    def entries(self) -> list[Entry]:
        """All of them, from top to bottom."""
        found = (self.item(row).data(_ENTRY) for row in range(self.count()))
        return [entry for entry in found if isinstance(entry, Entry)]

    def select(self, key: str) -> None:
        """Make an entry the current one, if it is there."""
        for row in range(self.count()):
            entry = self.item(row).data(_ENTRY)
            if isinstance(entry, Entry) and entry.key == key:
                self.setCurrentRow(row)

    def _add_note(self, text: str, height: int) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setSizeHint(QSize(20 * GRID, height))
        self.addItem(item)

    def _on_current(self) -> None:
        self.chosen.emit(self.current())


class _Row(QStyledItemDelegate):
    """A mark and two lines; headings and notes are a line without a mark."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry = index.data(_ENTRY)
        rect: QRect = option.rect
        c = colors()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not isinstance(entry, Entry):
            heading = rect.height() == _HEADING
            font = QFont(option.font)
            font.setWeight(QFont.Weight.DemiBold if heading else QFont.Weight.Normal)
            painter.setFont(font)
            painter.setPen(QColor(c.quiet))
            side = Qt.AlignmentFlag.AlignBottom if heading else Qt.AlignmentFlag.AlignTop
            place = rect.adjusted(GRID, GRID // 2, -GRID, -GRID)
            text = painter.fontMetrics().elidedText(
                str(index.data(Qt.ItemDataRole.DisplayRole)), Qt.TextElideMode.ElideRight, place.width()
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | side, text)
            painter.restore()
            return
        state: QStyle.StateFlag = option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            selected = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.selected if selected else c.hover))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(c.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 1.5, -0.5, -1.5), 6, 6)
        mark = QRect(rect.left() + GRID, rect.center().y() - _MARK // 2 + 1, _MARK, _MARK)
        look = icon("check-circle", "good") if entry.in_use else icon(_GLYPHS[entry.kind], "quiet")
        look.paint(painter, mark)
        place = rect.adjusted(GRID + _MARK + GRID, 0, -GRID, 0)
        font, small = QFont(option.font), QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if entry.in_use else QFont.Weight.Normal)
        small.setPointSizeF(small.pointSizeF() * 0.92)
        line = option.fontMetrics.height()
        top = place.center().y() - line
        for text, used, color in ((entry.title, font, c.text), (entry.line, small, c.quiet)):
            painter.setFont(used)
            painter.setPen(QColor(color))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
            row = QRect(place.left(), top, place.width(), line)
            painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
            top += line + 2
        painter.restore()
