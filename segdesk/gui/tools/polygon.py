"""The polygon: click its corners."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF, QRegion

from segdesk.core.painting import Point, polygon
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool, ToolHost, rim_pens
from segdesk.gui.tools.draft import draw_handle, region_around, with_alpha

_CLOSES_WITHIN = 9.0  # canvas pixels from the first corner


class Polygon(Tool):
    """Click point by point; a draft stays until it is closed or cancelled."""

    id = "polygon"
    icon = "mdi6.vector-polygon"
    shortcut = "P"

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._points: list[Point] = []
        self._class = 0

    @staticmethod
    def title() -> str:
        return tr("Polygon")

    @staticmethod
    def help() -> str:
        return tr(
            "Click point by point; Enter, a double-click or the first point closes it, Backspace takes"
            " the last point back, Esc cancels."
        )

    @property
    def has_draft(self) -> bool:
        return bool(self._points)

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if not self._points:
            self._class = self.class_for(pointer)
            if not self.host.is_ready(self._class):
                return
        elif self._is_at_start(pointer):
            self._close()
            return
        self._points.append(pointer.position)

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
        else:
            return False
        return True

    def cancel(self) -> None:
        self._points.clear()

    def _close(self) -> None:
        document = self.host.document
        if document is None or len(self._points) < 3:
            self.host.show_hint(tr("A polygon needs three points: click on, or press Esc to drop it."))
            return
        points = list(self._points)
        self._points.clear()
        self.apply(polygon(points, document.mask.box), self._class)

    def _is_at_start(self, pointer: Pointer) -> bool:
        if len(self._points) < 3:
            return False
        away = self.host.to_widget(self._points[0]) - pointer.widget
        return math.hypot(away.x(), away.y()) <= _CLOSES_WITHIN

    def paint_overlay(self, painter: QPainter) -> None:
        if not self._points:
            return
        color = self.host.class_color(self._class)
        corners = self._corners()
        open_end = [*corners, self.pointer.widget] if self.pointer is not None else corners
        inside = QPainterPath()
        inside.addPolygon(QPolygonF(open_end))
        painter.fillPath(inside, with_alpha(color, 60))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in rim_pens(color):
            painter.setPen(pen)
            painter.drawPolyline(open_end)
        painter.setPen(QPen(color, 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(open_end[-1], open_end[0])
        closes = self.pointer is not None and self._is_at_start(self.pointer)
        for number, corner in enumerate(corners):
            draw_handle(painter, corner, color, large=closes and number == 0)

    def overlay_region(self) -> QRegion:
        if not self._points:
            return QRegion()
        return region_around(self._corners() + ([self.pointer.widget] if self.pointer is not None else []))

    def _corners(self) -> list[QPointF]:
        return [self.host.to_widget(point) for point in self._points]
