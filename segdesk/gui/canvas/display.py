"""The eyes of the canvas: an image with its mask, zoomed and panned.

It paints by itself, and draws only what changed: `screen` keeps the last picture, `frame` brings
image pixels to it, `layers` draws them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.classes import SegClass
from segdesk.core.document import Document
from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.painting import Point
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.heat import HeatLayer
from segdesk.gui.canvas.layers import (
    SMOOTH_BELOW,
    MaskLayer,
    OverlaySettings,
    Preview,
    draw_border,
    draw_grid,
    draw_picture,
    draw_preview_frame,
)
from segdesk.gui.canvas.navigation import ZOOM_STEP
from segdesk.gui.canvas.pyramid import Pyramid
from segdesk.gui.canvas.screen import Screen, rects
from segdesk.gui.canvas.view import View
from segdesk.gui.qimage import Gray, Rgb

_HANDS_OFF = frozenset({QEvent.Type.UngrabMouse, QEvent.Type.WindowDeactivate, QEvent.Type.Hide})
_REST = 80  # milliseconds without zooming, after which there is time to draw more finely
_SURROUND = QColor(64, 64, 64)  # neutral and darker than most images, for a true eye


@dataclass(frozen=True)
class Hover:
    """The pixel under the pointer: where, its channels as shown, its class, and whether a person said so."""

    x: int
    y: int
    values: tuple[int, ...]
    class_index: int | None
    corrected: bool


class Display(QWidget):
    """Shows a document; knows nothing of tools."""

    view_changed = Signal()  # another part of the image is shown, or at another scale
    overlay_changed = Signal()  # its settings or visibility

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = View()
        self._screen = Screen()
        self._pyramid: Pyramid | None = None
        self._document: Document | None = None
        self._mask_layer = MaskLayer()
        self._heat = HeatLayer()
        self._overlay_visible = True
        self._surround = _SURROUND
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._smooth)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)

    # What is shown

    @property
    def document(self) -> Document | None:
        return self._document

    def set_document(self, image: Gray | Rgb | None, document: Document | None) -> None:
        """Show an image (gray, or RGB in the last axis) with the mask of a document; None shows nothing.

        The image is not copied, so nobody may change it from now on.

        Raises:
            ValueError: image and mask are of different sizes.
        """
        if image is not None and document is not None and image.shape[:2] != document.mask.labels.shape:
            raise ValueError(f"an image of {image.shape} with a mask of {document.mask.labels.shape}")
        if self._pyramid is not None:
            self._pyramid.stop()
            self._pyramid.deleteLater()
        self._pyramid = None if image is None else Pyramid(image, self)
        self._document = document if image is not None else None
        self._mask_layer.preview = None
        self._heat.plane = None
        if self._pyramid is not None:
            self._pyramid.improved.connect(self.refresh)
            self._view.set_image(self._pyramid.width, self._pyramid.height)
        self._view_moved()

    def set_classes(self, classes: tuple[SegClass, ...]) -> None:
        """Take over the classes' colours."""
        self._mask_layer.set_classes(classes)
        self.refresh()

    @property
    def overlay(self) -> OverlaySettings:
        """How the mask is drawn; replace it with dataclasses.replace and assign."""
        return self._mask_layer.settings

    @overlay.setter
    def overlay(self, settings: OverlaySettings) -> None:
        if settings != self._mask_layer.settings:
            self._mask_layer.settings = settings
            self.refresh()
            self.overlay_changed.emit()

    @property
    def overlay_visible(self) -> bool:
        return self._overlay_visible

    @overlay_visible.setter
    def overlay_visible(self, visible: bool) -> None:
        if visible != self._overlay_visible:
            self._overlay_visible = visible
            self.refresh()
            self.overlay_changed.emit()

    @property
    def surround(self) -> QColor:
        """The colour around the image."""
        return self._surround

    @surround.setter
    def surround(self, color: QColor) -> None:
        self._surround = color
        self.refresh()

    def show_preview(self, box: Box, labels: Plane, sample_id: int | None = None) -> None:
        """Show a model's preliminary (box.height, box.width) labels of a part of the image.

        They are drawn striped, where nobody asserted a class, and never get into the mask. Dropped
        where they are of another sample than the one shown.
        """
        document = self._document
        if document is None or (sample_id is not None and sample_id != document.sample.id):
            return
        inside = box.intersect(document.mask.box)
        if labels.shape != (box.height, box.width) or inside.is_empty:
            return
        self.clear_preview()
        part = labels[inside.y - box.y : inside.bottom - box.y, inside.x - box.x : inside.right - box.x]
        self._mask_layer.preview = Preview(inside, part.copy())
        self.refresh(inside)

    def clear_preview(self) -> None:
        preview, self._mask_layer.preview = self._mask_layer.preview, None
        if preview is not None:
            self.refresh(preview.box)

    @property
    def uncertainty(self) -> Plane | None:
        """Where the model is unsure of the sample shown, if that is drawn."""
        return self._heat.plane

    def show_uncertainty(self, sample_id: int, plane: Plane | None) -> None:
        """Let the image glow where a model is unsure: (height, width) uint8, 0 to 255; None ends it.

        Where a person asserted a class nothing glows. Dropped where it is of another sample than the one
        shown, or of another size.
        """
        document = self._document
        if document is None or document.sample.id != sample_id or plane is self._heat.plane:
            return
        if plane is None or plane.shape == document.mask.labels.shape:
            self._heat.plane = plane
            self.refresh()

    def refresh(self, box: Box | None = None) -> None:
        """Draw anew what a box of image pixels shows (None: everything): its labels have changed."""
        if box is None:
            self._screen.invalidate()
            self.update()
        elif not box.is_empty:
            reach = self._mask_layer.reach(self._ratio)
            area = self._view.box_on_screen(box).grow(reach).intersect(self._view.screen)
            if not area.is_empty:
                self._screen.invalidate(area)
                self.update(self._widget_rect(area))

    # Where it is shown

    @property
    def scale(self) -> float:
        """Screen pixels a pixel of the image: 1 is 1:1."""
        return self._view.scale

    @property
    def is_smooth(self) -> bool:
        """Whether what is shown is as good as it gets: not while zooming, or halving a large image."""
        complete = self._pyramid is None or self._pyramid.is_complete
        return complete and not self._mask_layer.hasty

    def visible_box(self) -> Box:
        """The pixels of the image that are on the screen; empty without an image."""
        return self._view.visible_box() if self._pyramid is not None else Box(0, 0, 0, 0)

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
        self._mask_layer.hasty = self._view.scale < SMOOTH_BELOW
        self._rest.start()
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
        self._screen.scroll(after[0] - before[0], after[1] - before[1])
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

    def is_inside(self, point: Point) -> bool:
        """Whether the image has a pixel there."""
        pyramid = self._pyramid
        return pyramid is not None and 0 <= point[0] < pyramid.width and 0 <= point[1] < pyramid.height

    def pixel_at(self, position: QPointF) -> Hover | None:
        """What is under a point of the widget; None off the image."""
        point = self.to_image(position)
        if self._pyramid is None or not self.is_inside(point):
            return None
        x, y = math.floor(point[0]), math.floor(point[1])
        values = self._pyramid.value_at(x, y)
        if self._document is None:
            return Hover(x, y, values, None, corrected=False)
        mask = self._document.mask
        return Hover(x, y, values, int(mask.labels[y, x]), corrected=bool(mask.corrected[y, x]))

    # Painting

    def paint_overlay(self, painter: QPainter) -> None:
        """Draw on top, in the widget's coordinates; nothing here."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self._ratio
        painter.scale(1 / ratio, 1 / ratio)
        for rect in rects(event.region()):
            area = self._device_box(rect).intersect(self._view.screen)
            if not area.is_empty:
                self._screen.show(painter, QRect(*area), self._draw)
        painter.resetTransform()
        self.paint_overlay(painter)
        painter.end()

    def _draw(self, painter: QPainter, area: Box) -> None:
        pyramid = self._pyramid
        painter.fillRect(QRect(*area), self.surround)
        if pyramid is None:
            return
        frame = Frame(self._view, area, pyramid.width, pyramid.height)
        draw_border(painter, frame)
        draw_picture(painter, frame, pyramid)
        if self._overlay_visible and self._document is not None:
            self._mask_layer.draw(painter, frame, self._document.mask, self._ratio)
            self._heat.draw(painter, frame, self._document.mask, hasty=self._mask_layer.hasty)
            if self._mask_layer.preview is not None:
                draw_preview_frame(painter, self._view, self._mask_layer.preview, self._ratio)
        draw_grid(painter, frame, self._view)

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
        return super().event(event)

    def _fit_screen(self) -> None:
        width, height = math.ceil(self.width() * self._ratio), math.ceil(self.height() * self._ratio)
        self._view.set_screen(width, height)
        self._screen.resize(width, height)
        self._view_moved()

    def _smooth(self) -> None:
        if self._mask_layer.hasty:
            self._mask_layer.hasty = False
            self.refresh()

    def _view_moved(self, *, redraw: bool = True) -> None:
        if redraw:
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
