"""The eyes of the canvas: an image with its mask, zoomed and panned.

It draws only what changed: `viewport` knows which part is in sight and keeps the last picture, `frame` brings
image pixels to it, `ground` keeps the image and `layers` draws what lies over it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from segdesk.core.both import both
from segdesk.core.classes import SegClass
from segdesk.core.document import Document
from segdesk.core.geometry import Box
from segdesk.core.images import Look, Renderer
from segdesk.core.mask import Mask, Plane
from segdesk.core.painting import Coverage, Point
from segdesk.core.planes import warm
from segdesk.gui.canvas.coverage import CoverageLayer
from segdesk.gui.canvas.curtain import Curtain
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.heat import HeatLayer, probability_table
from segdesk.gui.canvas.hover import Hover
from segdesk.gui.canvas.layers import (
    SMOOTH_BELOW,
    MaskLayer,
    OverlaySettings,
    Preview,
    draw_grid,
    draw_preview_frame,
)
from segdesk.gui.canvas.pyramid import Levels, Pixels, Pyramid
from segdesk.gui.canvas.refining import Refining
from segdesk.gui.canvas.strips import strips
from segdesk.gui.canvas.viewport import Viewport
from segdesk.gui.objects.borders import draw_borders
from segdesk.gui.objects.instances import InstanceLayer

_BLUR = 2  # device pixels around an image pixel that it colours, too
_WORTH = 1 << 17  # device pixels, from which on drawing takes milliseconds


class Display(Viewport):
    """Shows a document; knows nothing of tools."""

    overlay_changed = Signal()  # its settings or visibility
    look_changed = Signal()
    piece_failed = Signal(str)  # why a part of the image cannot be shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pyramid: Levels | None = None
        self.keeps_view = False  # of the image before, where a person has zoomed or panned
        self._document: Document | None = None
        self._mask_layer = MaskLayer()
        self._heat = HeatLayer()
        self._probability = HeatLayer(probability_table(), spares_corrections=False)
        self._instances = InstanceLayer()
        self._coverage = CoverageLayer()
        self._overlay_visible = True
        self._curtain: Curtain | None = None
        self._refining = Refining(self)
        self._refining.asked.connect(self._refine)

    # What is shown

    @property
    def document(self) -> Document | None:
        return self._document

    @property
    def levels(self) -> Levels | None:
        """The picture that is shown."""
        return self._pyramid

    def set_document(self, image: Pixels | Levels | None, document: Document | None) -> None:
        """Show an image, (height, width) or (height, width, channels), with the mask of a document.

        The image is not copied, so nobody may change it from now on; None shows nothing. One that comes as
        levels belongs to the display from now on.

        Raises:
            ValueError: image and mask are of different sizes.
        """
        if image is not None and document is not None:
            shape = (image.height, image.width) if isinstance(image, Levels) else image.shape[:2]
            if shape != document.mask.labels.shape:
                raise ValueError(f"an image of {shape} with a mask of {document.mask.labels.shape}")
        if self._pyramid is not None:
            self._pyramid.stop()
            self._pyramid.deleteLater()
        if isinstance(image, Levels):
            image.setParent(self)
            self._pyramid = image
        else:
            self._pyramid = None if image is None else Pyramid(image, self)
        self._document = document if image is not None else None
        if document is not None:
            warm(document.mask.labels, document.mask.corrected)
        self._mask_layer.preview = None
        self._mask_layer.first = None
        self._heat.plane = None
        self._probability.plane = None
        self._instances.plane = None
        self._coverage.drop()
        if self._pyramid is not None:
            self._pyramid.improved.connect(self._picture_changed)
            self._pyramid.failed.connect(self.piece_failed)
            self._view.set_image(self._pyramid.width, self._pyramid.height, keep=self.keeps_view)
        self._view_moved()

    @property
    def look(self) -> Look | None:
        """How the image is shown; None where there is none."""
        return self._pyramid.renderer.look if self._pyramid is not None else None

    @look.setter
    def look(self, look: Look) -> None:
        if self._pyramid is not None and look != self._pyramid.renderer.look:
            old = self._pyramid.renderer
            self._pyramid.renderer = Renderer(look, old.windows, old.dtype)
            self._picture_changed()
            self.look_changed.emit()

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
    def curtain(self) -> Curtain | None:
        """Where the mask ends and what it is compared with begins; None shows the mask all over."""
        return self._curtain

    @curtain.setter
    def curtain(self, curtain: Curtain | None) -> None:
        if curtain == self._curtain:
            return
        before, self._curtain = self._curtain, curtain
        if before is not None and curtain is not None and before.shows_first is curtain.shows_first:
            width, height = self._view.screen.width, self._view.screen.height
            self._redraw(curtain.between(before.x(width), width, height))
        else:
            self.refresh()
        self.overlay_changed.emit()

    def show_first_prediction(self, sample_id: int, plane: Plane | None) -> None:
        """What the model had said before anybody corrected it: (height, width); None: nothing, or not known.

        It is looked at by `curtain` and by `overlay.only`. Dropped where it is of another sample than the one
        shown, or of another size.
        """
        if plane is not self._mask_layer.first and self._is_shown(sample_id, plane):
            self._mask_layer.first = plane
            self.refresh()

    def _is_shown(self, sample_id: int, plane: Plane | None) -> bool:
        """Whether a plane, if any, is of the sample on the screen and of its size."""
        document = self._document
        if document is None or document.sample.id != sample_id:
            return False
        return plane is None or plane.shape == document.mask.labels.shape

    @property
    def surround(self) -> QColor:
        """The colour around the image."""
        return self._ground.surround

    @surround.setter
    def surround(self, color: QColor) -> None:
        self._ground.surround = color
        self._picture_changed()

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
        if plane is not self._heat.plane and self._is_shown(sample_id, plane):
            self._heat.plane = plane
            self.refresh()

    def show_instances(self, plane: Plane | None) -> None:
        """Show each object in a colour of its own: (height, width) colour indices; None ends it."""
        if plane is not self._instances.plane:
            self._instances.plane = plane
            self.refresh()

    def draw_coverage(self, coverage: Coverage | None, color: QColor) -> None:
        """Show pixels that are about to be painted, striped in a colour, in place of those shown so before.

        Raises:
            ValueError: the coverage is of another size than its box, or reaches beyond the image.
        """
        document = self._document
        if coverage is None or document is None:
            self.refresh(self._coverage.drop())
        else:
            self.refresh(self._coverage.take(*coverage, color, document.mask.box))

    @property
    def probability(self) -> Plane | None:
        """How probable the model finds a class in the sample shown, if that is drawn."""
        return self._probability.plane

    def show_probability(self, sample_id: int, plane: Plane | None) -> None:
        """Draw how probable a class is in place of the mask's filling: (height, width) uint8; None ends it.

        Dropped where it is of another sample than the one shown, or of another size.
        """
        if plane is not self._probability.plane and self._is_shown(sample_id, plane):
            self._probability.plane = plane
            self.refresh()

    def refresh_pixels(self, box: Box, changed: NDArray[np.bool_]) -> None:
        """Draw anew those pixels of a box that are True in `changed`, or a little more."""
        for strip in strips(box, changed, self._view.scale):
            self.refresh(strip)

    def refresh_change(self, box: Box) -> None:
        """Draw a box anew whose labels have changed; a large one roughly at first, as while zooming."""
        seen = self._view.box_on_screen(box).intersect(self._view.screen)
        if seen.width * seen.height >= _WORTH:
            self._draw_roughly()
        self.refresh(box)

    def refresh(self, box: Box | None = None) -> None:
        """Draw anew what a box of image pixels shows (None: everything): its labels have changed."""
        if box is None:
            self._screen.invalidate()
            self.update()
        elif not box.is_empty:
            reach = self._mask_layer.reach(self._ratio)
            self._redraw(self._view.box_on_screen(box).grow(reach))

    # Where it is shown

    @property
    def is_smooth(self) -> bool:
        """Whether what is shown is as good as it gets: not while zooming, say, or halving a large image."""
        complete = self._pyramid is None or self._pyramid.is_complete
        return complete and self._refining.is_done

    def visible_box(self) -> Box:
        """The pixels of the image that are on the screen; empty without an image."""
        return super().visible_box() if self._pyramid is not None else Box(0, 0, 0, 0)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        super().zoom(factor, at)
        self._draw_roughly()

    def pan(self, dx: float, dy: float) -> None:
        before = self._view.origin
        super().pan(dx, dy)
        self._refining.scroll(self._view.screen)
        if self._curtain is not None:  # it stays where it is, while what was drawn beside it has moved along
            width, height = self._view.screen.width, self._view.screen.height
            moved = self._view.origin[0] - before[0]
            self._redraw(self._curtain.between(self._curtain.x(width) + moved, width, height))

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

    def _draw(self, painter: QPainter, area: Box) -> None:
        pyramid = self._pyramid
        if pyramid is None:
            painter.fillRect(QRect(*area), self.surround)
            return
        frame = Frame(self._view, area, pyramid.width, pyramid.height)
        mask = self._document.mask if self._overlay_visible and self._document is not None else None
        curtain = self._curtain
        left, right = (area, None) if curtain is None else curtain.parted(area, self._view.screen.width)
        colored = self._draw_ground(painter, area, pyramid, frame.within(left), mask)
        if mask is not None:
            if colored is not None:
                self._draw_mask(painter, frame.within(left), mask, colored)
            if curtain is not None and right is not None and curtain.shows_first:
                self._mask_layer.draw_first(painter, frame.within(right), self._ratio)
            if self._mask_layer.preview is not None:
                draw_preview_frame(painter, self._view, self._mask_layer.preview, self._ratio)
        self._coverage.draw(painter, frame, self._ratio)
        draw_grid(painter, frame, self._view)

    def _draw_ground(
        self, painter: QPainter, area: Box, levels: Levels, frame: Frame, mask: Mask | None
    ) -> QImage | None:
        """Draw the picture; gives the frame's part of the mask in its colours, None where there is none."""
        colored, layer = list[QImage](), self._mask_layer

        def picture() -> None:
            self._ground.draw(area, self._view, levels)
            self._ground.show(painter, QRect(*area))

        def colors() -> None:
            if mask is not None and not frame.area.is_empty:
                filled = self._probability.plane is None
                colored.append(layer.colored(frame, mask, self._ratio, filled=filled))

        if area.width * area.height >= _WORTH and layer.is_light(frame):
            both(picture, colors)
        else:
            picture()
            colors()
        return colored[0] if colored else None

    def _draw_mask(self, painter: QPainter, frame: Frame, mask: Mask, colored: QImage) -> None:
        self._probability.draw(painter, frame, mask, hasty=self._mask_layer.hasty)
        self._mask_layer.draw_colored(painter, frame, mask, self._ratio, colored)
        self._instances.draw(painter, frame, mask, self._mask_layer)
        draw_borders(painter, frame, mask, self._mask_layer)
        self._heat.draw(painter, frame, mask, hasty=self._mask_layer.hasty)

    @Slot(object)
    def _picture_changed(self, box: Box | None = None) -> None:
        """Draw a box of image pixels anew (None: everything), the picture too."""
        self._ground.invalidate(None if box is None else self._view.box_on_screen(box).grow(_BLUR))
        self.refresh(box)

    def _draw_roughly(self) -> None:
        self._refining.wait(self._view.screen, rough=self._view.scale < SMOOTH_BELOW)
        self._mask_layer.hasty = self._refining.is_rough

    @Slot(object)
    def _refine(self, area: Box) -> None:
        self._mask_layer.hasty = False
        self._redraw(area)
