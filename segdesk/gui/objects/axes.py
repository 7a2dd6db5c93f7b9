"""A plane of figures with round numbers along its two axes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from segdesk.core.ticks import nice_step
from segdesk.gui.quality.painting import small
from segdesk.gui.theme import GRID, Colors

_STEPS = 4


@dataclass(frozen=True)
class Span:
    """The part of an axis that is shown, from one round number to another."""

    low: float
    high: float
    step: float

    @classmethod
    def around(cls, values: NDArray[np.float64]) -> Span:
        """All finite values, and 0 where they come near it."""
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        if 0 < low < high / 2:
            low = 0.0
        if high <= low:
            low, high = low - 0.5, low + 0.5
        step = nice_step((high - low) / _STEPS)
        return cls(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step)

    @property
    def ticks(self) -> list[float]:
        return [self.low + self.step * n for n in range(round((self.high - self.low) / self.step) + 1)]

    def text(self, value: float) -> str:
        """A tick as it is written."""
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        return f"{value:.{decimals}f}"


class Axes:
    """Two spans laid out in a rectangle, in the painter's coordinates."""

    def __init__(self, rect: QRectF, painter: QPainter, x: Span, y: Span, titles: tuple[str, str]) -> None:
        self._rect, self.x, self.y, self._titles = rect, x, y, titles
        self._font = small(painter.font())
        metrics = QFontMetricsF(self._font)
        self._line = metrics.height()
        widest = max(metrics.horizontalAdvance(y.text(tick)) for tick in y.ticks)
        last = metrics.horizontalAdvance(x.text(x.high)) / 2
        left, top = rect.left() + widest + GRID, rect.top() + self._line + GRID
        self.area = QRectF(
            left, top, rect.right() - max(last, GRID) - left, rect.bottom() - 2 * self._line - GRID - top
        )

    def place(self, x: float, y: float) -> QPointF:
        """Where a pair of figures is drawn."""
        return QPointF(
            self.area.left() + (x - self.x.low) / (self.x.high - self.x.low) * self.area.width(),
            self.area.bottom() - (y - self.y.low) / (self.y.high - self.y.low) * self.area.height(),
        )

    def paint(self, painter: QPainter, c: Colors) -> None:
        """Draw lines, numbers and titles."""
        painter.setFont(self._font)
        metrics, rect, area, line = QFontMetricsF(self._font), self._rect, self.area, self._line
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for tick in self.y.ticks:
            y = self.place(self.x.low, tick).y()
            painter.setPen(QPen(QColor(c.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(c.quiet))
            numbers = QRectF(rect.left(), y - line / 2, area.left() - rect.left() - GRID / 2, line)
            painter.drawText(numbers, right, self.y.text(tick))
        free = -math.inf
        for tick in self.x.ticks:
            x, width = self.place(tick, self.y.low).x(), metrics.horizontalAdvance(self.x.text(tick))
            if x - width / 2 > free:
                below = QRectF(x - width / 2 - 2, area.bottom() + GRID / 2, width + 4, line)
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.x.text(tick))
                free = x + width / 2 + GRID
        mode = Qt.TextElideMode.ElideRight
        title = metrics.elidedText(self._titles[1], mode, rect.width())
        painter.drawText(QRectF(rect.left(), rect.top(), rect.width(), line), left, title)
        foot = QRectF(rect.left(), rect.bottom() - line, rect.width(), line)
        painter.drawText(foot, right, metrics.elidedText(self._titles[0], mode, foot.width()))
