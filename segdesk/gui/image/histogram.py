"""How often each value comes, with the two ends of the window to drag."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from segdesk.core.images import Window
from segdesk.core.translation import tr
from segdesk.gui.theme import GRID, colors

_BINS = 256
_HEIGHT = 12 * GRID
_FOOT = 12  # below the bars, for the handles
_REACH = 10  # how near a press must be to a handle
_STEPS = 100  # of the arrow keys from end to end

Curve = tuple[NDArray[np.float64], QColor]


class Histogram(QWidget):
    """Bars of one or more channels, and a window over them.

    window_chosen: the person moved an end, or both.
    """

    window_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = 0.0, 1.0
        self._is_whole = False  # only whole numbers make sense
        self._curves: list[Curve] = []
        self._window = Window(0.0, 1.0)
        self._held: str | None = None
        self._grabbed = 0.0
        self._last = "high"  # what the arrow keys move
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("How often each value comes"))
        self.setToolTip(
            tr("Drag the ends to set what is black and what is white, or between them to shift both")
        )

    def sizeHint(self) -> QSize:
        return QSize(24 * GRID, _HEIGHT)

    @property
    def span(self) -> tuple[float, float]:
        """The values at the left and the right end."""
        return self._low, self._high

    def show_values(self, channels: list[tuple[NDArray[Any], QColor]]) -> None:
        """Draw how often the values of each of some channels come, in a colour."""
        finite = [(v[np.isfinite(v)] if v.dtype.kind == "f" else v, color) for v, color in channels]
        finite = [(v, color) for v, color in finite if v.size]
        if not finite:
            self._curves, self._low, self._high = [], 0.0, 1.0
        elif all(v.dtype == np.uint8 for v, _ in finite):
            self._low, self._high = 0.0, 255.0
        else:
            self._low = min(float(v.min()) for v, _ in finite)
            self._high = max(float(v.max()) for v, _ in finite)
            if not self._low < self._high:
                self._high = self._low + 1.0
        self._is_whole = all(v.dtype.kind in "iu" for v, _ in finite) and self._high - self._low > 20
        span = (self._low, self._high)
        counts = [np.histogram(v, _BINS, span)[0].astype(np.float64) for v, _ in finite]
        # Roots, so that rare values beside a large background are seen.
        roots = [np.sqrt(c) for c in counts]
        tallest = max((_tall(r) for r in roots), default=1.0)
        self._curves = [(np.minimum(r / tallest, 1.0), c) for r, (_, c) in zip(roots, finite, strict=True)]
        self.update()

    def show_window(self, window: Window) -> None:
        """Draw the ends here."""
        self._window = window
        self.update()

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not self._curves:
            return
        x = event.position().x()
        low, high = self._x(self._window.low), self._x(self._window.high)
        near = min(("low", "high"), key=lambda end: abs(x - (low if end == "low" else high)))
        if abs(x - (low if near == "low" else high)) <= _REACH or not low < x < high:
            self._held = self._last = near
            self._drag(x)
        else:
            self._held = "both"
            self._grabbed = self._value(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._held is not None:
            self._drag(x)
            return
        ends = (self._x(self._window.low), self._x(self._window.high))
        near = min(abs(x - end) for end in ends) <= _REACH
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._last = "low"
        elif event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._last = "high"
        step = way * (self._high - self._low) / _STEPS
        at = self._window.low if self._last == "low" else self._window.high
        self._move(self._last, at + step)

    def _drag(self, x: float) -> None:
        value = self._value(x)
        if self._held == "both":
            step = round(value - self._grabbed) if self._is_whole else value - self._grabbed
            self._grabbed += step
            self._choose(Window(self._window.low + step, self._window.high + step))
        elif self._held is not None:
            self._move(self._held, value)

    def _move(self, end: str, value: float) -> None:
        least = (self._high - self._low) / (4 * _BINS)
        if end == "low":
            self._choose(Window(min(value, self._window.high - least), self._window.high))
        else:
            self._choose(Window(self._window.low, max(value, self._window.low + least)))

    def _choose(self, window: Window) -> None:
        if self._is_whole:
            window = Window(round(window.low), round(window.high))
        if window != self._window:
            self._window = window
            self.update()
            self.window_chosen.emit(window)

    # Painting

    def _bars(self) -> QRectF:
        return QRectF(self.rect()).adjusted(GRID, 2, -GRID, -_FOOT)

    def _x(self, value: float) -> float:
        bars = self._bars()
        share = (value - self._low) / (self._high - self._low)
        return bars.left() + min(max(share, 0.0), 1.0) * bars.width()

    def _value(self, x: float) -> float:
        bars = self._bars()
        share = min(max((x - bars.left()) / max(1.0, bars.width()), 0.0), 1.0)
        return self._low + share * (self._high - self._low)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        c, bars = colors(), self._bars()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(c.accent if self.hasFocus() else c.line), 1))
        painter.setBrush(QColor(c.raised))
        painter.drawRoundedRect(bars.adjusted(-0.5, -0.5, 0.5, 0.5), 4, 4)
        for heights, color in self._curves:
            fill = QColor(color)
            fill.setAlpha(255 if len(self._curves) == 1 else 120)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            points = [QPointF(bars.left(), bars.bottom())]
            for number, height in enumerate(heights):
                x = bars.left() + bars.width() * (number + 0.5) / len(heights)
                points.append(QPointF(x, bars.bottom() - height * (bars.height() - 4)))
            points.append(QPointF(bars.right(), bars.bottom()))
            painter.drawPolygon(QPolygonF(points))
        low, high = self._x(self._window.low), self._x(self._window.high)
        shade = QColor(c.surface)
        shade.setAlpha(170)
        painter.fillRect(QRectF(bars.left(), bars.top(), low - bars.left(), bars.height()), shade)
        painter.fillRect(QRectF(high, bars.top(), bars.right() - high, bars.height()), shade)
        for x, ground in ((low, QColor(0, 0, 0)), (high, QColor(255, 255, 255))):
            painter.setPen(QPen(QColor(c.accent), 1.5))
            painter.drawLine(QPointF(x, bars.top()), QPointF(x, bars.bottom()))
            painter.setBrush(ground)
            foot = bars.bottom()
            painter.drawPolygon(
                QPolygonF([QPointF(x, foot), QPointF(x - 6, foot + 10), QPointF(x + 6, foot + 10)])
            )


def _tall(roots: NDArray[np.float64]) -> float:
    """The height that most bars stay below: a background of one value shall not flatten all others."""
    others = np.sort(roots)[:-2]
    tallest = float(roots.max()) or 1.0
    return min(tallest, 1.6 * float(others.max())) if others.size and others.max() > 0 else tallest
