"""The classes of the project: which one is painted, its colour, its name and its key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.states import class_name
from segdesk.gui.theme import GRID, colors
from segdesk.gui.tools.options import ToolOptions
from segdesk.gui.workbench import Workbench

_INDEX = Qt.ItemDataRole.UserRole
_COLOR = Qt.ItemDataRole.UserRole + 1
_HEIGHT = 32
_SWATCH = 16


class ClassesPanel(QWidget):
    """Click a class to paint it, double-click to rename it, click its colour to change that."""

    def __init__(self, bench: Workbench, options: ToolOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._options = options
        self._filling = False
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Classes"))
        self.list.setUniformItemSizes(True)
        self.list.setMinimumHeight(2 * _HEIGHT)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        row = _ClassRow(self.list)
        self.list.setItemDelegate(row)
        self.list.viewport().installEventFilter(self)
        self.add = QPushButton(icon("plus"), tr("Add a class"))
        self.add.setFlat(True)
        self.add.setProperty("flat", True)
        self.add.setToolTip(tr("Add one more class to paint"))
        self.add.setAccessibleName(tr("Add a class"))

        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, 0, GRID, GRID)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.list)
        layout.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)

        self.add.clicked.connect(self.add_class)
        self.list.currentItemChanged.connect(self._on_current)
        self.list.itemChanged.connect(self._on_renamed)
        options.changed.connect(self._select)
        bench.classes_changed.connect(self._fill)
        self._fill()

    def sizeHint(self) -> QSize:
        return QSize(30 * GRID, 24 * GRID)

    @Slot()
    def add_class(self) -> None:
        """Add a class with a name that is free, and let the person rename it at once."""
        taken = {c.name.casefold() for c in self._bench.classes}
        number = len(taken)
        while (name := tr("class {number}").format(number=number)).casefold() in taken:
            number += 1
        before = len(self._bench.classes)
        self._bench.add_class(name)
        if len(self._bench.classes) > before:
            self._options.active_class = before
            self.list.editItem(self.list.item(before))

    @Slot()
    def _fill(self) -> None:
        self._filling = True
        self.list.clear()
        for c in self._bench.classes:
            item = QListWidgetItem(class_name(c))
            item.setData(_INDEX, c.index)
            item.setData(_COLOR, QColor(*c.color))
            item.setToolTip(self._tip(c.index))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self._filling = False
        self.list.setMaximumHeight(max(1, self.list.count()) * _HEIGHT)
        self.add.setEnabled(self._bench.project is not None)
        count = len(self._bench.classes)
        if count and self._options.active_class >= count:
            self._options.active_class = count - 1
        self._select()

    def _tip(self, index: int) -> str:
        key = f" ({index})" if index < 10 else ""
        if index == 0:
            return tr("The background: what belongs to none of your classes") + key
        return tr("Click to paint it, double-click to rename it") + key

    @Slot()
    def _select(self) -> None:
        item = self.list.item(self._options.active_class)
        if item is not None and self.list.currentItem() is not item:
            self._filling = True
            self.list.setCurrentItem(item)
            self._filling = False

    @Slot(QListWidgetItem, QListWidgetItem)
    def _on_current(self, item: QListWidgetItem | None, _: QListWidgetItem | None) -> None:
        if item is not None and not self._filling:
            self._options.active_class = item.data(_INDEX)

    @Slot(QListWidgetItem)
    def _on_renamed(self, item: QListWidgetItem) -> None:
        if not self._filling:
            self._bench.rename_class(item.data(_INDEX), item.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            item = self.list.itemAt(event.position().toPoint())
            if item is not None and swatch(self.list.visualItemRect(item)).contains(
                event.position().toPoint()
            ):
                self.recolor(item.data(_INDEX))
        return super().eventFilter(watched, event)

    def recolor(self, index: int) -> None:
        """Let the person choose another colour for a class."""
        found = next((c for c in self._bench.classes if c.index == index), None)
        if found is None:
            return
        title = tr("Colour of {name}").format(name=found.name)
        chosen = QColorDialog.getColor(QColor(*found.color), self, title)
        if chosen.isValid():
            self._bench.recolor_class(index, (chosen.red(), chosen.green(), chosen.blue()))


def swatch(row: QRect) -> QRect:
    """Where in a row its colour is."""
    return QRect(row.left() + GRID, row.center().y() - _SWATCH // 2 + 1, _SWATCH, _SWATCH)


class _ClassRow(QStyledItemDelegate):
    """A swatch, the name, and the digit that selects it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, _HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        c = colors()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = rect.adjusted(0, 1, 0, -1)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(c.selected))
            painter.drawRoundedRect(ground, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(c.hover))
            painter.drawRoundedRect(ground, 6, 6)
        painter.setBrush(index.data(_COLOR))
        painter.setPen(QColor(c.quiet))
        painter.drawRoundedRect(swatch(rect), 4, 4)
        digit = 3 * GRID
        words = rect.adjusted(GRID + _SWATCH + GRID, 0, -digit, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        name = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, words.width())
        painter.setPen(QColor(c.text))
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignLeft, name)
        if index.row() < 10:
            painter.setPen(QColor(c.quiet))
            right = rect.adjusted(0, 0, -GRID, 0)
            painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, str(index.row()))
        painter.restore()

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(GRID + _SWATCH + 4, 2, -4, -2))

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(tr("Name of the class"))
        editor.setStyleSheet("padding: 0 4px;")
        return editor

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        # Enter ends the renaming; without this it would confirm the image on screen instead.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.accept()
            return True
        return super().eventFilter(editor, event)
