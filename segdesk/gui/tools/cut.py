"""The knife: a drawn line parts the objects that it goes through."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtGui import QColor, QPainter, QPolygonF

from segdesk.core.mask import Mask
from segdesk.core.objects.found import FoundObject, object_at
from segdesk.core.objects.splitting import by_line
from segdesk.core.painting import Point
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, rim_pens
from segdesk.gui.tools.freehand import Freehand

_COLOR = QColor(255, 90, 90)


class Cut(Freehand):
    """Drag a line right through an object: it is two from there on, and loses no pixel."""

    id = "cut"
    icon = "mdi6.box-cutter"
    shortcut = "Shift+K"

    @staticmethod
    def title() -> str:
        return tr("Cut objects")

    @staticmethod
    def help() -> str:
        return tr("Drag a line right through an object to split it; Esc cancels.")

    def press(self, pointer: Pointer) -> None:
        if self.host.is_ready(0):
            self._points = [pointer.position]

    def release(self, pointer: Pointer) -> None:
        points = self.end_line(pointer)
        document = self.host.document
        if document is None or not points:
            return
        crossed = _crossed(document.mask, points)
        splits = [split for found in crossed if len((split := by_line(found, points)).parts) > 1]
        if splits:
            if self.host.begin_stroke(0):
                self.host.selection.choose(())
                for split in splits:
                    for division in split.change.divisions:
                        self.host.divide(division)
                self.host.end_stroke(self.title())
        elif crossed:
            self.host.show_hint(tr("Nothing was split: draw right through the object, from side to side."))
        else:
            self.host.show_hint(tr("There is no object here: draw the line through a coloured region."))

    def paint_overlay(self, painter: QPainter) -> None:
        if len(self._points) > 1:
            for pen in rim_pens(_COLOR):
                painter.setPen(pen)
                painter.drawPolyline(QPolygonF(self.line_on_canvas()))


def _crossed(mask: Mask, points: list[Point]) -> list[FoundObject]:
    """The objects under a line."""
    found: list[FoundObject] = []
    for start, end in pairwise(points):
        steps = int(max(abs(end[0] - start[0]), abs(end[1] - start[1]))) + 1
        for share in np.linspace(0, 1, steps + 1):
            at = (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            if not any(known.covers(at) for known in found):
                new = object_at(mask.labels, at, borders=mask.borders)
                if new is not None:
                    found.append(new)
    return found
