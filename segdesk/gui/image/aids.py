"""What helps to find one's way and to measure, drawn over the canvas: scale bar, minimap and crosshair."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from segdesk.core.geometry import Box
from segdesk.core.images import PixelSize, thumbnail
from segdesk.core.images.pixel_size import METRES, UNITS
from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas, Hover
from segdesk.gui.qimage import to_qimage
from segdesk.gui.theme import GRID

_BAR = (8 * GRID, 22 * GRID)  # the shortest and longest scale bar
_BAR_SIZE = QSize(_BAR[1] + 3 * GRID, 5 * GRID)
_MAP = 20 * GRID  # longer side of the minimap
_FROM_EDGE = 2 * GRID
_VEIL = QColor(0, 0, 0, 140)
_PALE = QColor(255, 255, 255)


class _Aid(QWidget):
    """Something that lies over the canvas and keeps its place in it.

    wanted: a person has it switched on; it shows where it has something to say.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.wanted = False
        self.hide()
        canvas.installEventFilter(self)
        canvas.view_changed.connect(self.renew)

    def want(self, wanted: bool) -> None:
        """Switch it on or off."""
        self.wanted = wanted
        self.renew()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.renew()
        return False

    @Slot()
    def renew(self) -> None:
        """Bring it up to date with the view."""
        shown = self.wanted and self._canvas.levels is not None and self._has_something()
        if shown:
            self._place()
            self.update()
        self.setVisible(shown)

    def _has_something(self) -> bool:
        return True

    def _place(self) -> None:
        raise NotImplementedError


class ScaleBar(_Aid):
    """A line of a round length, in the unit of the pixels' size, or in pixels."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._size: PixelSize | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Scale bar"))

    def show_size(self, size: PixelSize | None) -> None:
        """The pixels are this large; None: not known."""
        self._size = size
        self.renew()

    def length(self) -> tuple[float, str]:
        """How long the line is on the canvas, and what it says."""
        scale = self._canvas.widget_scale()
        if self._size is None:
            pixels = round_length(_BAR[1] / scale)
            pixels = max(1.0, pixels)
            return pixels * scale, tr("{count} px").format(count=f"{pixels:g}")
        metres = self._size.x * METRES[self._size.unit] / scale  # a pixel of the canvas
        length = round_length(_BAR[1] * metres)
        return length / metres, length_text(length)

    def _place(self) -> None:
        self.resize(_BAR_SIZE)
        self.move(_FROM_EDGE, self._canvas.height() - self.height() - _FROM_EDGE)

    def paintEvent(self, _: QPaintEvent) -> None:
        length, text = self.length()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_VEIL)
        ground = QRectF(0, 0, length + 2 * GRID, self.height())
        painter.drawRoundedRect(ground, 6, 6)
        painter.setPen(_PALE)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        words = QRectF(0, 2, ground.width(), self.height() - 14)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, text)
        painter.fillRect(QRectF(GRID, self.height() - 11, length, 4), _PALE)


class Minimap(_Aid):
    """The whole image, small, with a frame around what is on screen; a press goes there."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._image: QImage | None = None
        self._of: object = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Minimap"))
        self.setToolTip(tr("Click or drag to go to another part of the image"))
        canvas.look_changed.connect(self.forget)

    @Slot()
    def forget(self) -> None:
        """The image looks different now."""
        self._of = None
        self.renew()

    def _has_something(self) -> bool:
        levels, seen = self._canvas.levels, self._canvas.visible_box()
        return levels is not None and (seen.width < levels.width or seen.height < levels.height)

    def _place(self) -> None:
        levels = self._canvas.levels
        assert levels is not None
        if self._of is not levels:
            self._of = levels
            level = max(0, math.ceil(math.log2(max(levels.width, levels.height) / (2 * _MAP))))
            level = min(level, levels.deepest)
            crop = levels.crop(level, Box(0, 0, *levels.size_at(level)))
            shown = levels.renderer.paint(levels.renderer.pick(crop))
            self._image = to_qimage(thumbnail(shown, 2 * _MAP))
            levels.improved.connect(self._on_improved, Qt.ConnectionType.UniqueConnection)
        share = _MAP / max(levels.width, levels.height)
        self.resize(max(12, round(levels.width * share)), max(12, round(levels.height * share)))
        self.move(self._canvas.width() - self.width() - _FROM_EDGE, _FROM_EDGE)

    @Slot(object)
    def _on_improved(self, box: Box | None) -> None:
        if box is None:
            self.forget()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        levels = self._canvas.levels
        if levels is None:
            return
        x = event.position().x() / self.width() * levels.width
        y = event.position().y() / self.height() * levels.height
        there = self._canvas.to_widget((x, y))
        self._canvas.pan(self._canvas.width() / 2 - there.x(), self._canvas.height() / 2 - there.y())

    def paintEvent(self, _: QPaintEvent) -> None:
        levels = self._canvas.levels
        if self._image is None or levels is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.rect(), self._image)
        seen = self._canvas.visible_box()
        share = self.width() / levels.width, self.height() / levels.height
        frame = QRectF(
            seen.x * share[0], seen.y * share[1], seen.width * share[0], seen.height * share[1]
        ).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor(0, 0, 0, 190), 3.0), (_PALE, 1.5)):
            painter.setPen(QPen(color, width))
            painter.drawRect(frame)
        painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class Crosshair(QObject):
    """Two lines across the whole canvas that meet at the pointer."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.wanted = False
        self.lines = (_Line(canvas), _Line(canvas))
        canvas.hovered.connect(self._on_hovered)

    def want(self, wanted: bool) -> None:
        """Switch it on or off."""
        self.wanted = wanted
        if not wanted:
            self._on_hovered(None)

    @Slot(object)
    def _on_hovered(self, hover: Hover | None) -> None:
        across, down = self.lines
        if hover is None or not self.wanted:
            across.hide()
            down.hide()
            return
        at: QPoint = self._canvas.to_widget((hover.x + 0.5, hover.y + 0.5)).toPoint()
        across.setGeometry(QRect(0, at.y() - 1, self._canvas.width(), 3))
        down.setGeometry(QRect(at.x() - 1, 0, 3, self._canvas.height()))
        across.show()
        down.show()


class _Line(QWidget):
    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 90))
        inner = self.rect().adjusted(0, 1, 0, -1) if self.height() == 3 else self.rect().adjusted(1, 0, -1, 0)
        painter.fillRect(inner, QColor(255, 255, 255, 220))


def round_length(most: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that does not exceed `most`."""
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= most * (1 + 1e-9))


def length_text(metres: float) -> str:
    """A length in the unit that needs the fewest digits."""
    unit = next((u for u in reversed(UNITS) if u != "cm" and metres >= METRES[u] * 0.9999), "nm")
    return f"{float(f'{metres / METRES[unit]:.4g}'):g} {unit}"


def position_text(x: float, y: float, size: PixelSize) -> str:
    """Where a place of the image is, in its unit."""
    return f"{x * size.x:.4g}, {y * size.y:.4g} {size.unit}"
