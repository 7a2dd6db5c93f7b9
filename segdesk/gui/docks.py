"""The docks beside the canvas: which there are, and where the person left them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from segdesk.core.translation import tr
from segdesk.gui.memory import Memory
from segdesk.gui.theme import GRID


class Docks(QObject):
    """Puts panels to the sides of a window, hides them on its first page, and brings them back after it.

    samples, classes, options, model: the docks that everybody needs. more: those in the model's place.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._memory: Memory | None = None
        self._arranged = False  # by the person, once at least
        self._open: list[QDockWidget] = []

    def add(
        self,
        samples: QWidget,
        classes: QWidget,
        options: QWidget,
        model: QWidget,
        more: Sequence[QDockWidget],
    ) -> None:
        """Put everything where it is when nobody has moved it."""
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.samples = self._dock("samples", tr("Images"), samples, left)
        self.classes = self._dock("classes", tr("Classes"), classes, right)
        self.options = self._dock("tool_options", tr("Tool options"), options, right)
        self.model = self._dock("model", tr("Model"), model, right)
        self.more = tuple(more)
        for dock in self.more:
            self._window.addDockWidget(right, dock)
            self._window.tabifyDockWidget(self.model, dock)
        self.model.raise_()

    @property
    def all(self) -> tuple[QDockWidget, ...]:
        """In the order of the menu."""
        return self.samples, self.classes, self.options, self.model, *self.more

    def restore(self, memory: Memory, shown_at_first: Sequence[QDockWidget]) -> None:
        """Size the window and its docks as they were; where nobody arranged them, show some of `more`."""
        self._memory = memory
        self._arranged = memory.restore_window(self._window)
        usual = (*self.all[: -len(self.more)], *shown_at_first)
        self._open = [dock for dock in self.all if (not dock.isHidden() if self._arranged else dock in usual)]

    def show(self, shown: bool) -> None:
        """The first page needs no panels; later they are where the person left them."""
        for dock in self.all:
            dock.setVisible(shown and dock in self._open)
        if shown and not self._arranged:
            self._arranged = True
            QTimer.singleShot(0, self, self._arrange)  # the docks get their room first
        elif shown and self._memory is not None:
            # While hidden, they lost their sizes and which tab is in front.
            self._memory.restore_panels(self._window)

    def _arrange(self) -> None:
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._window.resizeDocks([self.samples, self.classes], [29 * GRID, 34 * GRID], across)
        below = [self.classes, self.options, self.model]
        self._window.resizeDocks(below, [20 * GRID, 27 * GRID, 42 * GRID], down)
        # Else the image would move under the first stroke, when the next event has all this laid out.
        if (layout := self._window.layout()) is not None:
            layout.activate()

    def _dock(self, name: str, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(panel)
        dock.toggleViewAction().setToolTip(tr("Show or hide the panel {name}").format(name=title))
        self._window.addDockWidget(area, dock)
        return dock
