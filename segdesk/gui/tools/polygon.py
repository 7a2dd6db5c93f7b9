"""The polygon: click its corners."""

from __future__ import annotations

from collections.abc import Sequence

from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage, Point, crosses_itself, polygon
from segdesk.core.translation import tr
from segdesk.gui.tools.corners import Corners


class Polygon(Corners):
    """Click point by point; a draft stays until it is closed or cancelled."""

    id = "polygon"
    icon = "mdi6.vector-polygon"
    shortcut = "P"
    least = 3
    closed = True

    @staticmethod
    def title() -> str:
        return tr("Polygon")

    @staticmethod
    def help() -> str:
        return tr(
            "Click point by point; Enter, a double-click or the first point closes it, Backspace takes the"
            " last point back, Esc cancels. Drag a point to move it, drag a side to add one, Shift+click"
            " removes one."
        )

    def too_few(self) -> str:
        return tr("A polygon needs three points: click on, or press Esc to drop it.")

    def cover(self, points: Sequence[Point], bounds: Box) -> Coverage:
        if crosses_itself(points):
            self.host.show_hint(tr("The outline crosses itself, so a part of it is left out: drag a point."))
        return polygon(points, bounds)
