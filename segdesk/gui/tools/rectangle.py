"""The rectangle."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath

from segdesk.core.assisted.snap_points import sides_on_boundaries, sides_on_edges
from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage, Point, rectangle
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer
from segdesk.gui.tools.between_corners import BetweenCorners
from segdesk.gui.tools.option_kinds import Option
from segdesk.gui.tools.snap import (
    EDGES,
    NEIGHBOURS,
    NOTHING,
    SNAP,
    draw_mark,
    reach_of,
    snap_option,
    tell_if_blind,
)


class Rectangle(BetweenCorners):
    """Drag a box; with Shift, a square. Its sides snap, each to the edge or boundary along it."""

    id = "rectangle"
    icon = "mdi6.rectangle-outline"
    shortcut = "R"

    @staticmethod
    def title() -> str:
        return tr("Rectangle")

    @staticmethod
    def help() -> str:
        return tr("Drag a box; Shift makes it square, right-drag or Alt makes it background, Esc cancels.")

    @staticmethod
    def declare() -> tuple[Option, ...]:
        return (snap_option(),)

    def cover(self, corner: Point, opposite: Point, bounds: Box) -> Coverage:
        if self.pointer is not None:
            tell_if_blind(self, self.pointer)
        return rectangle(corner, opposite, bounds)

    def outline(self, around: QRectF) -> QPainterPath:
        path = QPainterPath()
        path.addRect(around)
        return path

    def fitted(self, start: Point, end: Point, pointer: Pointer) -> tuple[Point, Point]:
        if self.word(SNAP) == NOTHING or pointer.control:
            return start, end
        moved = self._corner(start, end)
        return self._corner(moved, start), moved

    def paint_overlay(self, painter: QPainter) -> None:
        super().paint_overlay(painter)
        if self._corners is None or self.pointer is None or self.pointer.even:
            return
        start, end = self._corners
        color, to_widget = self.host.class_color(self._class), self.host.to_widget
        for corner, meant in ((start, self._begun), (end, self.pointer.position)):
            if corner[0] != meant[0]:
                draw_mark(painter, to_widget((corner[0], (start[1] + end[1]) / 2)), color)
            if corner[1] != meant[1]:
                draw_mark(painter, to_widget(((start[0] + end[0]) / 2, corner[1])), color)

    def _corner(self, fixed: Point, corner: Point) -> Point:
        """Where a corner goes, each of its two sides for itself: a neighbour first, else an edge."""
        target, reach = self.word(SNAP), round(reach_of(self.host))
        document, image = self.host.document, self.host.image
        x, y = corner
        if target != EDGES and document is not None:
            x, y = sides_on_boundaries(document.mask.labels, fixed, corner, self._class, reach)
        if target != NEIGHBOURS and image is not None:
            edge = sides_on_edges(image, fixed, corner, reach)
            x, y = (e if now == was else now for now, was, e in zip((x, y), corner, edge, strict=True))
        return x, y
