"""The brush: paint with a round or square tip."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QRegion

from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage, Point, round_stroke, square_stroke
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool, ToolHost, rim_pens
from segdesk.gui.tools.option_kinds import Choice, Flag, Option

_TIP_SHOWN_FROM = 4.0  # canvas pixels an image pixel, from which on the tip is drawn pixel by pixel
_TIP_UP_TO = 64  # the largest diameter drawn so: above, the circle is as exact as the eye
_LIGHTEST = 0.1  # of the size that a pen barely pressed has
_LARGE = 40.0  # canvas pixels: the radius from which on it matters how a circle is drawn
_DOT = 8.0  # a circle smaller than this on the canvas is hard to see: the mouse's cross stays
_PIECE = 256  # pixels of a way, or a wide brush's size if more, that are painted at once


class Brush(Tool):
    """Drag to paint the active class; right-drag or Alt asserts the background."""

    id = "brush"
    icon = "mdi6.brush"
    shortcut = "B"
    uses_brush_size = True

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._last: Point | None = None  # where the stroke under way is; None between strokes
        self._last_size = 0.0
        self._left_at: tuple[Point, object] | None = None  # where the latest stroke ended, and in what
        self._class = 0

    @staticmethod
    def title() -> str:
        return tr("Brush")

    @staticmethod
    def help() -> str:
        return tr(
            "Drag to paint; right-drag or Alt erases, Shift+click goes straight there; [ and ], Shift+wheel"
            " or Ctrl+right-drag change the size."
        )

    @staticmethod
    def declare() -> tuple[Option, ...]:
        return (
            Choice(
                "tip",
                tr("Tip"),
                "round",
                shared=True,
                choices=(("round", tr("Round")), ("square", tr("Square"))),
            ),
            Flag(
                "pressure",
                tr("Size by pen pressure"),
                False,
                tr("Press a pen harder to paint wider; its other end erases"),
                shared=True,
            ),
        )

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        self._class = self.class_for(pointer)
        if not self.host.begin_stroke(self._class):
            return
        start = pointer.position
        if pointer.even and self._left_at is not None and self._left_at[1] is self.host.document:
            start = self._left_at[0]
        self._last, self._last_size = start, self._size_for(pointer)
        self._go_to(pointer)

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._last is not None:
            self._go_to(pointer)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self.finish()

    def finish(self) -> None:
        if self._last is not None:
            self._left_at = self._last, self.host.document
            self._last = None
            self.host.end_stroke(self.title())

    def cancel(self) -> None:
        self._left_at = None
        if self._last is not None:
            self._last = None
            self.host.cancel_stroke()

    @property
    def has_draft(self) -> bool:
        return self._last is not None

    def stroke(self, start: Point, end: Point, size: float, bounds: Box) -> Coverage:
        """The pixels that the tip covers on its way."""
        cover = square_stroke if self._is_square() else round_stroke
        return cover(start, end, size, bounds)

    def _is_square(self) -> bool:
        return self.has_option("tip") and self.word("tip") == "square"

    def _size_for(self, pointer: Pointer) -> float:
        size = float(self.host.options.brush_size)
        if self.has_option("pressure") and self.flag("pressure"):
            size *= _LIGHTEST + (1 - _LIGHTEST) * pointer.pressure
        return max(1.0, size)

    def _go_to(self, pointer: Pointer) -> None:
        document, start, end = self.host.document, self._last, pointer.position
        if document is None or start is None:
            return
        before, size = self._last_size, self._size_for(pointer)
        self._last, self._last_size = end, size
        # A long slanted segment at once would look at its whole bounding box, most of it never painted.
        length = math.dist(start, end)
        pieces = max(1, math.ceil(length / max(size, _PIECE)))
        if (
            abs(size - before) > 1
        ):  # a pen pressed harder on the way: the width grows by steps that nobody sees
            pieces = max(pieces, min(math.ceil(abs(size - before)), math.ceil(length)))
        corners = [
            (start[0] + (end[0] - start[0]) * i / pieces, start[1] + (end[1] - start[1]) * i / pieces)
            for i in range(pieces + 1)
        ]
        for number, (here, there) in enumerate(pairwise(corners), start=1):
            wide = before + (size - before) * number / pieces
            self.host.paint(self.narrowed(self.stroke(here, there, wide, document.mask.box)))

    def narrowed(self, coverage: Coverage) -> Coverage:
        """What of a piece of the stroke is painted: all of it, for this brush."""
        return coverage

    def paint_overlay(self, painter: QPainter) -> None:
        if self.pointer is None:
            return
        index = self._class if self._last is not None else self.class_for(self.pointer)
        tip = self._tip_outline()
        for pen in rim_pens(self.host.class_color(index)):
            painter.setPen(pen)
            if tip is None:
                self._draw_ring(painter, pen, self._radius())
            else:
                painter.drawLines(tip)

    def _draw_ring(self, painter: QPainter, pen: QPen, radius: float) -> None:
        assert self.pointer is not None
        at, width = self.pointer.widget, pen.widthF()
        if self._is_square():
            painter.drawRect(_around(at, radius))
        elif radius < _LARGE:
            painter.drawEllipse(at, radius, radius)
        else:
            # Lines of one pixel are drawn many times faster than wide ones.
            painter.setPen(QPen(pen.color(), 1.0))
            for away in ((width - 1) / 2, (1 - width) / 2):
                painter.drawEllipse(at, radius + away, radius + away)

    def overlay_region(self) -> QRegion:
        if self.pointer is None:
            return QRegion()
        radius = self._radius()
        reach = radius + self.host.widget_scale() + 4
        ring = QRegion(_around(self.pointer.widget, reach).toAlignedRect())
        # What lies well within the circle does not change with it.
        if radius <= 20:
            return ring
        inner = radius - 6 - self.host.widget_scale()
        return ring - QRegion(_around(self.pointer.widget, max(0.0, inner * 0.7)).toAlignedRect())

    def cursor(self) -> Qt.CursorShape:
        hidden = 2 * self._radius() >= _DOT and self.pointer is not None
        return Qt.CursorShape.BlankCursor if hidden else Qt.CursorShape.CrossCursor

    def _radius(self) -> float:
        size = self._last_size if self._last is not None else self.host.options.brush_size
        return max(0.5, size / 2) * self.host.widget_scale()

    def _tip_outline(self) -> list[QLineF] | None:
        """The border of the pixels that a click would cover, where they are large enough to be seen."""
        size = max(1, round(self._last_size)) if self._last is not None else self.host.options.brush_size
        if self.pointer is None or size > _TIP_UP_TO or self.host.widget_scale() < _TIP_SHOWN_FROM:
            return None
        x, y = self.pointer.position
        around = Box(math.floor(x) - size, math.floor(y) - size, 2 * size + 2, 2 * size + 2)
        box, covered = self.stroke((x, y), (x, y), size, around)
        corner = np.array((box.y, box.x))
        rimmed = np.pad(covered, 1)
        upright = np.argwhere(rimmed[1:-1, 1:] != rimmed[1:-1, :-1])
        level = np.argwhere(rimmed[1:, 1:-1] != rimmed[:-1, 1:-1])
        return [
            QLineF(self.host.to_widget((left, top)), self.host.to_widget((left + dx, top + dy)))
            for edges, dx, dy in ((upright + corner, 0, 1), (level + corner, 1, 0))
            for top, left in edges.tolist()
        ]


def _around(centre: QPointF, half: float) -> QRectF:
    return QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half)
