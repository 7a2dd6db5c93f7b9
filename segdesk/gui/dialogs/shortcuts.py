"""All keys at a glance, and other ones for those who are used to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.errors import SegdeskError
from segdesk.core.translation import tr
from segdesk.gui.actions import Order, key_text, keys_text, menus
from segdesk.gui.dialogs.form import named
from segdesk.gui.dialogs.palette import match
from segdesk.gui.icons import icon
from segdesk.gui.shortcuts import PRESETS, Shortcuts, normal, reserved
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown

_ID = Qt.ItemDataRole.UserRole


def canvas_keys() -> list[tuple[str, str]]:
    """What the canvas does by itself: keys and mouse, and what for."""
    return [
        (tr("Space + drag, middle drag"), tr("Move the image")),
        (tr("Wheel, two fingers apart"), tr("Zoom where the pointer is")),
        (tr("Shift + wheel, Ctrl + right drag"), tr("Change the brush size")),
        (tr("V"), tr("Show or hide the mask; hold to peek")),
        (tr("Alt + drag, right drag"), tr("Erase with any tool")),
        (tr("Shift + click"), tr("Brush: paint straight from the last place; outline: remove a point")),
        (tr("Enter"), tr("Close the outline being drawn")),
        (tr("Backspace"), tr("Take back its last point")),
        (tr("Esc"), tr("Drop it")),
    ]


class ShortcutsDialog(QDialog):
    """Made from the same table as the menus. A change holds at once; there is nothing to accept."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(80 * GRID, 84 * GRID)
        self._shortcuts = shortcuts
        self._wanted = ""  # a key that is asked for, but means something else
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a command or a key"))
        self.search.addAction(icon("magnify", "quiet"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setClearButtonEnabled(True)
        named(self.search, tr("Find a command or a key"))
        self.preset = DropDown()
        named(self.preset, tr("Keys of"), tr("Begin with the keys of another program; your own ones stay"))
        for name in PRESETS:
            self.preset.addItem(tr("Keys of {program}").format(program=name), name)
        self.preset.setCurrentIndex(self.preset.findData(shortcuts.preset))
        self.tree = QTreeWidget()
        self.tree.setObjectName("shortcuts")
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(GRID)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName(tr("Commands and their keys"))
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.name = QLabel()
        self.name.setProperty("rank", "heading")
        self.keys = QKeySequenceEdit()
        self.keys.setMaximumSequenceLength(1)
        self.keys.setClearButtonEnabled(True)
        named(self.keys, tr("New key"), tr("Click here and press the keys that shall mean this command"))
        self.take = QPushButton(tr("Take it from there"))
        named(self.take, self.take.text(), tr("Let the key mean this command, and no longer the other one"))
        self.reset = QPushButton(tr("Reset"))
        named(self.reset, tr("Reset"), tr("Give this command its first key back"))
        self.reset_all = QPushButton(tr("Reset all"))
        named(self.reset_all, tr("Reset all"), tr("Forget all keys that you have chosen yourself"))
        for button in (self.take, self.reset, self.reset_all):
            button.setAutoDefault(False)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setProperty("rank", "quiet")
        self.told.setMinimumHeight(self.fontMetrics().height() * 2)

        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.preset)
        bottom.addWidget(self.name, 1)
        for widget in (self.keys, self.take, self.reset, self.reset_all):
            bottom.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addWidget(self.tree, 1)
        layout.addLayout(bottom)
        layout.addWidget(self.told)

        self.search.textChanged.connect(self._filter)
        self.preset.activated.connect(self._on_preset)
        self.tree.currentItemChanged.connect(self._on_row)
        self.tree.itemActivated.connect(self._on_activated)
        self.keys.editingFinished.connect(self._on_key)
        self.take.clicked.connect(self._on_take)
        self.reset.clicked.connect(self._on_reset)
        self.reset_all.clicked.connect(self._on_reset_all)
        shortcuts.changed.connect(self._renew)
        self._fill()
        self._show_row()

    def select(self, order_id: str) -> None:
        """Go to the row of an order."""
        if (item := self._items.get(order_id)) is not None:
            self.tree.setCurrentItem(item)

    def _fill(self) -> None:
        self._items: dict[str, QTreeWidgetItem] = {}
        self._sections: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        titles = {name: title.replace("&", "") for name, title in menus().items()}
        sections: dict[str, list[Order]] = {name: [] for name in [*titles, ""]}
        for order in self._shortcuts.orders:
            sections[order.menu].append(order)
        for name, orders in sections.items():
            if orders:
                rows = [(order.text.rstrip("…"), keys_text(order.keys)) for order in orders]
                items = self._section(titles.get(name, tr("Classes and more")), rows)
                for order, item in zip(orders, items, strict=True):
                    item.setData(0, _ID, order.id)
                    item.setToolTip(0, order.help or order.text)
                    self._items[order.id] = item
        self._section(tr("On the image"), [(text, keys) for keys, text in canvas_keys()])
        self.tree.expandAll()

    def _section(self, title: str, rows: Sequence[tuple[str, str]]) -> list[QTreeWidgetItem]:
        section = QTreeWidgetItem(self.tree, [title])
        font = section.font(0)
        font.setBold(True)
        section.setFont(0, font)
        section.setFirstColumnSpanned(True)
        section.setFlags(Qt.ItemFlag.ItemIsEnabled)
        items = [QTreeWidgetItem(section, list(row)) for row in rows]
        for item in items:
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
        self._sections.append((section, items))
        return items

    @Slot()
    def _renew(self) -> None:
        for order in self._shortcuts.orders:
            self._items[order.id].setText(1, keys_text(order.keys))
        self._show_row()

    @Slot(str)
    def _filter(self, text: str) -> None:
        for section, items in self._sections:
            for item in items:
                found = match(text, item.text(0)) is not None or text.casefold() in item.text(1).casefold()
                item.setHidden(not found)
            section.setHidden(all(item.isHidden() for item in items))

    @property
    def _order(self) -> Order | None:
        item = self.tree.currentItem()
        wanted = item.data(0, _ID) if item is not None else None
        return next((order for order in self._shortcuts.orders if order.id == wanted), None)

    @Slot()
    def _on_row(self) -> None:
        self.told.clear()
        self._show_row()

    @Slot()
    def _on_activated(self) -> None:
        if self.keys.isEnabled():
            self.keys.setFocus()

    def _show_row(self) -> None:
        order = self._order
        self._wanted = ""
        self.take.hide()
        for widget in (self.keys, self.reset):
            widget.setEnabled(order is not None)
        self.reset_all.setEnabled(any(self._shortcuts.is_own(o.id) for o in self._shortcuts.orders))
        if order is None:
            self.name.setText(tr("Choose a command to give it another key"))
            self.keys.clear()
            return
        self.name.setText(order.text.rstrip("…"))
        self.reset.setEnabled(self._shortcuts.is_own(order.id))
        self.keys.blockSignals(True)
        self.keys.setKeySequence(QKeySequence(order.keys[0] if order.keys else ""))
        self.keys.blockSignals(False)

    @Slot()
    def _on_key(self) -> None:
        order = self._order
        key = normal(self.keys.keySequence().toString(QKeySequence.SequenceFormat.PortableText))
        if order is None or key == (order.keys[0] if order.keys else ""):
            return
        if key in reserved():
            self._show_row()
            self.told.setText(tr("That key cannot be used.") + " " + reserved()[key])
            return
        other = self._shortcuts.meaning(key) if key else None
        if other is None or other == order.id:
            self._use(order, key)
            return
        name = next(o.text.rstrip("…") for o in self._shortcuts.orders if o.id == other)
        self._wanted = key
        self.take.show()
        self.told.setText(tr("{key} already means “{name}”.").format(key=key_text(key), name=name))

    @Slot()
    def _on_take(self) -> None:
        order = self._order
        if order is not None and self._wanted:
            self._use(order, self._wanted)

    def _use(self, order: Order, key: str) -> None:
        """Let a key be the first of an order's; "" leaves it none at all."""
        others = [other for other in order.keys[1:] if other != key]
        self._change(lambda: self._shortcuts.set_keys(order.id, [key, *others] if key else []))

    @Slot(int)
    def _on_preset(self, row: int) -> None:
        self._change(lambda: self._shortcuts.choose(self.preset.itemData(row)))

    @Slot()
    def _on_reset(self) -> None:
        order = self._order
        if order is not None:
            self._change(lambda: self._shortcuts.reset(order.id))

    @Slot()
    def _on_reset_all(self) -> None:
        self._change(self._shortcuts.reset)

    def _change(self, change: Callable[[], None]) -> None:
        self.told.clear()
        try:
            change()
        except SegdeskError as error:
            self.told.setText(str(error))
