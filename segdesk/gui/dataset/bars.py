"""Bars to be looked at: one of several parts, and a list of them that fits into a narrow panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from segdesk.gui.theme import GRID, colors

_HEIGHT = 4 * GRID  # of a bar of parts
_ROW, _BAR = 5 * GRID, GRID  # of a bar in a list: its row, and itself


@dataclass(frozen=True)
class Bar:
    """name: at the left.   value: its length, 0 and up.   text: at the right.   tip: what pointing tells."""

    name: str
    value: float
    text: str
    tip: str
    color: QColor


class _Bars(QWidget):
    """What both kinds have in common."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show these from now on."""
        self.bars = tuple(bars)
        self.setAccessibleDescription("; ".join(bar.tip for bar in self.bars[:30]))
        self.updateGeometry()
        self.update()

    def bar_at(self, x: float, y: float) -> Bar | None:
        """The bar under a place."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            bar = self.bar_at(event.pos().x(), event.pos().y())
            if bar is not None:
                QToolTip.showText(event.globalPos(), bar.tip, self)
            return True
        return super().event(event)


class PartsBar(_Bars):
    """One bar of several parts, each as long as its share of all."""

    def sizeHint(self) -> QSize:
        return QSize(28 * GRID, _HEIGHT)

    def _places(self) -> list[tuple[Bar, QRectF]]:
        total = sum(bar.value for bar in self.bars) or 1.0
        places, x = [], 0.0
        for bar in self.bars:
            width = self.width() * bar.value / total
            if width > 0:
                places.append((bar, QRectF(x, 0, width, self.height())))
            x += width
        return places

    def bar_at(self, x: float, y: float) -> Bar | None:
        return next((bar for bar, place in self._places() if place.contains(x, y)), None)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, c = painter.fontMetrics(), colors()
        places = self._places()
        for number, (bar, place) in enumerate(places):
            gap = 1 if number < len(places) - 1 else 0
            painter.fillRect(place.adjusted(0, 0, -gap, 0), bar.color)
            painter.setPen(QColor(c.on_accent))
            inside = place.adjusted(GRID, 0, -GRID, 0)
            if metrics.horizontalAdvance(bar.text) <= inside.width():
                painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, bar.text)


class BarList(_Bars):
    """A bar a row below its name; as long as it must be."""

    def sizeHint(self) -> QSize:
        return QSize(28 * GRID, len(self.bars) * _ROW)

    def bar_at(self, x: float, y: float) -> Bar | None:
        row = int(y // _ROW)
        return self.bars[row] if 0 <= row < len(self.bars) else None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, c = painter.fontMetrics(), colors()
        longest = max((bar.value for bar in self.bars), default=0.0) or 1.0
        first, last = event.rect().top() // _ROW, event.rect().bottom() // _ROW
        for number, bar in list(enumerate(self.bars))[max(0, first) : last + 1]:
            line = QRectF(0, number * _ROW, self.width(), _ROW - _BAR - GRID)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            painter.setPen(QColor(c.quiet))
            painter.drawText(line, right, bar.text)
            room = self.width() - metrics.horizontalAdvance(bar.text) - 2 * GRID
            painter.setPen(QColor(c.text))
            name = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, max(0, room))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, name)
            track = QRectF(0, line.bottom() + GRID // 2, self.width(), _BAR)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.hover))
            painter.drawRoundedRect(track, 2, 2)
            if bar.value > 0:
                painter.setBrush(bar.color)
                painter.drawRoundedRect(
                    QRectF(track.left(), track.top(), max(3.0, track.width() * bar.value / longest), _BAR),
                    2,
                    2,
                )
