"""The command palette: every action, found by typing some of its letters."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from segdesk.core.translation import tr
from segdesk.gui.actions import Actions, keys_text
from segdesk.gui.dialogs.form import named
from segdesk.gui.icons import icon
from segdesk.gui.panels.palette_row import KEYS, PaletteRow
from segdesk.gui.theme import GRID

_ACTION = Qt.ItemDataRole.UserRole


class CommandPalette(QDialog):
    """Type, choose with the arrows, Enter runs it."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setWindowTitle(tr("Command palette"))
        self.setObjectName("palette")
        self._actions = actions
        self.chosen: QAction | None = None
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("What do you want to do?"))
        self.field.addAction(icon("magnify", "quiet"), QLineEdit.ActionPosition.LeadingPosition)
        named(self.field, tr("Name of a command"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(PaletteRow(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.field)
        layout.addWidget(self.list, 1)
        self.resize(60 * GRID, 48 * GRID)
        corner = parent.mapToGlobal(parent.rect().topLeft())
        self.move(corner.x() + (parent.width() - self.width()) // 2, corner.y() + 8 * GRID)
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._choose)
        self._fill("")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.activateWindow()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fill(self, text: str) -> None:
        self.list.clear()
        found: list[tuple[int, str, QAction, str]] = []
        for order in self._actions.orders:
            action = self._actions[order.id]
            name = order.text.rstrip("…")
            rank = match(text, name)
            if rank is not None and action.isEnabled() and order.id != "palette":
                found.append((rank, name, action, keys_text(order.keys[:1])))
        for _, name, action, keys in sorted(found, key=lambda entry: entry[0]):
            item = QListWidgetItem(action.icon(), name)
            item.setData(_ACTION, action.objectName())
            item.setData(KEYS, keys)
            item.setToolTip(action.toolTip())
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no key means an action of the window while one is being looked for
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen = self._actions[item.data(_ACTION)]
        self.accept()


def match(text: str, name: str) -> int | None:
    """How well typed letters fit a name: 0 is best, None not at all; they may leave letters out."""
    wanted, there = text.casefold().strip(), name.casefold()
    if there.startswith(wanted):
        return 0
    if wanted in there:
        return 1
    rest = iter(there)
    return 2 if all(letter in rest for letter in wanted if letter != " ") else None
