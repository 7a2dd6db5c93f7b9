"""The place of the panel of objects, which is made when somebody asks for it, and each object's colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas
from segdesk.gui.objects.book import ObjectBook
from segdesk.gui.theme import GRID
from segdesk.gui.workbench import Workbench

if TYPE_CHECKING:
    from segdesk.gui.objects.panel import ObjectsPanel


class ObjectsDock(QDockWidget):
    """A dock that makes its panel the first time it is seen. panel: None before that."""

    def __init__(self, bench: Workbench, canvas: Canvas, window: QMainWindow) -> None:
        super().__init__(tr("Objects"), window)
        self.setObjectName("objects")
        self.toggleViewAction().setToolTip(tr("Show or hide the panel {name}").format(name=tr("Objects")))
        self._bench = bench
        self._canvas = canvas
        self._window = window
        self.book = ObjectBook(bench, self)
        self.book.changed.connect(self._color)
        self.shows_instances = False
        self.panel: ObjectsPanel | None = None
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

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        if visible and self.panel is None and self.isVisible():
            from segdesk.gui.objects.panel import ObjectsPanel

            self.panel = ObjectsPanel(self._bench, self.book, self._canvas)
            placeholder = self.widget()
            self.setWidget(self.panel)
            if placeholder is not None:
                placeholder.deleteLater()
