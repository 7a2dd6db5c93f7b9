"""The place of the panel of the models' quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow, QWidget

from segdesk.core.translation import tr
from segdesk.gui.late_dock import LateDock
from segdesk.gui.widgets import scrollable
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Worker

if TYPE_CHECKING:
    from segdesk.gui.quality.panel import QualityPanel


class QualityDock(LateDock):
    """panel: None until it is opened."""

    def __init__(self, bench: Workbench, files: Worker, window: QMainWindow) -> None:
        super().__init__("quality", tr("Quality"), window, grows=True)
        self._bench = bench
        self._files = files
        self.panel: QualityPanel | None = None

    def make(self) -> QWidget:
        from segdesk.gui.quality.panel import QualityPanel

        self.panel = QualityPanel(self._bench, self._files)
        return scrollable(self.panel)
