"""The livewire: click along an edge, and the outline follows it between the clicks."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF, QRegion

from segdesk.core.assisted.livewire import LiveWire
from segdesk.core.painting import Point, polygon
from segdesk.core.translation import tr
from segdesk.gui.tools.assisted.sight import can_look
from segdesk.gui.tools.base import Pointer, Tool, ToolHost, rim_pens
from segdesk.gui.tools.draft import draw_handle, region_around, tell_of_crossing, with_alpha
from segdesk.gui.tools.option_kinds import Option, Whole
from segdesk.gui.tools.snap import BOTH, EDGES, NEIGHBOURS, SNAP, PointSnap, snap_option

_CLOSES_WITHIN = 9.0  # canvas pixels from the first corner
_SEES = 260.0  # canvas pixels around the last point that the way may use,
_LEAST, _MOST = 48, 400  # but so many pixels of the image


class LiveWireTool(Tool):
    """A draft of clicked points, with the way from one to the next; it stays until closed or cancelled."""

    id = "livewire"
    icon = "mdi6.vector-curve"
    shortcut = "J"

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._points: list[Point] = []
        self._ways: list[list[Point]] = []  # from each point to the next
        self._wire: LiveWire | None = None  # from the last point; None while it is being computed
        self._class = 0
        self._snap = PointSnap(self, self._reach)

    @staticmethod
    def title() -> str:
        return tr("Livewire")

    @staticmethod
    def help() -> str:
        return tr(
            "Click along an edge and the outline clings to it; Ctrl sets a point exactly. Enter, a"
            " double-click or the first point closes it, Backspace takes the last point back, Esc cancels."
        )

    @staticmethod
    def declare() -> tuple[Option, ...]:
        return (
            snap_option(EDGES, shared=False),
            Whole(
                "snap",
                tr("Within"),
                6,
                tr("How far a click may be from what it snaps to"),
                when=(SNAP, frozenset({EDGES, NEIGHBOURS, BOTH})),
                low=0,
                high=30,
                unit=" px",
            ),
        )

    @property
    def has_draft(self) -> bool:
        return bool(self._points)

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if not self._points:
            self._class = self.class_for(pointer)
            if not (self.host.is_ready(self._class) and can_look(self.host)):
                return
            if not self.host.is_inside(pointer.position):
                self.host.show_hint(tr("That is beside the image: begin on the image itself."))
                return
        elif self._is_at_start(pointer):
            self._close()
            return
        self._add(self._meant(pointer))

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer

    def double_click(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._points:  # the first click of the two has set the last point
            self._close()
        else:
            self.press(pointer)

    def key(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close()
        elif key == Qt.Key.Key_Backspace:
            self._points.pop()
            if self._ways:
                self._ways.pop()
            self._string()
        else:
            return False
        return True

    def cancel(self) -> None:
        self._points.clear()
        self._ways.clear()
        self._string()

    def mask_changed(self) -> None:
        if self._points and self._wire is None:  # the answer that was awaited will not come
            self._string()

    def _add(self, point: Point) -> None:
        if self._points:
            self._ways.append(self._way(point))
        self._points.append(point)
        self._string()

    def _string(self) -> None:
        """Compute the ways from the last point."""
        self._wire = None
        self.host.cancel_background()
        image = self.host.image
        if not self._points or image is None:
            return
        start = self._points[-1]
        if not self.host.is_inside(start):
            return  # from there on, straight lines
        reach = round(min(max(_SEES / self.host.widget_scale(), _LEAST), _MOST))
        self.host.in_background(lambda: LiveWire(image, start, reach), self._take)

    def _take(self, wire: LiveWire) -> None:
        if self._points and wire.start == self._points[-1]:
            self._wire = wire
            self.host.update_tool()

    def _way(self, end: Point) -> list[Point]:
        return self._wire.way_to(end) if self._wire is not None else [self._points[-1], end]

    def _meant(self, pointer: Pointer) -> Point:
        return self._snap.place(pointer, self._class_here())

    def _reach(self) -> float:
        return min(self.number("snap"), 2 * self.number("snap") / self.host.widget_scale())

    def _close(self) -> None:
        document = self.host.document
        if document is None or len(self._points) < 2 or (len(self._points) < 3 and self._wire is None):
            self.host.show_hint(tr("An outline needs more points: click on, or press Esc to drop it."))
            return
        outline = [p for way in self._ways for p in way[:-1]] + self._way(self._points[0])
        index = self._class
        tell_of_crossing(self.host, self._points)
        self.cancel()
        self.apply(polygon(outline, document.mask.box), index)

    def _is_at_start(self, pointer: Pointer) -> bool:
        if len(self._points) < 2:
            return False
        away = self.host.to_widget(self._points[0]) - pointer.widget
        if math.hypot(away.x(), away.y()) <= _CLOSES_WITHIN:
            return True
        return self._meant(pointer) == self._points[0]  # where the first click was, which has snapped away

    def paint_overlay(self, painter: QPainter) -> None:
        if self.pointer is not None and not (self._points and self._is_at_start(self.pointer)):
            self._snap.draw(painter, self.pointer, self._class_here())
        if not self._points:
            return
        color = self.host.class_color(self._class)
        line = self._outline()
        inside = QPainterPath()
        inside.addPolygon(QPolygonF(line))
        painter.fillPath(inside, with_alpha(color, 50))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in rim_pens(color):
            painter.setPen(pen)
            painter.drawPolyline(line)
        painter.setPen(QPen(color, 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(line[-1], line[0])
        closes = self.pointer is not None and self._is_at_start(self.pointer)
        for number, point in enumerate(self._points):
            draw_handle(painter, self.host.to_widget(point), color, large=closes and number == 0)

    def overlay_region(self) -> QRegion:
        mark = self._snap.region(self.pointer, self._class_here()) if self.pointer is not None else QRegion()
        return region_around(self._outline()) + mark

    def _class_here(self) -> int:
        return self._class if self._points or self.pointer is None else self.class_for(self.pointer)

    def _outline(self) -> list[QPointF]:
        """The line so far on the canvas, up to the pointer."""
        if not self._points:
            return []
        points = [p for way in self._ways for p in way[:-1]]
        if self.pointer is None:
            points.append(self._points[-1])
        elif self._is_at_start(self.pointer):
            points += self._way(self._points[0])
        else:
            points += self._way(self.pointer.position)
        return [self.host.to_widget(point) for point in points]
