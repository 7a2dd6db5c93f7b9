"""GrabCut: a box around an object, and strokes where it was taken wrongly."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QRegion

from segdesk.core.assisted.grabcut import OBJECT, OTHER, SMALLEST, UNSAID, cut_out
from segdesk.core.assisted.pixels import within
from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.painting import Coverage, Point, rectangle, round_stroke
from segdesk.core.translation import tr
from segdesk.gui.tools.assisted.sight import can_look
from segdesk.gui.tools.base import Pointer, Tool, ToolHost, rim_pens
from segdesk.gui.tools.draft import draw_shape, region_around

_OTHER_COLOR = QColor(255, 255, 255)


class BoxCut(Tool):
    """Drag a box; what is found in it stays a draft that strokes correct, until it is taken or dropped."""

    id = "grabcut"
    icon = "mdi6.content-cut"
    shortcut = "G"
    uses_brush_size = True

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._corners: tuple[Point, Point] | None = None  # while the box is being dragged
        self._box = Box(0, 0, 0, 0)  # of the draft
        self._said: Plane = np.zeros((0, 0), np.uint8)
        self._strokes: list[tuple[int, list[Point]]] = []
        self._drawing = False
        self._found: Coverage | None = None
        self._class = 0
        self._commits = False

    @staticmethod
    def title() -> str:
        return tr("GrabCut")

    @staticmethod
    def help() -> str:
        return tr(
            "Drag a box around an object; then paint on what is missing and right-paint on what is too much."
            " Enter, a double-click or the next box takes it, Esc drops it."
        )

    @property
    def has_draft(self) -> bool:
        return self._corners is not None or not self._box.is_empty

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if not self._box.is_empty:
            if self._has(pointer.position):
                self._begin_stroke(pointer)
                return
            self._take()
        self._class = self.class_for(pointer)
        if self.host.is_ready(self._class) and can_look(self.host):
            self._corners = pointer.position, pointer.position

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._corners is not None:
            self._corners = self._corners[0], pointer.position
        elif self._drawing:
            self._draw_to(pointer.position)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        if self._corners is not None:
            self._begin_draft()
        elif self._drawing:
            self._drawing = False
            self._cut()

    def double_click(self, pointer: Pointer) -> None:
        if not self._box.is_empty and self._has(pointer.position):
            if self._strokes and len(self._strokes[-1][1]) <= 2:
                self._strokes.pop()  # the first click of the two was no stroke
            self._take()
        else:
            self.press(pointer)

    def key(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif key == Qt.Key.Key_Backspace:
            self._unsay()
        else:
            return False
        return True

    def finish(self) -> None:
        self._corners = None
        self._drawing = False

    def cancel(self) -> None:
        self.finish()
        self._box = Box(0, 0, 0, 0)
        self._strokes.clear()
        self._found = None
        self._commits = False
        self.host.cancel_background()
        self.host.clear_coverage()

    def options_changed(self) -> None:
        if self._found is not None and self._class != 0:
            self._class = self.host.options.active_class
            self.host.show_coverage(self._found, self._class)

    def mask_changed(self) -> None:
        if self._found is not None:
            self.host.show_coverage(self._found, self._class)
        elif not self._box.is_empty:  # the answer that was awaited will not come
            self._cut()

    def _has(self, point: Point) -> bool:
        box = self._box
        return box.x <= point[0] < box.right and box.y <= point[1] < box.bottom

    def _begin_draft(self) -> None:
        corners, self._corners = self._corners, None
        document = self.host.document
        if corners is None or document is None:
            return
        box = rectangle(*corners, document.mask.box)[0]
        if box.width < SMALLEST or box.height < SMALLEST:
            self.host.show_hint(tr("Drag a box around an object, with a little room around it."))
            return
        self._box = box
        self._said = np.full((box.height, box.width), UNSAID, np.uint8)
        self._strokes = []
        self._found = None
        self._cut()

    def _begin_stroke(self, pointer: Pointer) -> None:
        self._drawing = True
        self._strokes.append((OTHER if pointer.erases else OBJECT, [pointer.position]))
        self._draw_to(pointer.position)

    def _draw_to(self, point: Point) -> None:
        kind, points = self._strokes[-1]
        self._say(kind, points[-1], point)
        points.append(point)

    def _say(self, kind: int, start: Point, end: Point) -> None:
        stroke = round_stroke(start, end, self._width(), self._box)
        if not stroke[0].is_empty:
            self._said[within(stroke, self._box)] = kind

    def _unsay(self) -> None:
        """Take the last stroke back; without one, the box."""
        if not self._strokes:
            self.cancel()
            return
        self._strokes.pop()
        self._said[:] = UNSAID
        for kind, points in self._strokes:
            for start, end in pairwise(points):
                self._say(kind, start, end)
        self._cut()

    def _width(self) -> float:
        """Of strokes, in image pixels: the brush, but not so wide that it covers what it shall tell apart."""
        return min(self.host.options.brush_size, max(3, min(self._box.width, self._box.height) / 8))

    def _cut(self) -> None:
        image, box, said = self.host.image, self._box, self._said.copy()
        if image is None:
            return
        before: NDArray[np.bool_] | None = within(self._found, box) if self._found is not None else None
        if before is not None and not before.any():
            before = None
        self._found = None
        self.host.in_background(lambda: cut_out(image, box, said, before), self._show)

    def _show(self, found: Coverage) -> None:
        if self._box.is_empty:
            return
        self._found = found
        if self._commits:
            self._take()
            return
        self.host.show_coverage(found, self._class)
        if found[0].is_empty:
            self.host.show_hint(
                tr("Nothing stands out in this box: paint on the object, or drop it with Esc.")
            )

    def _take(self) -> None:
        """Make the draft a correction, as soon as it is there."""
        found, index = self._found, self._class
        if found is None:
            self._commits = True
            return
        self.cancel()
        if found[0].is_empty:
            self.host.show_hint(tr("Nothing stood out in that box, so nothing was painted."))
        else:
            self.apply(found, index)

    def paint_overlay(self, painter: QPainter) -> None:
        color = self.host.class_color(self._class)
        if self._corners is not None:
            path = QPainterPath()
            path.addRect(self._on_canvas(*self._corners))
            draw_shape(painter, path, color)
        elif not self._box.is_empty:
            box = self._box
            painter.setBrush(Qt.BrushStyle.NoBrush)
            frame = self._on_canvas((box.x, box.y), (box.right, box.bottom))
            rim, line = rim_pens(color)
            painter.setPen(rim)
            painter.drawRect(frame)
            painter.setPen(QPen(line.color(), line.widthF(), Qt.PenStyle.DashLine))
            painter.drawRect(frame)
            self._paint_strokes(painter, color)

    def _paint_strokes(self, painter: QPainter, color: QColor) -> None:
        width = max(2.0, self._width() * self.host.widget_scale())
        for kind, points in self._strokes:
            shown = QColor(color if kind == OBJECT else _OTHER_COLOR)
            shown.setAlpha(170)
            pen = QPen(shown, width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([self.host.to_widget(p) for p in points]))

    def overlay_region(self) -> QRegion:
        if self._corners is not None:
            return region_around([self.host.to_widget(corner) for corner in self._corners])
        if self._box.is_empty:
            return QRegion()
        box = self._box.grow(round(self._width()))
        return region_around(
            [self.host.to_widget((box.x, box.y)), self.host.to_widget((box.right, box.bottom))]
        )

    def _on_canvas(self, corner: Point, opposite: Point) -> QRectF:
        return QRectF(self.host.to_widget(corner), self.host.to_widget(opposite)).normalized()
