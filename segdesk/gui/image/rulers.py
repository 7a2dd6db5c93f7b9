"""Rulers above and left of the canvas, in the unit of the pixels' size."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from segdesk.core.images import PixelSize
from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas, Hover
from segdesk.gui.image.aids import round_length
from segdesk.gui.theme import GRID, colors

_THICK = 3 * GRID
_APART = 9 * GRID  # between two numbers, at least


class Ruler(QWidget):
    """One side: its numbers count from the image's corner."""

    def __init__(self, canvas: Canvas, across: bool) -> None:
        super().__init__()
        self._canvas = canvas
        self._across = across
        self._side: float | None = None  # of a pixel, in its unit
        self._at: float | None = None  # of the pointer, in pixels of the image
        if across:
            self.setFixedHeight(_THICK)
        else:
            self.setFixedWidth(_THICK)
        self.setAccessibleName(tr("Ruler"))
        canvas.view_changed.connect(self.update)
        canvas.hovered.connect(self._on_hovered)

    def show_size(self, size: PixelSize | None) -> None:
        """Count in the unit of this size; None: in pixels."""
        self._side = None if size is None else size.x if self._across else size.y
        self.update()

    @Slot(object)
    def _on_hovered(self, hover: Hover | None) -> None:
        self._at = None if hover is None else (hover.x if self._across else hover.y) + 0.5
        self.update()

    def ticks(self) -> list[tuple[float, str]]:
        """Where numbers stand along the ruler, in its pixels, and what they say."""
        canvas, side = self._canvas, self._side or 1.0
        if canvas.levels is None:
            return []
        scale = canvas.widget_scale() / side  # pixels of the widget a unit
        step = round_length(_APART / scale)
        while step * scale < _APART:
            step = round_length(step * 2.5)
        if self._side is None:
            step = max(1.0, step)
        start = canvas.to_widget((0, 0))
        origin = start.x() if self._across else start.y()
        length = self.width() if self._across else self.height()
        first, last = math.floor(-origin / scale / step), math.ceil((length - origin) / scale / step)
        return [(origin + n * step * scale, f"{n * step:.6g}") for n in range(first, last + 1)]

    def paintEvent(self, _: QPaintEvent) -> None:
        c = colors()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(c.surface))
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.8)
        painter.setFont(font)
        painter.setPen(QPen(QColor(c.quiet), 1))
        ticks = self.ticks()
        if not self._across:
            painter.translate(0, self.height())
            painter.rotate(-90)
            ticks = [(self.height() - at, text) for at, text in ticks]
        for at, text in ticks:
            painter.drawLine(QPointF(at, _THICK - 7), QPointF(at, _THICK))
            painter.drawText(QRectF(at - 40, 0, 80, _THICK - 7), Qt.AlignmentFlag.AlignCenter, text)
        if self._at is not None:
            spot = self._canvas.to_widget((self._at, self._at))
            place = spot.x() if self._across else self.height() - spot.y()
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.drawLine(QPointF(place, 0), QPointF(place, _THICK))


class Ruled(QWidget):
    """The canvas with its rulers, which can be put away."""

    def __init__(self, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rulers = (Ruler(canvas, across=True), Ruler(canvas, across=False))
        self._corner = QWidget()
        self._corner.setFixedSize(_THICK, _THICK)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self._corner, 0, 0)
        grid.addWidget(self.rulers[0], 0, 1)
        grid.addWidget(self.rulers[1], 1, 0)
        grid.addWidget(canvas, 1, 1)
        self.want(False)

    def want(self, wanted: bool) -> None:
        """Show the rulers, or not."""
        for part in (*self.rulers, self._corner):
            part.setVisible(wanted)
