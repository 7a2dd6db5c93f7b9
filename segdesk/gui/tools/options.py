"""What the tools are set to, shared by the canvas and the panel that shows it.

options = ToolOptions()
options.brush_size        diameter in image pixels, 1 to MAX_BRUSH; assigning clamps
options.active_class      index of the class that is painted
options.changed           signal, after either has taken another value
options.grow_brush()      the next step up; shrink_brush() the next one down
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

MAX_BRUSH = 2000
_STEP = 1.2


class ToolOptions(QObject):
    """The settings of all tools; see the module for how to use it."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._brush_size = 16
        self._active_class = 1

    @property
    def brush_size(self) -> int:
        """Diameter of brush and eraser, in image pixels."""
        return self._brush_size

    @brush_size.setter
    def brush_size(self, diameter: int) -> None:
        diameter = min(max(int(diameter), 1), MAX_BRUSH)
        if diameter != self._brush_size:
            self._brush_size = diameter
            self.changed.emit()

    @property
    def active_class(self) -> int:
        """The class that tools paint; 0 is the background."""
        return self._active_class

    @active_class.setter
    def active_class(self, index: int) -> None:
        if index != self._active_class:
            self._active_class = index
            self.changed.emit()

    def grow_brush(self, steps: float = 1) -> None:
        """Take a diameter about a fifth larger, a step."""
        self.brush_size = max(self._brush_size + 1, round(self._brush_size * _STEP**steps))

    def shrink_brush(self, steps: float = 1) -> None:
        """Take a diameter about a fifth smaller, a step."""
        self.brush_size = min(self._brush_size - 1, round(self._brush_size / _STEP**steps))
