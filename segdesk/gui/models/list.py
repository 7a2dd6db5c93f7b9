"""The list of the model manager: headings, and below each its models with two lines of words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.models.entries import Entry, Group, Kind
from segdesk.gui.row_painting import beside_mark, paint_focus, paint_ground, paint_mark, paint_two_lines
from segdesk.gui.theme import GRID, colors

_ENTRY = Qt.ItemDataRole.UserRole
_ROW, _HEADING, _NOTE = 48, 36, 32
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
        paint_ground(painter, option)
        paint_focus(painter, option)
        mark = icon("check-circle", "good") if entry.in_use else icon(_GLYPHS[entry.kind], "quiet")
        paint_mark(painter, option, mark)
        paint_two_lines(painter, option, beside_mark(rect), entry.title, entry.line, strong=entry.in_use)
        painter.restore()
