"""What rectangle and ellipse have in common: drag from one corner to the opposite one."""

from __future__ import annotations

import math
from abc import abstractmethod

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QRegion

from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage, Point
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool, ToolHost
from segdesk.gui.tools.draft import draw_shape, region_around

_CLICK = 3  # canvas pixels: what is dragged less was a click


class BetweenCorners(Tool):
    """A shape given by two opposite corners; Shift makes its sides equal."""

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._corners: tuple[Point, Point] | None = None
        self._begun: Point = (0.0, 0.0)  # where the button went down
        self._class = 0

    @abstractmethod
    def cover(self, corner: Point, opposite: Point, bounds: Box) -> Coverage:
        """The pixels of the shape."""

    @abstractmethod
    def outline(self, around: QRectF) -> QPainterPath:
        """The shape as it is drawn within a rectangle of the canvas."""

    def fitted(self, start: Point, end: Point, pointer: Pointer) -> tuple[Point, Point]:
        """The corners that are meant by those where the button went down and where the pointer is."""
        return start, end

    @property
    def has_draft(self) -> bool:
        return self._corners is not None

    def press(self, pointer: Pointer) -> None:
        self._class = self.class_for(pointer)
        if self.host.is_ready(self._class):
            self._begun = pointer.position
            self._corners = pointer.position, pointer.position

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._corners is not None:
            start, end = self._begun, pointer.position
            self._corners = (start, _even(start, end)) if pointer.even else self.fitted(start, end, pointer)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        corners, self._corners = self._corners, None
        document = self.host.document
        if corners is None or document is None:
            return
        if (pointer.widget - self.host.to_widget(self._begun)).manhattanLength() < _CLICK:
            self.host.show_hint(tr("Drag from one corner to the opposite one."))
        else:
            self.apply(self.cover(*corners, document.mask.box), self._class)

    def finish(self) -> None:
        self._corners = None  # a shape that is half drawn is not what anybody meant

    def cancel(self) -> None:
        self._corners = None

    def paint_overlay(self, painter: QPainter) -> None:
        if self._corners is not None:
            shape = self.outline(QRectF(*self._ends()).normalized())
            draw_shape(painter, shape, self.host.class_color(self._class))

    def overlay_region(self) -> QRegion:
        return region_around(self._ends())

    def _ends(self) -> list[QPointF]:
        return [self.host.to_widget(corner) for corner in self._corners or ()]


def _even(start: Point, end: Point) -> Point:
    dx, dy = end[0] - start[0], end[1] - start[1]
    side = max(abs(dx), abs(dy))
    return start[0] + math.copysign(side, dx), start[1] + math.copysign(side, dy)
