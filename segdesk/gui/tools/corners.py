"""Shapes made of corners that are clicked; they are moved, added and removed before closing and after."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF, QRegion

from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage, Point
from segdesk.gui.tools.base import Pointer, Tool, ToolHost, rim_pens
from segdesk.gui.tools.draft import draw_handle, region_around, with_alpha
from segdesk.gui.tools.option_kinds import Option
from segdesk.gui.tools.snap import PointSnap, snap_option, tell_if_blind

_ON_CORNER = 9.0  # canvas pixels from a corner that still mean it
_ON_SIDE = 5.0
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REMOVE = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class Corners(Tool):
    """The shape under way is a draft. When it is done it is painted, and stays editable until something else
    changes the mask or another shape is begun: an edit takes the step back and paints the new shape instead.
    """

    least: ClassVar[int]  # corners that make a shape
    closed: ClassVar[bool]  # the last corner is joined to the first

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._points: list[Point] = []
        self._class = 0
        self._done = False  # the points are of a shape that is painted already
        self._held: int | None = None  # the corner that is dragged
        self._moved = False  # the shape differs from what is painted
        self._snap = PointSnap(self)

    @staticmethod
    def declare() -> tuple[Option, ...]:
        return (snap_option(),)

    @abstractmethod
    def cover(self, points: Sequence[Point], bounds: Box) -> Coverage:
        """The pixels of the shape."""

    @abstractmethod
    def too_few(self) -> str:
        """What to say where there are not enough corners."""

    @property
    def has_draft(self) -> bool:
        return bool(self._points) and (not self._done or self._held is not None)

    @property
    def is_editable(self) -> bool:
        """Whether a shape that is painted already can still be changed."""
        return self._done and bool(self._points) and (self._held is not None or self.host.can_take_back)

    def wants_key(self, key: Qt.Key) -> bool:
        if self.is_editable and self._held is None:
            over = self.pointer is not None and self._corner_at(self.pointer) is not None
            return key == Qt.Key.Key_Escape or (over and key in _REMOVE)
        return super().wants_key(key)

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        self._drop_what_is_gone()
        corner, side = self._corner_at(pointer), self._side_at(pointer)
        if self._points and corner is not None and (pointer.erases or pointer.even):
            self._remove(corner)
        elif not self._done and self.closed and corner == 0 and len(self._points) >= self.least:
            self._finish_shape()
        elif corner is not None:
            self._held = corner
        elif side is not None:
            self._points.insert(side + 1, self.placed(pointer))
            self._held, self._moved = side + 1, True
        else:
            self._add(pointer)

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._held is not None and self._points[self._held] != pointer.position:
            self._points[self._held] = self.placed(pointer)
            self._moved = True

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        held, self._held = self._held, None
        if held is not None and self._done and self._moved:
            self._paint_again()

    def double_click(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._points and not self._done:  # the first click of the two has set the last point
            self._finish_shape()
        else:
            self.press(pointer)

    def key(self, key: Qt.Key) -> bool:
        corner = self._corner_at(self.pointer) if self.pointer is not None else None
        if key == Qt.Key.Key_Escape:
            self.cancel()
        elif key in _ENTER and not self._done:
            self._finish_shape()
        elif key in _REMOVE and self._points:
            if self._done or key == Qt.Key.Key_Delete:
                if corner is None:
                    return False
                self._remove(corner)
            else:
                self._points.pop()
        else:
            return False
        return True

    def cancel(self) -> None:
        self._points.clear()
        self._held = None
        self._done = self._moved = False

    def mask_changed(self) -> None:
        self._drop_what_is_gone()

    def placed(self, pointer: Pointer) -> Point:
        """Where a corner at the pointer goes."""
        return self._snap.place(pointer, self._class_here())

    def _add(self, pointer: Pointer) -> None:
        if self._done:
            self.cancel()
        if not self._points:
            self._class = self.class_for(pointer)
            if not self.host.is_ready(self._class):
                return
        self._points.append(self.placed(pointer))
        self._held = len(self._points) - 1

    def _remove(self, corner: int) -> None:
        if not self._done:
            self._points.pop(corner)
        elif len(self._points) <= self.least:
            self.host.show_hint(self.too_few())
        else:
            self._points.pop(corner)
            self._paint_again()

    def _finish_shape(self) -> None:
        self._held = None
        if len(self._points) < self.least:
            self.host.show_hint(self.too_few())
            return
        self._paint(list(self._points))

    def _paint_again(self) -> None:
        points = list(self._points)  # taking back tells of a mask that has changed, at which they are dropped
        if self.host.take_back():
            self._paint(points)
        else:
            self.cancel()

    def _paint(self, points: list[Point]) -> None:
        """Paint the shape, and keep its corners at hand if it could be painted."""
        document = self.host.document
        self.cancel()
        if document is not None:
            if self.pointer is not None:
                tell_if_blind(self, self.pointer)
            self.apply(self.cover(points, document.mask.box), self._class)
            if self.host.can_take_back:
                self._points, self._done = points, True

    def _drop_what_is_gone(self) -> None:
        if self._done and not self.is_editable:
            self.cancel()

    def _corner_at(self, pointer: Pointer) -> int | None:
        away = [
            math.hypot(at.x() - pointer.widget.x(), at.y() - pointer.widget.y()) for at in self._corners()
        ]
        nearest = min(range(len(away)), key=away.__getitem__, default=None)
        if nearest is not None and away[nearest] <= _ON_CORNER:
            return nearest
        # What snaps to a corner means it, too, though the pointer may be farther away.
        place = self._snap.place(pointer, self._class_here())
        return self._points.index(place) if place in self._points else None

    def _side_at(self, pointer: Pointer) -> int | None:
        """The side under the pointer, by the corner that it begins at."""
        corners = self._corners()
        joined = [*corners, corners[0]] if corners and self.closed and self._done else corners
        away = [_distance(pointer.widget, *side) for side in pairwise(joined)]
        nearest = min(range(len(away)), key=away.__getitem__, default=None)
        return nearest if nearest is not None and away[nearest] <= _ON_SIDE else None

    def paint_overlay(self, painter: QPainter) -> None:
        if not self._points or (self._done and not self.is_editable):
            self._draw_snapped(painter)
            return
        color = self.host.class_color(self._class)
        corners = self._corners()
        drawing = not self._done and self._held is None and self.pointer is not None
        line = [*corners, self._next_corner()] if drawing else corners
        if self.closed:
            inside = QPainterPath()
            inside.addPolygon(QPolygonF(line))
            if not self._done or self._moved:
                painter.fillPath(inside, with_alpha(color, 60))
        else:
            self._draw_width(painter, line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in rim_pens(color):
            painter.setPen(pen)
            painter.drawPolyline([*line, line[0]] if self._done and self.closed else line)
        if not self._done and self.closed:
            painter.setPen(QPen(color, 1.4, Qt.PenStyle.DashLine))
            painter.drawLine(line[-1], line[0])
        over = self._corner_at(self.pointer) if self.pointer is not None else None
        for number, corner in enumerate(corners):
            draw_handle(painter, corner, color, large=number in (over, self._held))
        on_side = self.pointer is not None and over is None and self._held is None
        if on_side and self._draws_new_corner(painter):
            return
        if over is None or self._held is not None:
            self._draw_snapped(painter)

    def _draw_width(self, painter: QPainter, line: list[QPointF]) -> None:
        color = self.host.class_color(self._class)
        width = max(1.0, self.host.options.brush_size * self.host.widget_scale())
        round_ends = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        if not self._done or self._moved:
            painter.setPen(QPen(with_alpha(color, 90), width, Qt.PenStyle.SolidLine, *round_ends))
            painter.drawPolyline(line)

    def _draw_snapped(self, painter: QPainter) -> None:
        """A mark where a corner would go that is set now."""
        if self.pointer is not None and not self.pointer.even:
            self._snap.draw(painter, self.pointer, self._class_here())

    def _draws_new_corner(self, painter: QPainter) -> bool:
        """A hollow dot where a press would put a corner into a side."""
        if self.pointer is None or self._side_at(self.pointer) is None:
            return False
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in rim_pens(self.host.class_color(self._class)):
            painter.setPen(pen)
            painter.drawEllipse(self._next_corner(), 4, 4)
        return True

    def overlay_region(self) -> QRegion:
        if not self._points:
            return self._snapped_region()
        around = [*self._corners(), *([self._next_corner()] if self.pointer is not None else [])]
        region = region_around(around)
        if not self.closed:
            reach = self.host.options.brush_size * self.host.widget_scale() / 2
            bounds = QRectF(region.boundingRect()).adjusted(-reach, -reach, reach, reach)
            region = QRegion(bounds.toAlignedRect())
        return region + self._snapped_region()

    def _snapped_region(self) -> QRegion:
        return QRegion() if self.pointer is None else self._snap.region(self.pointer, self._class_here())

    def _class_here(self) -> int:
        """The class of the shape under way, or of one that is begun at the pointer."""
        return self._class if self._points or self.pointer is None else self.class_for(self.pointer)

    def cursor(self) -> Qt.CursorShape:
        if self._points and self.pointer is not None and self._corner_at(self.pointer) is not None:
            return Qt.CursorShape.PointingHandCursor
        return super().cursor()

    def _next_corner(self) -> QPointF:
        assert self.pointer is not None
        return self.host.to_widget(self.placed(self.pointer))

    def _corners(self) -> list[QPointF]:
        return [self.host.to_widget(point) for point in self._points]


def _distance(at: QPointF, start: QPointF, end: QPointF) -> float:
    """From a point to a line between two others."""
    way = end - start
    length2 = way.x() ** 2 + way.y() ** 2
    along = 0.0 if length2 == 0 else QPointF.dotProduct(at - start, way) / length2
    nearest = start + way * min(max(along, 0.0), 1.0)
    return math.hypot(at.x() - nearest.x(), at.y() - nearest.y())
