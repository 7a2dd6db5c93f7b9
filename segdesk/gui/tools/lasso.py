"""The lasso: draw around something by hand."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF, QRegion

from segdesk.core.assisted.snapping import to_edges, to_neighbours_within
from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND, Plane
from segdesk.core.painting import Coverage, Point, polygon
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool, ToolHost
from segdesk.gui.tools.draft import draw_shape, region_around, tell_of_crossing
from segdesk.gui.tools.option_kinds import Option
from segdesk.gui.tools.snap import BOTH, EDGES, NEIGHBOURS, SNAP, reach_of, snap_option

_APART = 1.5  # canvas pixels from one point to the next: finer is not seen


class Lasso(Tool):
    """Drag around a region; it closes where the button goes up."""

    id = "lasso"
    icon = "mdi6.lasso"
    shortcut = "L"

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._points: list[Point] = []
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

    @property
    def has_draft(self) -> bool:
        return bool(self._points)

    def press(self, pointer: Pointer) -> None:
        self._class = self.class_for(pointer)
        if self.host.is_ready(self._class):
            self._points = [pointer.position]

    def move(self, pointer: Pointer) -> None:
        if self._points:
            away = self.host.to_widget(self._points[-1]) - pointer.widget
            if away.manhattanLength() >= _APART:
                self._points.append(pointer.position)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        points, self._points = self._points, []
        document = self.host.document
        if document is None or not points:
            return
        if len(points) < 3:
            self.host.show_hint(tr("Drag around a region, with the button held down."))
        else:
            tell_of_crossing(self.host, points)
            self._keep(polygon(points, document.mask.box), document.mask.labels, exactly=pointer.control)

    def _keep(self, coverage: Coverage, labels: Plane, *, exactly: bool) -> None:
        """Paint the shape, with its outline moved to what it shall snap to."""
        target, index = self.word(SNAP), self._class
        image = self.host.image if target in (EDGES, BOTH) else None
        reach = round(reach_of(self.host))
        box = coverage[0].grow(reach + 2).intersect(Box(0, 0, labels.shape[1], labels.shape[0]))
        # Erasing takes from neighbours what they have.
        around = labels[box.slices].copy() if target in (NEIGHBOURS, BOTH) and index != BACKGROUND else None
        if exactly or box.is_empty or (image is None and around is None):
            self.apply(coverage, index)
            return

        def snapped() -> Coverage:
            shape = coverage if image is None else to_edges(image, coverage, reach)
            return shape if around is None else to_neighbours_within(box, shape, around, index, reach)

        self.host.change_later(snapped, lambda shape: self.apply(shape, index))

    def finish(self) -> None:
        self._points.clear()  # a shape that is half drawn is not what anybody meant

    def cancel(self) -> None:
        self._points.clear()

    def paint_overlay(self, painter: QPainter) -> None:
        if self._points:
            path = QPainterPath()
            path.addPolygon(QPolygonF(self._outline()))
            draw_shape(painter, path, self.host.class_color(self._class))

    def overlay_region(self) -> QRegion:
        return region_around(self._outline())

    def _outline(self) -> list[QPointF]:
        return [self.host.to_widget(point) for point in self._points]
