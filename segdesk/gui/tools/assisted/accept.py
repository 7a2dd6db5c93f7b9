"""The accept brush: say of a part of the prediction that it is right, or that it is wrong."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QRegion

from segdesk.core.document import Document
from segdesk.core.mask import BACKGROUND
from segdesk.core.painting import Coverage, Point, round_stroke
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool, ToolHost, rim_pens
from segdesk.gui.tools.draft import region_around

_ACCEPTS, _REJECTS = QColor(46, 160, 67), QColor(214, 69, 65)
_TRAIL = 90  # alpha, 0 to 255


class AcceptBrush(Tool):
    """Under it, predicted pixels become corrections as they are; rejected ones become background.

    What a person has corrected before stays as it is.
    """

    id = "accept"
    icon = "mdi6.check-decagram-outline"
    shortcut = "Y"
    uses_brush_size = True

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._trail: list[Point] = []
        self._rejects = False
        self._spoke = 0  # pixels of this stroke that somebody has an opinion of now

    @staticmethod
    def title() -> str:
        return tr("Accept or reject the prediction")

    @staticmethod
    def help() -> str:
        return tr(
            "Drag over what the model got right, and it counts as corrected; right-drag or Alt over what it"
            " got wrong makes that background. What you have corrected stays."
        )

    @property
    def has_draft(self) -> bool:
        return bool(self._trail)

    def class_for(self, pointer: Pointer) -> int:
        return BACKGROUND

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        document = self.host.document
        if not self.host.is_ready(BACKGROUND) or document is None:
            return
        if document.status.predicted_by is None:
            self.host.show_hint(tr("There is no prediction here to accept or reject: press Predict first."))
            return
        if self.host.begin_stroke(BACKGROUND):
            self._rejects = pointer.erases
            self._trail, self._spoke = [pointer.position], 0
            self._draw(document, pointer.position, pointer.position)

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        document = self.host.document
        if self._trail and document is not None:
            self._draw(document, self._trail[-1], pointer.position)
            self._trail.append(pointer.position)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self.finish()

    def finish(self) -> None:
        if not self._trail:
            return
        self._trail = []
        if self._spoke:
            self.host.end_stroke(tr("Reject prediction") if self._rejects else tr("Accept prediction"))
            return
        self.host.cancel_stroke()
        if self._rejects:
            self.host.show_hint(tr("The model says nothing but background here, or you have corrected it."))
        else:
            self.host.show_hint(tr("You have corrected all of this already: there is nothing to accept."))

    def cancel(self) -> None:
        if self._trail:
            self._trail = []
            self.host.cancel_stroke()

    def _draw(self, document: Document, start: Point, end: Point) -> None:
        box, covered = round_stroke(start, end, self.host.options.brush_size, document.mask.box)
        if box.is_empty:
            return
        labels = document.mask.labels[box.slices].copy()
        covered &= document.mask.corrected[box.slices] == 0
        if self._rejects:
            covered &= labels != BACKGROUND
            self._say((box, covered), BACKGROUND)
        else:
            for index in np.flatnonzero(np.bincount(labels[covered], minlength=1)).tolist():
                self._say((box, covered & (labels == index)), index)

    def _say(self, coverage: Coverage, index: int) -> None:
        if coverage[1].any():
            self._spoke += int(coverage[1].sum())
            self.host.paint(coverage, index)

    def paint_overlay(self, painter: QPainter) -> None:
        if self.pointer is None:
            return
        rejects = self._rejects if self._trail else self.pointer.erases
        color = _REJECTS if rejects else _ACCEPTS
        width = self.host.options.brush_size * self.host.widget_scale()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._trail:
            trail = QColor(color)
            trail.setAlpha(_TRAIL)
            cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(trail, max(2.0, width), Qt.PenStyle.SolidLine, cap, join))
            painter.drawPolyline(QPolygonF([self.host.to_widget(p) for p in self._trail]))
        at, half = self.pointer.widget, 4.0
        for pen in rim_pens(color):
            painter.setPen(pen)
            painter.drawEllipse(at, width / 2, width / 2)
            if rejects:
                painter.drawLine(at - QPointF(half, half), at + QPointF(half, half))
                painter.drawLine(at + QPointF(-half, half), at + QPointF(half, -half))
            else:
                tick = (-half, 0.0), (-1.0, half), (half + 1, -half)
                painter.drawPolyline([at + QPointF(*corner) for corner in tick])

    def overlay_region(self) -> QRegion:
        if self.pointer is None:
            return QRegion()
        reach = round(self.host.options.brush_size * self.host.widget_scale() / 2) + 6
        around = region_around([self.pointer.widget, *(self.host.to_widget(p) for p in self._trail)])
        rect = around.boundingRect().adjusted(-reach, -reach, reach, reach)
        return QRegion(rect)
