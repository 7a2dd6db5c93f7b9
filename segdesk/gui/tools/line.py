"""The line: straight, or along points that are clicked, as wide as the brush."""

from __future__ import annotations

import math
from collections.abc import Sequence

from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage, Point, polyline
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, ToolHost
from segdesk.gui.tools.corners import Corners

_DRAG = 6.0  # canvas pixels: what is dragged less was a click
_EIGHTH = math.pi / 4


class Line(Corners):
    """Drag for a straight line, or click point by point; Shift keeps to steps of 45 degrees."""

    id = "line"
    icon = "mdi6.vector-line"
    shortcut = "K"
    uses_brush_size = True
    least = 2
    closed = False

    @staticmethod
    def title() -> str:
        return tr("Line")

    @staticmethod
    def help() -> str:
        return tr(
            "Drag a straight line, or click point by point and end with Enter or a double-click; it is as"
            " wide as the brush. Right-drag or Alt makes it background, Shift keeps to 45°, Esc cancels."
        )

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._clicked_on = False  # the first point was clicked, so that points are added one by one

    def too_few(self) -> str:
        return tr("A line needs two points: click on, or press Esc to drop it.")

    def cover(self, points: Sequence[Point], bounds: Box) -> Coverage:
        return polyline(points, self.host.options.brush_size, bounds)

    def press(self, pointer: Pointer) -> None:
        before = len(self._points) if not self._done else 0
        super().press(pointer)
        if before == 0 and len(self._points) == 1 and not self._done:  # it may become a line that is dragged
            self._points.append(pointer.position)
            self._held = 1

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        if not self._done and self._held == 1 and len(self._points) == 2:
            start, end = (self.host.to_widget(point) for point in self._points)
            if (end - start).manhattanLength() >= _DRAG:
                if not self._clicked_on:
                    self._finish_shape()
                    return
            elif not self._clicked_on:
                self._points.pop()
                self._held = None
        self._clicked_on = bool(self._points) and not self._done
        super().release(pointer)

    def cancel(self) -> None:
        super().cancel()
        self._clicked_on = False

    def placed(self, pointer: Pointer) -> Point:
        x, y = pointer.position
        others = [i for i in (self._previous(),) if i is not None]
        if not pointer.even or not others:
            return super().placed(pointer)
        ax, ay = self._points[others[0]]
        angle = round(math.atan2(y - ay, x - ax) / _EIGHTH) * _EIGHTH
        along = (x - ax) * math.cos(angle) + (y - ay) * math.sin(angle)
        return ax + along * math.cos(angle), ay + along * math.sin(angle)

    def _previous(self) -> int | None:
        """The corner before the one that is placed."""
        if self._held is not None:
            return self._held - 1 if self._held > 0 else None
        return len(self._points) - 1 if self._points else None
