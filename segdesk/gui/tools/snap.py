"""Points that go where they were meant: onto an edge of the image, or onto the boundary of a neighbour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QRegion

from segdesk.core.assisted.livewire import strongest_edge
from segdesk.core.assisted.snap_points import nearest_rim
from segdesk.core.painting import Point
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool, ToolHost, rim_pens
from segdesk.gui.tools.draft import region_around
from segdesk.gui.tools.option_kinds import Choice

SNAP = "snap_to"
NOTHING, EDGES, NEIGHBOURS, BOTH = "nothing", "edges", "neighbours", "both"

_REACH = 12.0  # canvas pixels from the pointer to what it snaps to,
_LEAST, _MOST = 2.0, 32.0  # but so many pixels of the image
_MARK = 5.0  # canvas pixels: the radius of the mark on the snapped point


def snap_option(default: str = NOTHING, *, shared: bool = True) -> Choice:
    """What the points of a tool snap to; the tools that share it have one value."""
    return Choice(
        SNAP,
        tr("Snap to"),
        default,
        tr("Where points go that you set close to it; hold Ctrl to set one exactly"),
        shared,
        choices=(
            (NOTHING, tr("Nothing")),
            (EDGES, tr("Edges of the image")),
            (NEIGHBOURS, tr("Neighbouring classes")),
            (BOTH, tr("Edges and neighbours")),
        ),
    )


def reach_of(host: ToolHost) -> float:
    """How far from the pointer something may be to snap to it, in image pixels."""
    return min(max(_REACH / host.widget_scale(), _LEAST), _MOST)


def tell_if_blind(tool: Tool, pointer: Pointer) -> None:
    """Say why nothing snaps to the image's edges where that is wanted, but only pieces of it are read."""
    host = tool.host
    if pointer.control or host.document is None or host.image is not None:
        return
    if tool.word(SNAP) == EDGES:
        host.show_hint(tr("Nothing snaps here: this image is too large to look for its edges."))
    elif tool.word(SNAP) == BOTH:
        host.show_hint(tr("This image is too large to look for its edges: only neighbours are snapped to."))


def draw_mark(painter: QPainter, at: QPointF, color: QColor) -> None:
    """A hollow diamond that says: it snaps to here."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corners = [at + QPointF(*away) * _MARK for away in ((0, -1), (1, 0), (0, 1), (-1, 0), (0, -1))]
    for pen in rim_pens(color):
        painter.setPen(pen)
        painter.drawPolyline(corners)


class PointSnap:
    """Places the points of a tool that declares `snap_option`, and marks where they would go."""

    def __init__(self, tool: Tool, reach: Callable[[], float] | None = None) -> None:
        """reach: in image pixels; None for the usual one."""
        self._tool = tool
        self._reach = reach if reach is not None else lambda: reach_of(tool.host)
        self._known: tuple[object, Point] = None, (0.0, 0.0)

    def place(self, pointer: Pointer, class_index: int) -> Point:
        """Where a point at the pointer goes, for a shape of a class."""
        target, document = self._tool.word(SNAP), self._tool.host.document
        if target == NOTHING or pointer.control or document is None:
            return pointer.position
        key = pointer.position, class_index, target, self._reach(), document, document.revision
        if self._known[0] != key:
            self._known = key, self._found(pointer.position, class_index, target)
        return self._known[1]

    def draw(self, painter: QPainter, pointer: Pointer, class_index: int) -> None:
        """Mark the place, where it is another one than the pointer's."""
        place = self.place(pointer, class_index)
        if place == pointer.position:
            return
        draw_mark(painter, self._tool.host.to_widget(place), self._tool.host.class_color(class_index))

    def region(self, pointer: Pointer, class_index: int) -> QRegion:
        """What `draw` draws on."""
        place = self.place(pointer, class_index)
        return QRegion() if place == pointer.position else region_around([self._tool.host.to_widget(place)])

    def _found(self, position: Point, class_index: int, target: str) -> Point:
        host, reach = self._tool.host, self._reach()
        document, image = host.document, host.image
        if target != EDGES and document is not None:
            beside = nearest_rim(document.mask.labels, position, class_index, reach)
            if beside is not None:
                return beside
        if target == NEIGHBOURS or image is None:
            return position
        return strongest_edge(image, position, round(reach))
