"""Lines that are drawn by hand: they follow the pointer while the button is down."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QRegion

from segdesk.core.painting import Point
from segdesk.gui.tools.base import Pointer, Tool, ToolHost
from segdesk.gui.tools.draft import region_around

_APART = 1.5  # canvas pixels from one point to the next: finer is not seen


class Freehand(Tool):
    """A tool for which the line counts when the button goes up; half a line means nothing."""

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._points: list[Point] = []

    @property
    def has_draft(self) -> bool:
        return bool(self._points)

    def move(self, pointer: Pointer) -> None:
        if self._points:
            away = self.host.to_widget(self._points[-1]) - pointer.widget
            if away.manhattanLength() >= _APART:
                self._points.append(pointer.position)

    def end_line(self, pointer: Pointer) -> list[Point]:
        """The whole line, which is no draft any more; empty where none was begun."""
        self.move(pointer)
        points, self._points = self._points, []
        return points

    def finish(self) -> None:
        self._points.clear()

    def cancel(self) -> None:
        self._points.clear()

    def overlay_region(self) -> QRegion:
        return region_around(self.line_on_canvas())

    def line_on_canvas(self) -> list[QPointF]:
        """The line so far, in the canvas's coordinates."""
        return [self.host.to_widget(point) for point in self._points]
