"""Drawing figures: the same in the panel and in a picture file."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from segdesk.core.ticks import nice_step
from segdesk.gui.quality.plots import Figure, Mark, Plot, Point
from segdesk.gui.theme import GRID, Colors

_TITLE_GAP = GRID
_KEY_GAP = 2 * GRID
_BETWEEN = 2 * GRID  # two plots
_MANY, _MOST = 100, 500  # points; from here on they are drawn smaller
_NEAR = 20.0  # pixels within which a point is meant


def small(font: QFont) -> QFont:
    """The font of axes and keys beside a text in `font`."""
    smaller = QFont(font)
    smaller.setPointSizeF(font.pointSizeF() * 0.9 if font.pointSizeF() > 0 else 8)
    return smaller


@dataclass(frozen=True)
class Place:
    """A point of a figure: the index of its plot, and its own in there."""

    plot: int
    point: int


class Sheet:
    """A figure laid out in a rectangle; all coordinates are those of the painter."""

    def __init__(self, figure: Figure, rect: QRectF, font: QFont) -> None:
        self.figure = figure
        self.rect = rect
        self.font = small(font)
        self.metrics = QFontMetricsF(self.font)
        line = self.metrics.height()
        widest = max(
            (self.metrics.horizontalAdvance(tick_text(t, p)) for p in figure.plots for t in p.ticks),
            default=0.0,
        )
        self._left = rect.left() + widest + GRID
        self._right = rect.right() - GRID
        foot = 2 * line + GRID  # the axis' numbers and title, once for all plots
        each = (rect.height() - foot) / max(1, len(figure.plots))
        self.areas: list[QRectF] = []
        for number, plot in enumerate(figure.plots):
            head = (2 if plot.key else 1) * line + _TITLE_GAP + (line if figure.parts else 0)
            top = rect.top() + number * each
            height = max(1.0, each - head - (_BETWEEN if number < len(figure.plots) - 1 else 0))
            self.areas.append(QRectF(self._left, top + head, max(1.0, self._right - self._left), height))

    @property
    def radius(self) -> float:
        """Of a dot."""
        return 3.5 if self.figure.last <= _MANY else 2.5 if self.figure.last <= _MOST else 1.5

    def place(self, plot: int, x: float, y: float) -> QPointF:
        """Where a value is drawn."""
        area = self.areas[plot]
        across = (x - 0.5) / max(1, self.figure.last)
        up = y / self.figure.plots[plot].ticks[-1]
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def nearest(self, position: QPointF) -> Place | None:
        """The point that is meant by a position, if one is near."""
        best, found = _NEAR, None
        for number, (plot, area) in enumerate(zip(self.figure.plots, self.areas, strict=True)):
            column = area.width() / max(1, self.figure.last)  # what one step of x takes
            x = (position.x() - area.left()) / column + 0.5
            first = bisect_left(plot.points, x - _NEAR / column, key=_x)
            last = bisect_right(plot.points, x + _NEAR / column, key=_x)
            for index, point in enumerate(plot.points[first:last], first):
                offset = self.place(number, point.x, point.y) - position
                distance = math.hypot(offset.x(), offset.y())
                if distance < best:
                    best, found = distance, Place(number, index)
        return found

    def point(self, place: Place) -> Point:
        return self.figure.plots[place.plot].points[place.point]


def _x(point: Point) -> float:
    return point.x


def paint(painter: QPainter, sheet: Sheet, colors: Colors, pointed: Place | None = None) -> None:
    """Draw a figure; `pointed` is emphasised."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(sheet.font)
    for number, plot in enumerate(sheet.figure.plots):
        _paint_head(painter, sheet, number, colors)
        _paint_scale(painter, sheet, number, colors)
        _paint_parts(painter, sheet, number, colors)
        _paint_values(painter, sheet, number, plot, colors)
    if sheet.areas:
        _paint_axis(painter, sheet, colors)
    if pointed is not None:
        point = sheet.point(pointed)
        painter.setPen(QPen(QColor(colors.text), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(sheet.place(pointed.plot, point.x, point.y), 6.5, 6.5)
    painter.restore()


def tick_text(value: float, plot: Plot) -> str:
    """A tick as it is written."""
    step = plot.ticks[1] - plot.ticks[0]
    decimals = 0 if step >= 1 else 2 if step < 0.1 or abs(step * 10 - round(step * 10)) > 1e-6 else 1
    return f"{value:.{decimals}f}"


def _paint_head(painter: QPainter, sheet: Sheet, number: int, c: Colors) -> None:
    plot, area, line = sheet.figure.plots[number], sheet.areas[number], sheet.metrics.height()
    rows = 1 + bool(plot.key) + bool(sheet.figure.parts)
    top = area.top() - _TITLE_GAP - rows * line
    bold = QFont(sheet.font)
    bold.setWeight(QFont.Weight.DemiBold)
    painter.setFont(bold)
    painter.setPen(QColor(c.quiet))
    room = sheet.rect.width()
    title = QFontMetricsF(bold).elidedText(plot.title, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QRectF(sheet.rect.left(), top, room, line), _LEFT, title)
    painter.setFont(sheet.font)
    x = sheet.rect.left()
    for mark, text in plot.key:
        middle = QPointF(x + GRID, top + 1.5 * line + 1)
        if mark is Mark.LINE:
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.drawLine(middle - QPointF(GRID - 2, 0), middle + QPointF(GRID - 2, 0))
        else:
            _paint_mark(painter, middle, mark, 3.5, c)
        painter.setPen(QColor(c.quiet))
        width = sheet.metrics.horizontalAdvance(text) + 2
        painter.drawText(QRectF(x + 2 * GRID + 2, top + line, width, line), _LEFT, text)
        x += 2 * GRID + 2 + width + _KEY_GAP


def _paint_scale(painter: QPainter, sheet: Sheet, number: int, c: Colors) -> None:
    plot, area, line = sheet.figure.plots[number], sheet.areas[number], sheet.metrics.height()
    last = math.inf
    for tick in plot.ticks:
        y = sheet.place(number, 0.5, tick).y()
        painter.setPen(QPen(QColor(c.line), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        if last - y >= line * 0.9:  # where it is low, some numbers go
            painter.setPen(QColor(c.quiet))
            place = QRectF(sheet.rect.left(), y - line / 2, area.left() - sheet.rect.left() - GRID / 2, line)
            painter.drawText(place, _RIGHT, tick_text(tick, plot))
            last = y


def _paint_parts(painter: QPainter, sheet: Sheet, number: int, c: Colors) -> None:
    area, line = sheet.areas[number], sheet.metrics.height()
    free = area.left() - 1
    for x, label in sheet.figure.parts:
        left = sheet.place(number, x - 0.5, 0).x()
        if x > 1:
            painter.setPen(QPen(QColor(c.faint), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(left, area.top()), QPointF(left, area.bottom()))
        width = sheet.metrics.horizontalAdvance(label) + 2
        if left >= free and left + width <= sheet.rect.right():
            painter.setPen(QColor(c.quiet))
            painter.drawText(QRectF(left + 2, area.top() - line - 2, width, line), _LEFT, label)
            free = left + width + GRID / 2


def _paint_values(painter: QPainter, sheet: Sheet, number: int, plot: Plot, c: Colors) -> None:
    for point in plot.points:
        if point.since is not None:
            start, end = sheet.place(number, point.x, point.since), sheet.place(number, point.x, point.y)
            painter.setPen(QPen(QColor(c.quiet), 1))
            painter.drawLine(start, end)
            _paint_mark(painter, start, Mark.RING, sheet.radius - 0.5, c)
    dots = []
    for point in plot.points:
        place = sheet.place(number, point.x, point.y)
        if point.mark is Mark.DOT:
            dots.append(place)
        else:
            _paint_mark(painter, place, point.mark, sheet.radius, c)
    color = QColor(c.accent)
    color.setAlphaF(0.7 if len(dots) <= _MANY else 0.4)
    painter.setPen(QPen(color, 2 * sheet.radius, c=Qt.PenCapStyle.RoundCap))
    painter.drawPoints(QPolygonF(dots))  # at once: there may be thousands
    if len(plot.line) > 1:
        painter.setPen(QPen(QColor(c.accent), 2, j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # No more than one corner a pixel: thousands take tens of milliseconds, and nobody would see them.
        skip = math.ceil(len(plot.line) / max(1.0, sheet.areas[number].width()))
        line = [*plot.line[:-1:skip], plot.line[-1]]
        painter.drawPolyline(QPolygonF([sheet.place(number, x, y) for x, y in line]))


def _paint_axis(painter: QPainter, sheet: Sheet, c: Colors) -> None:
    area, line, last = sheet.areas[-1], sheet.metrics.height(), sheet.figure.last
    widest = sheet.metrics.horizontalAdvance(str(last)) + 2 * GRID
    step = max(1, round(nice_step(max(1.0, last * widest / area.width()))))
    painter.setPen(QColor(c.quiet))
    for x in sorted({1, *range(step, last + 1, step)}):
        if 1 < x < 1 + step / 2:
            continue  # too close to the first one
        middle = sheet.place(len(sheet.areas) - 1, x, 0)
        painter.drawText(
            QRectF(middle.x() - widest / 2, area.bottom() + GRID / 2, widest, line), _CENTRE, str(x)
        )
    below = QRectF(sheet.rect.left(), area.bottom() + GRID / 2 + line, sheet.rect.width(), line)
    text = sheet.metrics.elidedText(sheet.figure.x_title, Qt.TextElideMode.ElideRight, below.width())
    painter.drawText(below, _RIGHT, text)


def _paint_mark(painter: QPainter, at: QPointF, mark: Mark, radius: float, c: Colors) -> None:
    if mark is Mark.CROSS:
        painter.setPen(QPen(QColor(c.warning), 2))
        arm = QPointF(radius, radius)
        painter.drawLine(at - arm, at + arm)
        other = QPointF(radius, -radius)
        painter.drawLine(at - other, at + other)
    elif mark is Mark.RING:
        painter.setPen(QPen(QColor(c.quiet), 1.5))
        painter.setBrush(QColor(c.surface))
        painter.drawEllipse(at, radius, radius)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.accent))
        painter.drawEllipse(at, radius, radius)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
