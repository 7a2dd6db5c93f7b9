"""A dock whose panel is made when somebody opens it, so that the window starts without it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from segdesk.core.translation import tr
from segdesk.gui.theme import GRID


class LateDock(QDockWidget):
    """Hidden at first; a class below it says what `make` makes the first time that it is seen."""

    def __init__(self, name: str, title: str, window: QMainWindow) -> None:
        super().__init__(title, window)
        self.setObjectName(name)
        self.toggleViewAction().setToolTip(tr("Show or hide the panel {name}").format(name=title))
        self._placeholder: QWidget | None = QWidget()
        self._placeholder.setMinimumWidth(20 * GRID)
        self.setWidget(self._placeholder)
        self.hide()
        self.visibilityChanged.connect(self._on_visible)

    def make(self) -> QWidget:
        """What the dock holds."""
        raise NotImplementedError

    def open(self) -> None:
        """Show it, before what shares its place; put it away where it is in sight already."""
        if self.isVisible() and not self.visibleRegion().isEmpty():
            self.hide()
        else:
            self.show()
            self.raise_()

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        if visible and self._placeholder is not None and self.isVisible():
            placeholder, self._placeholder = self._placeholder, None
            self.setWidget(self.make())
            placeholder.deleteLater()
