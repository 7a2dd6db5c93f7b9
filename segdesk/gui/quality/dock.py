"""The place of the panel: it is made when somebody opens it, so that the window starts without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from segdesk.core.translation import tr
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import scrollable
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Worker

if TYPE_CHECKING:
    from segdesk.gui.quality.panel import QualityPanel

_HEIGHT = 60 * GRID  # what a curve with its words takes


class QualityDock(QDockWidget):
    """A dock that makes its panel the first time it is seen. panel: None before that."""

    def __init__(self, bench: Workbench, files: Worker, window: QMainWindow) -> None:
        super().__init__(tr("Quality"), window)
        self.setObjectName("quality")
        self.toggleViewAction().setToolTip(tr("Show or hide the panel {name}").format(name=tr("Quality")))
        self._bench = bench
        self._files = files
        self._window = window
        self.panel: QualityPanel | None = None
        placeholder = QWidget()
        placeholder.setMinimumWidth(20 * GRID)
        self.setWidget(placeholder)
        self.hide()
        self.visibilityChanged.connect(self._on_visible)

    def open(self) -> None:
        """Show it, before what shares its place; put it away where it is in sight already."""
        if self.isVisible() and not self.visibleRegion().isEmpty():
            self.hide()
        else:
            self.show()
            self.raise_()
            self._grow()

    def _grow(self) -> None:
        """Take the height that it needs from the docks above and below."""
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
        if visible and self.panel is None and self.isVisible():
            from segdesk.gui.quality.panel import QualityPanel

            self.panel = QualityPanel(self._bench, self._files)
            placeholder = self.widget()
            self.setWidget(scrollable(self.panel))
            if placeholder is not None:
                placeholder.deleteLater()
