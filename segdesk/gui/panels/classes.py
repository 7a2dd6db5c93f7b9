"""The classes of the project: which one is painted, its colour, its name and its key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Slot
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.panels.class_row import COLOR, HEIGHT, INDEX, ClassRow, Mark, marks_of, place_of, swatch
from segdesk.gui.seeing import Seeing
from segdesk.gui.states import class_name
from segdesk.gui.theme import GRID
from segdesk.gui.tools.options import ToolOptions
from segdesk.gui.workbench import Workbench

_ROWS = 5  # that are seen at least, where there are as many


class ClassesPanel(QWidget):
    """Click a class to paint it, double-click to rename it, click its colour to change that.

    Marks in each row hide a class, show it alone or lock it; buttons below do the same for the active one.
    """

    def __init__(
        self, bench: Workbench, options: ToolOptions, seeing: Seeing, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._options = options
        self._seeing = seeing
        self._filling = False
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Classes"))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.list.setItemDelegate(ClassRow(options, seeing, self.list))
        self.list.viewport().installEventFilter(self)
        self.add = QPushButton(icon("plus"), tr("Add a class"))
        self.add.setFlat(True)
        self.add.setProperty("flat", True)
        self.add.setToolTip(tr("Add one more class to paint"))
        self.add.setAccessibleName(tr("Add a class"))

        self.marks: dict[Mark, QPushButton] = {}
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.add)
        below.addStretch(1)
        for mark in Mark:
            button = QPushButton()
            button.setFlat(True)
            button.setProperty("flat", True)
            button.setFixedSize(4 * GRID, 4 * GRID)
            button.setObjectName(mark.value)
            button.clicked.connect(self._on_button)
            below.addWidget(button)
            self.marks[mark] = button

        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, 0, GRID, GRID)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.list)
        layout.addLayout(below)
        layout.addStretch(1)

        self.add.clicked.connect(self.add_class)
        self.list.currentItemChanged.connect(self._on_current)
        self.list.itemChanged.connect(self._on_renamed)
        options.changed.connect(self._select)
        seeing.changed.connect(self._select)
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
        self._bench.class_verbs.add(name)
        if len(self._bench.classes) > before:
            self._options.active_class = before
            self.list.editItem(self.list.item(before))

    @Slot()
    def _fill(self) -> None:
        self._filling = True
        self.list.clear()
        for c in self._bench.classes:
            item = QListWidgetItem(class_name(c))
            item.setData(INDEX, c.index)
            item.setData(COLOR, QColor(*c.color))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self._filling = False
        rows = max(1, self.list.count())
        self.list.setMinimumHeight(min(max(rows, 2), _ROWS) * HEIGHT)
        self.list.setMaximumHeight(rows * HEIGHT)
        self.add.setEnabled(self._bench.project is not None)
        count = len(self._bench.classes)
        if count and self._options.active_class >= count:
            self._options.active_class = count - 1
        self._select()

    def _show_marks(self) -> None:
        """A class may have been locked or hidden, or another one become active."""
        self.list.viewport().update()
        blocked = self.list.blockSignals(True)
        for row, c in enumerate(self._bench.classes[: self.list.count()]):
            shown = marks_of(c.index, self._options, self._seeing)
            words = [class_name(c), *(mark.state() for mark in Mark if shown[mark])]
            self.list.item(row).setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(words))
        self.list.blockSignals(blocked)
        active = self._options.active_class
        there = active < len(self._bench.classes)
        shown = marks_of(active, self._options, self._seeing)
        for mark, button in self.marks.items():
            name = class_name(self._bench.classes[active]) if there else ""
            button.setEnabled(there and mark.is_for(active))
            button.setIcon(icon(mark.icon(on=shown[mark]), "text"))
            button.setToolTip(mark.tip(name, on=shown[mark]))
            button.setAccessibleName(mark.tip(name, on=shown[mark]))

    @Slot()
    def _on_button(self) -> None:
        sender = self.sender()
        if sender is not None:
            Mark(sender.objectName()).use(self._options.active_class, self._seeing)

    def _tip(self, index: int) -> str:
        key = f" ({index})" if index < 10 else ""
        if index == 0:
            return tr("The background: what belongs to none of your classes") + key
        return tr("Click to paint it, double-click to rename it") + key

    @Slot()
    def _select(self) -> None:
        self._show_marks()
        item = self.list.item(self._options.active_class)
        if item is not None and self.list.currentItem() is not item:
            self._filling = True
            self.list.setCurrentItem(item)
            self._filling = False

    @Slot(QListWidgetItem, QListWidgetItem)
    def _on_current(self, item: QListWidgetItem | None, _: QListWidgetItem | None) -> None:
        if item is not None and not self._filling:
            self._options.active_class = item.data(INDEX)

    @Slot(QListWidgetItem)
    def _on_renamed(self, item: QListWidgetItem) -> None:
        if not self._filling:
            self._bench.class_verbs.rename(item.data(INDEX), item.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            return self._show_tip(event)
        if not isinstance(event, QMouseEvent) or event.button() is not Qt.MouseButton.LeftButton:
            return super().eventFilter(watched, event)
        at = event.position().toPoint()
        item, mark = self.list.itemAt(at), self._mark_at(at)
        pressed = event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
        if pressed and item is not None and mark is not None:
            mark.use(item.data(INDEX), self._seeing)
            return True  # the class is not chosen by it
        released = event.type() == QEvent.Type.MouseButtonRelease
        if released and item is not None and swatch(self.list.visualItemRect(item)).contains(at):
            self.recolor(item.data(INDEX))
        return super().eventFilter(watched, event)

    def _mark_at(self, at: QPoint) -> Mark | None:
        item = self.list.itemAt(at)
        if item is None:
            return None
        row = self.list.visualItemRect(item)
        marks = (mark for mark in Mark if mark.is_for(item.data(INDEX)))
        return next((mark for mark in marks if place_of(mark, row).contains(at)), None)

    def _show_tip(self, event: QHelpEvent) -> bool:
        item, mark = self.list.itemAt(event.pos()), self._mark_at(event.pos())
        if item is not None:
            on = mark is not None and marks_of(item.data(INDEX), self._options, self._seeing)[mark]
            text = mark.tip(item.text(), on=on) if mark is not None else self._tip(item.data(INDEX))
            QToolTip.showText(event.globalPos(), text, self.list.viewport())
        return item is not None

    def recolor(self, index: int) -> None:
        """Let the person choose another colour for a class."""
        found = next((c for c in self._bench.classes if c.index == index), None)
        if found is None:
            return
        title = tr("Colour of {name}").format(name=found.name)
        chosen = QColorDialog.getColor(QColor(*found.color), self, title)
        if chosen.isValid():
            self._bench.class_verbs.recolor(index, (chosen.red(), chosen.green(), chosen.blue()))
