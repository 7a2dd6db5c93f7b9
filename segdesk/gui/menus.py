"""The menu bar: the actions' menus, and what else is in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QPushButton

from segdesk.core.translation import tr
from segdesk.gui.actions import Actions, keys_text
from segdesk.gui.icons import icon
from segdesk.gui.late_dock import LateDock
from segdesk.gui.workbench import Workbench


class Menus(QObject):
    """Fills a window's menu bar: by table, and with its docks, recent projects and the palette's button."""

    def __init__(
        self, window: QMainWindow, bench: Workbench, actions: Actions, docks: Sequence[QDockWidget]
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._menus = actions.fill(window.menuBar())
        self.palette_button = _button(actions["palette"])
        window.menuBar().setCornerWidget(self.palette_button)
        view, first = self["view"], actions["palette"]
        for dock in docks:
            own = dock.action if isinstance(dock, LateDock) else None
            # An order of the same menu that opens it is moved here, so that there is one entry for it.
            view.insertAction(first, own if own in view.actions() else dock.toggleViewAction())
        view.insertSeparator(first)
        self.recent = self["file"].addMenu(tr("Recent projects"))
        self["file"].insertMenu(actions["sample_project"], self.recent)
        self.recent.aboutToShow.connect(self._fill_recent)
        self.recent.triggered.connect(self._on_recent)

    def __getitem__(self, name: str) -> QMenu:
        return self._menus[name]

    @Slot()
    def _fill_recent(self) -> None:
        self.recent.clear()
        for name in self._bench.settings.values.recent_projects:
            folder = Path(name)
            action = self.recent.addAction(folder.stem)
            action.setToolTip(name)
            action.setData(folder)

    @Slot(QAction)
    def _on_recent(self, action: QAction) -> None:
        self._bench.open_project(action.data())


def _button(action: QAction) -> QPushButton:
    """A quiet button for an action that shows its keys."""
    button = QPushButton(icon("magnify", "quiet"), keys_text(action.shortcut().toString().split(", ")))
    button.setProperty("flat", True)
    button.setProperty("corner", True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setToolTip(action.toolTip())
    button.setAccessibleName(action.text())
    button.clicked.connect(action.trigger)
    return button
