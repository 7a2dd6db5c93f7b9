"""The list of model versions, the newest first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QKeyCombination, QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QScrollArea, QWidget

from segdesk.core.project import ModelVersion
from segdesk.core.translation import tr
from segdesk.gui.panels.versions_row import IN_USE, ROW, VERSION, VersionRow
from segdesk.gui.panels.versions_text import version_details, version_line

_MOST_ROWS = 6


class VersionList(QListWidget):
    """A row a version; several can be selected. Its actions answer to their keys while it has the focus.

    renamed: a person typed a name for the version of this number.
    """

    renamed = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Model versions"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        row = VersionRow(self)
        # Queued: the list is filled anew, and the editor that asks is still open.
        row.renamed.connect(self.renamed, Qt.ConnectionType.QueuedConnection)
        self.setItemDelegate(row)

    def fill(self, versions: Sequence[ModelVersion], in_use: int | None) -> None:
        """Show these versions. What was selected stays so, unless another version is in use now."""
        blocked = QSignalBlocker(self)  # nobody needs to hear of what is in between
        keep = set(self.selected()) if in_use == self.in_use() else set()
        current = self.current() if keep else in_use
        known = {version.number for version in versions}
        self.clear()
        for version in reversed(versions):
            item = QListWidgetItem(version_line(version))
            used = version.number == in_use
            item.setData(VERSION, version)
            item.setData(IN_USE, used)
            item.setToolTip(version_details(version, in_use=used, known=known))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.addItem(item)
            if version.number == (current if current in known else in_use):
                self.setCurrentItem(item, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        for row in range(self.count()):
            if self._number(row) in keep:
                self.item(row).setSelected(True)
        blocked.unblock()
        self.setFixedHeight(min(max(1, len(versions)), _MOST_ROWS) * ROW)

    def current(self) -> int | None:
        """The number of the current version."""
        version = self.current_version()
        return version.number if version is not None else None

    def current_version(self) -> ModelVersion | None:
        """The current version as it was when the list was filled."""
        item = self.currentItem()
        version = item.data(VERSION) if item is not None else None
        return version if isinstance(version, ModelVersion) else None

    def selected(self) -> list[int]:
        """The numbers of the selected versions, the oldest first."""
        return sorted(self._number(index.row()) for index in self.selectedIndexes())

    def rename_current(self) -> None:
        """Let the person type a name."""
        if self.currentItem() is not None:
            self.setFocus()
            self._bring_into_sight(self.visualItemRect(self.currentItem()))
            self.editItem(self.currentItem())

    def _bring_into_sight(self, rect: QRect) -> None:
        """Let the panel scroll to a row; the list has a place in it that may be out of sight."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        panel = area.widget() if area is not None else None
        if area is not None and panel is not None:
            at = self.viewport().mapTo(panel, rect.center())
            area.ensureVisible(at.x(), at.y(), 0, ROW)

    def _number(self, row: int) -> int:
        version = self.item(row).data(VERSION)
        assert isinstance(version, ModelVersion)
        return version.number

    def numbers(self) -> list[int]:
        """The numbers of all versions, the oldest first."""
        return sorted(self._number(row) for row in range(self.count()))

    def in_use(self) -> int | None:
        """The number of the version in use."""
        rows = (row for row in range(self.count()) if self.item(row).data(IN_USE))
        return next((self._number(row) for row in rows), None)

    # Keys: the window's own (Enter confirms an image) wait while the list has the focus.

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._action_of(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._action_of(event)
        if action is None:
            super().keyPressEvent(event)
        elif action.isEnabled():
            action.trigger()

    def _action_of(self, event: QKeyEvent) -> QAction | None:
        if self.state() == QAbstractItemView.State.EditingState:
            return None  # the Enter that ends a renaming comes by here as well
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        pressed = QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key())))
        return next((action for action in self.actions() if pressed in action.shortcuts()), None)
