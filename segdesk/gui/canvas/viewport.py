"""A widget that looks at a part of something large, at some scale, and draws only what changed of it."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.geometry import Box
from segdesk.core.painting import Point
from segdesk.gui.canvas.ground import Ground
from segdesk.gui.canvas.navigation import ZOOM_STEP
from segdesk.gui.canvas.screen import Screen, rects
from segdesk.gui.canvas.view import View

_HANDS_OFF = frozenset({QEvent.Type.UngrabMouse, QEvent.Type.WindowDeactivate, QEvent.Type.Hide})


class Viewport(QWidget):
    """Zooms, pans and keeps the last picture; a class below says how large a thing there is, and draws it."""

    view_changed = Signal()  # another part of the image is shown, or at another scale

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = View()
        self._ground = Ground()  # what `_draw` may draw on, of which only moving and zooming is known here
        self._screen = Screen()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)

    @property
    def scale(self) -> float:
        """Screen pixels a pixel of the image: 1 is 1:1."""
        return self._view.scale

    def visible_box(self) -> Box:
        """The pixels of the image that are on the screen."""
        return self._view.visible_box()

    def fit(self) -> None:
        """Show the whole image."""
        self._view.fit()
        self._view_moved()

    def actual_size(self) -> None:
        """One screen pixel a pixel of the image, around the middle."""
        self._view.zoom_to(1.0, *self._middle())
        self._view_moved()

    def zoom_in(self) -> None:
        self.zoom(ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom(1 / ZOOM_STEP)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Scale by `factor`; what is under `at` (None: the middle of the widget) stays there."""
        x, y = self._middle() if at is None else (at.x() * self._ratio, at.y() * self._ratio)
        self._view.zoom(factor, x, y)
        self._view_moved()

    def show_box(self, box: Box) -> None:
        """Bring a part of the image into the middle, as large as it fits."""
        self._view.show(box)
        self._view_moved()

    def pan(self, dx: float, dy: float) -> None:
        """Move the image by so many pixels of the widget, as far as some of it stays in sight."""
        before = self._view.origin
        self._view.pan(dx * self._ratio, dy * self._ratio)
        after = self._view.origin
        for kept in (self._ground, self._screen):
            kept.scroll(after[0] - before[0], after[1] - before[1])
        self._view_moved(redraw=False)

    def to_widget(self, point: Point) -> QPointF:
        """Where a place in the image is on the widget."""
        x, y = self._view.to_screen(*point)
        return QPointF(x / self._ratio, y / self._ratio)

    def to_image(self, position: QPointF) -> Point:
        """The place in the image under a point of the widget; pixel (0, 0) spans 0 to 1."""
        return self._view.to_image(position.x() * self._ratio, position.y() * self._ratio)

    def widget_scale(self) -> float:
        """How long an image pixel is on the widget."""
        return self._view.scale / self._ratio

    def paint_overlay(self, painter: QPainter) -> None:
        """Draw on top, in the widget's coordinates; nothing here."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self._ratio
        painter.scale(1 / ratio, 1 / ratio)
        areas = [self._device_box(rect).intersect(self._view.screen) for rect in rects(event.region())]
        wanted = QRegion()
        for area in areas:
            wanted += QRect(*area)
        self._screen.renew(wanted, self._draw)
        painter.save()
        for area in areas:
            if not area.is_empty:
                painter.setClipRect(QRect(*area))
                self._screen.show(painter, QRect(*area))
        painter.restore()
        painter.resetTransform()
        self.paint_overlay(painter)
        painter.end()

    def _draw(self, painter: QPainter, area: Box) -> None:
        """Draw these device pixels, whatever was there before, in the coordinates of the screen."""
        raise NotImplementedError

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_screen()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._lose_hands()

    def _lose_hands(self) -> None:
        """The release of keys and buttons may not be seen from here on: let go of what is held."""

    def event(self, event: QEvent) -> bool:
        if event.type() in _HANDS_OFF:
            self._lose_hands()
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._fit_screen()
        return self.takes_event(event) or super().event(event)

    def takes_event(self, event: QEvent) -> bool:
        """Do what no handler of Qt's is for; True if that is all there is to do.

        For classes below this one, in place of `event`: where two classes of Python override that and a
        handler fails, PySide 6.11 crashes the program (measured), and nobody hears of what was wrong.
        """
        return False

    def _fit_screen(self) -> None:
        width, height = math.ceil(self.width() * self._ratio), math.ceil(self.height() * self._ratio)
        self._view.set_screen(width, height)
        self._ground.resize(width, height)
        self._screen.resize(width, height)
        self._view_moved()

    def _redraw(self, area: Box) -> None:
        """Draw these device pixels anew, as far as they are on the screen."""
        area = area.intersect(self._view.screen)
        if not area.is_empty:
            self._screen.invalidate(area)
            self.update(self._widget_rect(area))

    def _view_moved(self, *, redraw: bool = True) -> None:
        if redraw:
            self._ground.invalidate()
            self._screen.invalidate()
        self.update()
        self.view_changed.emit()

    @property
    def _ratio(self) -> float:
        return self.devicePixelRatioF()

    def _middle(self) -> tuple[float, float]:
        return self._view.screen.width / 2, self._view.screen.height / 2

    def _widget_rect(self, area: Box) -> QRect:
        """The widget's pixels that a box of device pixels touches."""
        ratio = self._ratio
        return QRectF(area.x / ratio, area.y / ratio, area.width / ratio, area.height / ratio).toAlignedRect()

    def _device_box(self, rect: QRect) -> Box:
        """The device pixels that a rectangle of the widget touches."""
        ratio = self._ratio
        left, top = math.floor(rect.x() * ratio), math.floor(rect.y() * ratio)
        right = math.ceil((rect.x() + rect.width()) * ratio)
        bottom = math.ceil((rect.y() + rect.height()) * ratio)
        return Box(left, top, right - left, bottom - top)
