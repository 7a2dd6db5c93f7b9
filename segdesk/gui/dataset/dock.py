"""The place of the panel of the data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow, QWidget

from segdesk.core.translation import tr
from segdesk.gui.late_dock import LateDock
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Worker

if TYPE_CHECKING:
    from segdesk.gui.dataset.panel import DatasetPanel


class DatasetDock(LateDock):
    """panel: None until it is opened."""

    def __init__(self, bench: Workbench, files: Worker, window: QMainWindow) -> None:
        super().__init__("dataset", tr("Data set"), window, grows=True)
        self._bench = bench
        self._files = files
        self.panel: DatasetPanel | None = None

    def make(self) -> QWidget:
        from segdesk.gui.dataset.panel import DatasetPanel

        self.panel = DatasetPanel(self._bench, self._files)
        return self.panel
