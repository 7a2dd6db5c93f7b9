"""The place of the panel, and the height that it takes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from segdesk.core.translation import tr
from segdesk.gui.late_dock import LateDock
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import scrollable
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Worker

if TYPE_CHECKING:
    from segdesk.gui.quality.panel import QualityPanel

_HEIGHT = 60 * GRID  # what a curve with its words takes


class QualityDock(LateDock):
    """panel: None until it is opened."""

    def __init__(self, bench: Workbench, files: Worker, window: QMainWindow) -> None:
        super().__init__("quality", tr("Quality"), window)
        self._bench = bench
        self._files = files
        self._window = window
        self.panel: QualityPanel | None = None

    def make(self) -> QWidget:
        from segdesk.gui.quality.panel import QualityPanel

        self.panel = QualityPanel(self._bench, self._files)
        return scrollable(self.panel)

    def open(self) -> None:
        super().open()
        if self.isVisible():
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
