"""The lasso: draw around something by hand."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from segdesk.core.assisted.snapping import to_edges, to_neighbours_within
from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND, Plane
from segdesk.core.painting import Coverage, Point, polygon
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, ToolHost
from segdesk.gui.tools.draft import draw_shape, tell_of_crossing
from segdesk.gui.tools.freehand import Freehand
from segdesk.gui.tools.option_kinds import Option
from segdesk.gui.tools.snap import BOTH, EDGES, NEIGHBOURS, SNAP, reach_of, snap_option, tell_if_blind


class Lasso(Freehand):
    """Drag around a region; it closes where the button goes up."""

    id = "lasso"
    icon = "mdi6.lasso"
    shortcut = "L"

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._class = 0

    @staticmethod
    def title() -> str:
        return tr("Lasso")

    @staticmethod
    def help() -> str:
        return tr("Drag around a region to fill it; right-drag or Alt makes it background, Esc cancels.")

    @staticmethod
    def declare() -> tuple[Option, ...]:
        return (snap_option(),)

    def press(self, pointer: Pointer) -> None:
        self._class = self.class_for(pointer)
        if self.host.is_ready(self._class):
            self._points = [pointer.position]

    def release(self, pointer: Pointer) -> None:
        points = self.end_line(pointer)
        document = self.host.document
        if document is None or not points:
            return
        if len(points) < 3:
            self.host.show_hint(tr("Drag around a region, with the button held down."))
        else:
            self._keep(points, pointer, document.mask.labels)

    def _keep(self, points: list[Point], pointer: Pointer, labels: Plane) -> None:
        """Paint the shape, with its outline moved to what it shall snap to."""
        target, index = self.word(SNAP), self._class

        def paint(shape: Coverage) -> None:
            tell_if_blind(self, pointer)
            tell_of_crossing(self.host, points)
            self.apply(shape, index)

        coverage = polygon(points, Box(0, 0, labels.shape[1], labels.shape[0]))
        image = self.host.image if target in (EDGES, BOTH) else None
        reach = round(reach_of(self.host))
        box = coverage[0].grow(reach + 2).intersect(Box(0, 0, labels.shape[1], labels.shape[0]))
        # Erasing takes from neighbours what they have.
        around = labels[box.slices].copy() if target in (NEIGHBOURS, BOTH) and index != BACKGROUND else None
        if pointer.control or box.is_empty or (image is None and around is None):
            paint(coverage)
            return

        def snapped() -> Coverage:
            shape = coverage if image is None else to_edges(image, coverage, reach)
            return shape if around is None else to_neighbours_within(box, shape, around, index, reach)

        self.host.change_later(snapped, paint)

    def paint_overlay(self, painter: QPainter) -> None:
        if self._points:
            path = QPainterPath()
            path.addPolygon(QPolygonF(self.line_on_canvas()))
            draw_shape(painter, path, self.host.class_color(self._class))
