"""The place of the panel of objects, and each object in a colour of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMainWindow, QWidget

from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas
from segdesk.gui.late_dock import LateDock
from segdesk.gui.objects.book import ObjectBook
from segdesk.gui.workbench import Workbench

if TYPE_CHECKING:
    from segdesk.gui.objects.panel import ObjectsPanel


class ObjectsDock(LateDock):
    """panel: None until it is opened."""

    def __init__(self, bench: Workbench, canvas: Canvas, window: QMainWindow) -> None:
        super().__init__("objects", tr("Objects"), window)
        self._bench = bench
        self._canvas = canvas
        self.book = ObjectBook(bench, self)
        self.book.changed.connect(self._color)
        self.shows_instances = False
        self.panel: ObjectsPanel | None = None

    def make(self) -> QWidget:
        from segdesk.gui.objects.panel import ObjectsPanel

        self.panel = ObjectsPanel(self._bench, self.book, self._canvas)
        return self.panel

    def color_instances(self) -> None:
        """Show each object in a colour of its own, or no longer."""
        self.shows_instances = not self.shows_instances
        self.book.watch("colours", looks=self.shows_instances)
        if self.shows_instances and self.book.is_too_large:
            self._canvas.show_hint(tr("This image is too large to colour each of its objects."))
        self._color()

    @Slot()
    def _color(self) -> None:
        page = self.book.page
        self._canvas.show_instances(page.hues if page is not None and self.shows_instances else None)
