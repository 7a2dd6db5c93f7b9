"""The sizes of the images as a plot: a spot for each size, larger where more images have it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from segdesk.core.ticks import ticks_to
from segdesk.core.translation import tr
from segdesk.gui.theme import GRID, colors

_SMALLEST, _LARGEST = 3.5, 11.0  # radius of a spot, in pixels
_NEAR = 10.0
_MOST = 2000  # spots

Sizes = Sequence[tuple[tuple[int, int], int]]


class SizePlot(QWidget):
    """Width across and height up, both from 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sizes: Sizes = ()
        self.setAccessibleName(tr("Sizes of the images"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_sizes(self, sizes: Sizes) -> None:
        """((width, height), how many images), the most frequent first."""
        self._sizes = sizes[:_MOST]
        self.setAccessibleDescription("; ".join(_told(entry) for entry in self._sizes[:10]))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(28 * GRID, 26 * GRID)

    def _area(self) -> QRectF:
        line = self.fontMetrics().height()
        left = self.fontMetrics().horizontalAdvance("00000") + GRID
        return QRectF(left, line + GRID, self.width() - left - 2 * GRID, self.height() - 3 * line - 2 * GRID)

    def _scale(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        widest = max((size[0] for size, _ in self._sizes), default=1)
        highest = max((size[1] for size, _ in self._sizes), default=1)
        return ticks_to(widest), ticks_to(highest)

    def _place(self, size: tuple[float, float]) -> QPointF:
        area, (across, up) = self._area(), self._scale()
        return QPointF(
            area.left() + area.width() * size[0] / across[-1],
            area.bottom() - area.height() * size[1] / up[-1],
        )

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        c, area, line = colors(), self._area(), self.fontMetrics().height()
        across, up = self._scale()
        painter.setPen(QColor(c.quiet))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, self.width(), line), left, tr("height in pixels"))
        foot = QRectF(0, area.bottom() + line + GRID // 2, area.right() + GRID, line)
        painter.drawText(foot, right, tr("width in pixels"))
        for tick in up:
            y = self._place((0, tick)).y()
            painter.setPen(QPen(QColor(c.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(c.quiet))
            painter.drawText(QRectF(0, y - line / 2, area.left() - GRID, line), right, f"{tick:g}")
        for tick in across:
            x = self._place((tick, 0)).x()
            place = QRectF(x - 40, area.bottom() + GRID // 2, 80, line)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, f"{tick:g}"
            )
        spot = QColor(c.accent)
        spot.setAlphaF(0.6)
        painter.setPen(QPen(QColor(c.surface), 1))
        painter.setBrush(spot)
        most = max((count for _, count in self._sizes), default=1)
        for size, count in self._sizes:
            radius = _SMALLEST + (_LARGEST - _SMALLEST) * (count / most) ** 0.5
            painter.drawEllipse(self._place(size), radius, radius)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            near = [
                entry
                for entry in self._sizes
                if (self._place(entry[0]) - event.pos().toPointF()).manhattanLength() < 2 * _NEAR
            ]
            if near:
                QToolTip.showText(event.globalPos(), "\n".join(map(_told, near[:8])), self)
            return True
        return super().event(event)


def _told(entry: tuple[tuple[int, int], int]) -> str:
    (width, height), count = entry
    return tr("{width} x {height}: {count} images").format(width=width, height=height, count=count)
