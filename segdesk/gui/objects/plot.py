"""One measurement as a histogram, or two against each other; a click selects what is there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from segdesk.core.translation import tr
from segdesk.gui.objects.axes import Axes, Span
from segdesk.gui.theme import GRID, colors

_NEAR = 12.0  # pixels within which a dot is meant
_MANY = 400  # dots, from which on they are smaller


@dataclass(frozen=True)
class Series:
    """What is drawn: a figure of each object, and for a scatter plot a second one.

    numbers: of the objects. titles: of the axes, below and at the left.
    """

    numbers: NDArray[np.int32]
    x: NDArray[np.float64]
    y: NDArray[np.float64] | None
    titles: tuple[str, str]


class ObjectPlot(QWidget):
    """Draws a series; chosen: the numbers of the objects that a person clicked."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.series: Series | None = None
        self._marked: NDArray[np.int32] = np.zeros(0, np.int32)
        self._axes: Axes | None = None
        self._bins: tuple[NDArray[np.intp], NDArray[np.float64]] | None = None
        self._pointed: int | None = None  # a bin, or a dot
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(18 * GRID)
        self.setAccessibleName(tr("Plot of the objects"))
        self.setToolTip(tr("Point at a mark to see what it is; a click selects it"))

    def sizeHint(self) -> QSize:
        return QSize(30 * GRID, 26 * GRID)

    def show_series(self, series: Series | None) -> None:
        """Draw this from now on."""
        self.series = series
        self._pointed = None
        self._bins = None
        if series is not None and series.y is None and len(series.x):
            span = Span.around(series.x)
            count = int(np.clip(np.sqrt(len(series.x)) * 1.5, 5, 40))
            self._bins = np.histogram(series.x, count, (span.low, span.high))
        self.setAccessibleDescription(" / ".join(series.titles) if series is not None else "")
        self.update()

    def mark(self, numbers: NDArray[np.int32]) -> None:
        """Emphasise these objects."""
        self._marked = numbers
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        series, c = self.series, colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if series is None or not len(series.x):
            return
        if self._bins is not None:
            highest = Span.around(np.array([0.0, float(max(1, self._bins[0].max()))]))
            y = Span(0.0, highest.high, max(1.0, highest.step))
            y = Span(0.0, np.ceil(y.high / y.step) * y.step, y.step)
        else:
            assert series.y is not None
            y = Span.around(series.y)
        axes = Axes(QRectF(self.rect()), painter, Span.around(series.x), y, series.titles)
        axes.paint(painter, c)
        self._axes = axes
        if self._bins is not None:
            self._paint_bins(painter, axes, series)
        else:
            self._paint_dots(painter, axes, series)

    def _paint_bins(self, painter: QPainter, axes: Axes, series: Series) -> None:
        assert self._bins is not None
        c = colors()
        counts, edges = self._bins
        marked = np.histogram(series.x[np.isin(series.numbers, self._marked)], edges)[0]
        painter.setPen(Qt.PenStyle.NoPen)
        for number, (count, some) in enumerate(zip(counts, marked, strict=True)):
            for height, color in ((count, c.accent), (some, c.warning)):
                top = axes.place(float(edges[number]), float(height))
                bottom = axes.place(float(edges[number + 1]), 0.0)
                fill = QColor(color)
                fill.setAlphaF(1.0 if number == self._pointed or color == c.warning else 0.7)
                painter.setBrush(fill)
                painter.drawRect(QRectF(top, bottom).adjusted(0.5, 0, -0.5, 0))

    def _paint_dots(self, painter: QPainter, axes: Axes, series: Series) -> None:
        c, places = colors(), self._places(axes, series)
        radius = 2.5 if len(places) > _MANY else 3.5
        for where, name, alpha in (
            (~np.isin(series.numbers, self._marked), c.accent, 0.45),
            (np.isin(series.numbers, self._marked), c.warning, 1.0),
        ):
            color = QColor(name)
            color.setAlphaF(alpha)
            painter.setPen(QPen(color, 2 * radius, c=Qt.PenCapStyle.RoundCap))
            painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in places[where].tolist()]))
        if self._pointed is not None and self._pointed < len(places):
            painter.setPen(QPen(QColor(c.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(*places[self._pointed].tolist()), 6.5, 6.5)

    def _places(self, axes: Axes, series: Series) -> NDArray[np.float64]:
        assert series.y is not None
        first, last = axes.place(axes.x.low, axes.y.low), axes.place(axes.x.high, axes.y.high)
        across = (series.x - axes.x.low) / (axes.x.high - axes.x.low)
        up = (series.y - axes.y.low) / (axes.y.high - axes.y.low)
        x = first.x() + across * (last.x() - first.x())
        return np.stack([x, first.y() + up * (last.y() - first.y())], axis=1)

    # By mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointed, axes, series = self._under(event.position()), self._axes, self.series
        if pointed == self._pointed or axes is None or series is None:
            return
        self._pointed = pointed
        self.update()
        if pointed is None:
            QToolTip.hideText()
            self.unsetCursor()
            return
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        QToolTip.showText(event.globalPosition().toPoint(), self._text(series, pointed), self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouseMoveEvent(event)
        series = self.series
        if event.button() == Qt.MouseButton.LeftButton and self._pointed is not None and series is not None:
            if self._bins is None:
                self.chosen.emit([int(series.numbers[self._pointed])])
            else:
                self.chosen.emit(series.numbers[self._in_bin(series, self._pointed)].tolist())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointed = None
        self.update()

    def _under(self, at: QPointF) -> int | None:
        axes, series = self._axes, self.series
        if axes is None or series is None or not len(series.x):
            return None
        if self._bins is not None:
            share = (at.x() - axes.area.left()) / axes.area.width()
            number = int(np.floor(share * len(self._bins[0])))
            inside = 0 <= number < len(self._bins[0]) and axes.area.top() <= at.y() <= axes.area.bottom()
            return number if inside and self._bins[0][number] else None
        away = np.hypot(*(self._places(axes, series) - (at.x(), at.y())).T)
        nearest = int(np.argmin(away))
        return nearest if away[nearest] < _NEAR else None

    def _in_bin(self, series: Series, number: int) -> NDArray[np.bool_]:
        assert self._bins is not None
        edges = self._bins[1]
        last = number == len(edges) - 2
        below = series.x <= edges[number + 1] if last else series.x < edges[number + 1]
        return np.asarray((series.x >= edges[number]) & below)

    def _text(self, series: Series, pointed: int) -> str:
        if self._bins is not None:
            counts, edges = self._bins
            return tr("{low} to {high}: {count} objects").format(
                low=f"{edges[pointed]:.4g}", high=f"{edges[pointed + 1]:.4g}", count=counts[pointed]
            )
        assert series.y is not None
        return tr("Object {number}: {x}, {y}").format(
            number=series.numbers[pointed], x=f"{series.x[pointed]:.4g}", y=f"{series.y[pointed]:.4g}"
        )
