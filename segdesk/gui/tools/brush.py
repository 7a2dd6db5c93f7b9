"""The brush: paint with a round tip."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QRegion

from segdesk.core.geometry import Box
from segdesk.core.painting import Point, round_stroke
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool, ToolHost, rim_pens

_TIP_SHOWN_FROM = 4.0  # canvas pixels an image pixel, from which on the tip is drawn pixel by pixel
_TIP_UP_TO = 64  # the largest diameter drawn so: above, the circle is as exact as the eye
_DOT = 8.0  # a circle smaller than this on the canvas is hard to see: the mouse's cross stays


class Brush(Tool):
    """Drag to paint the active class; right-drag or Alt asserts the background."""

    id = "brush"
    icon = "mdi6.brush"
    shortcut = "B"
    uses_brush_size = True

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._last: Point | None = None  # where the stroke under way is; None between strokes
        self._class = 0

    @staticmethod
    def title() -> str:
        return tr("Brush")

    @staticmethod
    def help() -> str:
        return tr("Drag to paint; right-drag or Alt erases; [ and ] or Shift+wheel change the size.")

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        self._class = self.class_for(pointer)
        if self.host.begin_stroke(self._class):
            self._last = pointer.position
            self._draw(pointer.position, pointer.position)

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._last is not None:
            self._draw(self._last, pointer.position)
            self._last = pointer.position

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self.finish()

    def finish(self) -> None:
        if self._last is not None:
            self._last = None
            self.host.end_stroke(self.title())

    def cancel(self) -> None:
        if self._last is not None:
            self._last = None
            self.host.cancel_stroke()

    @property
    def has_draft(self) -> bool:
        return self._last is not None

    def _draw(self, start: Point, end: Point) -> None:
        document = self.host.document
        if document is None:
            return
        size = self.host.options.brush_size
        # A long slanted segment at once would look at its whole bounding box, most of it never painted.
        length = math.dist(start, end)
        pieces = max(1, math.ceil(length / max(size, 64)))
        corners = [
            (start[0] + (end[0] - start[0]) * i / pieces, start[1] + (end[1] - start[1]) * i / pieces)
            for i in range(pieces + 1)
        ]
        for here, there in pairwise(corners):
            self.host.paint(round_stroke(here, there, size, document.mask.box))

    def paint_overlay(self, painter: QPainter) -> None:
        if self.pointer is None:
            return
        index = self._class if self._last is not None else self.class_for(self.pointer)
        tip = self._tip_outline()
        for pen in rim_pens(self.host.class_color(index)):
            painter.setPen(pen)
            if tip is None:
                radius = self._radius()
                painter.drawEllipse(self.pointer.widget, radius, radius)
            else:
                painter.drawLines(tip)

    def overlay_region(self) -> QRegion:
        if self.pointer is None:
            return QRegion()
        radius = self._radius()
        reach = radius + self.host.widget_scale() + 4
        ring = QRegion(_square(self.pointer.widget, reach))
        # What lies well within the circle does not change with it.
        return ring - QRegion(_square(self.pointer.widget, (radius - 6) * 0.7)) if radius > 20 else ring

    def cursor(self) -> Qt.CursorShape:
        hidden = 2 * self._radius() >= _DOT and self.pointer is not None
        return Qt.CursorShape.BlankCursor if hidden else Qt.CursorShape.CrossCursor

    def _radius(self) -> float:
        return max(0.5, self.host.options.brush_size / 2) * self.host.widget_scale()

    def _tip_outline(self) -> list[QLineF] | None:
        """The border of the pixels that a click would cover, where they are large enough to be seen."""
        size = self.host.options.brush_size
        if self.pointer is None or size > _TIP_UP_TO or self.host.widget_scale() < _TIP_SHOWN_FROM:
            return None
        x, y = self.pointer.position
        around = Box(math.floor(x) - size, math.floor(y) - size, 2 * size + 2, 2 * size + 2)
        box, covered = round_stroke((x, y), (x, y), size, around)
        corner = np.array((box.y, box.x))
        rimmed = np.pad(covered, 1)
        upright = np.argwhere(rimmed[1:-1, 1:] != rimmed[1:-1, :-1])
        level = np.argwhere(rimmed[1:, 1:-1] != rimmed[:-1, 1:-1])
        return [
            QLineF(self.host.to_widget((left, top)), self.host.to_widget((left + dx, top + dy)))
            for edges, dx, dy in ((upright + corner, 0, 1), (level + corner, 1, 0))
            for top, left in edges.tolist()
        ]


def _square(centre: QPointF, half: float) -> QRect:
    return QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half).toAlignedRect()
