"""A dock whose panel is made when somebody opens it, so that the window starts without it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from segdesk.core.translation import tr
from segdesk.gui.theme import GRID

_HEIGHT = 60 * GRID  # what a curve with its words takes


class LateDock(QDockWidget):
    """Hidden at first; a class below it says what `make` makes the first time that it is seen.

    grows: when it is opened, it takes from its neighbours the height that curves and tables need.
    """

    def __init__(self, name: str, title: str, window: QMainWindow, *, grows: bool = False) -> None:
        super().__init__(title, window)
        self._window, self._grows = window, grows
        self.setObjectName(name)
        self.toggleViewAction().setToolTip(tr("Show or hide the panel {name}").format(name=title))
        self.action: QAction | None = None
        self._placeholder: QWidget | None = QWidget()
        self._placeholder.setMinimumWidth(20 * GRID)
        self.setWidget(self._placeholder)
        self.hide()
        self.visibilityChanged.connect(self._on_visible)

    def make(self) -> QWidget:
        """What the dock holds."""
        raise NotImplementedError

    def follow(self, action: QAction) -> None:
        """Let an action that opens it, and puts it away, show which of both it is."""
        self.action = action
        action.setCheckable(True)
        action.setAutoRepeat(False)  # keys that are held a little would put it away again
        self.visibilityChanged.connect(action.setChecked)

    def open(self) -> None:
        """Show it, before what shares its place; put it away where it is in sight already."""
        in_sight = self.isVisible() and not self.visibleRegion().isEmpty()
        if in_sight:
            self.hide()
        else:
            self.show()
            self.raise_()
        if self.action is not None:
            self.action.setChecked(not in_sight)
        if self._grows and self.isVisible():
            self._grow()

    def _grow(self) -> None:
        window, missing = self._window, _HEIGHT - self.height()
        tabs = window.tabifiedDockWidgets(self)
        others = [
            dock
            for dock in window.findChildren(QDockWidget)
            if dock.isVisible()
            and not dock.isFloating()
            and dock not in (self, *tabs)
            and window.dockWidgetArea(dock) == window.dockWidgetArea(self)
        ]
        if missing > 0 and others and not self.isFloating():
            total = sum(dock.height() for dock in others)
            heights = [max(1, dock.height() - missing * dock.height() // total) for dock in others]
            window.resizeDocks([*others, self], [*heights, _HEIGHT], Qt.Orientation.Vertical)

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        if visible and self._placeholder is not None and self.isVisible():
            placeholder, self._placeholder = self._placeholder, None
            self.setWidget(self.make())
            placeholder.deleteLater()
