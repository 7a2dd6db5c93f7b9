"""What is drawn over the picture: the mask with the model's preview, the pixel grid."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from segdesk.core.both import both
from segdesk.core.classes import SegClass
from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND, UNLABELLED, Mask, Plane
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.view import View
from segdesk.gui.qimage import Pixels32, blank, channels_of

_GRID_FROM = 14.0  # device pixels an image pixel, from which on lines between pixels help
_HATCH = 10  # device pixels from one stripe of a preview to the next
_WORTH = 1 << 17  # pixels to be coloured, from which on a second thread is worth it
_BAND = 64  # rows of device pixels that are coloured in one go
SMOOTH_BELOW = 0.6  # device pixels an image pixel, below which thin strokes need more samples to be seen

ColorTable = NDArray[np.int32]  # (256,) premultiplied 0xAARRGGBB a class index


_BY_HAND = UNLABELLED  # background, in a plane of which only what a person said is drawn; in this colour:
_BACKGROUND = QColor(235, 235, 235)  # black would not be seen on most images


class Only(StrEnum):
    """Which pixels of the mask are drawn."""

    ALL = "all"
    CORRECTIONS = "corrections"  # what a person asserted, the background too
    CHANGES = "changes"  # of these, what the first prediction had said otherwise


class Style(StrEnum):
    """How the mask is drawn over the picture."""

    FILLED = "filled"
    OUTLINE = "outline"
    BOTH = "both"


@dataclass(frozen=True)
class OverlaySettings:
    """How the mask is drawn.

    opacity: of filled classes, 0 to 1.
    outline_width: in device-independent pixels.
    only: which pixels are drawn. hidden: classes that are not.
    background: whether what a person asserted to be background is drawn, too.
    """

    opacity: float = 0.45
    style: Style = Style.FILLED
    outline_width: int = 2
    only: Only = Only.ALL
    hidden: frozenset[int] = frozenset()
    background: bool = False

    @property
    def asks_who(self) -> bool:
        """Whether what is drawn depends on what a person asserted."""
        return self.background or self.only is not Only.ALL


@dataclass(frozen=True)
class Preview:
    """A model's preliminary labels of the pixels of `box`, which are no part of the mask."""

    box: Box
    labels: Plane


class MaskLayer:
    """Draws classes in their colours, over the picture."""

    def __init__(self) -> None:
        self.settings = OverlaySettings()
        self.hasty = False  # while much changes: thin strokes may look broken for a moment
        self.preview: Preview | None = None
        self.first: Plane | None = None  # the first prediction of the image; None: there is none, or not yet
        self._colors: dict[int, QColor] = {}

    def set_classes(self, classes: tuple[SegClass, ...]) -> None:
        self._colors = {c.index: QColor(*c.color) for c in classes if c.index != 0}

    def reach(self, ratio: float) -> int:
        """How many device pixels around a changed one may look different."""
        return 2 + (0 if self.settings.style is Style.FILLED else round(self.settings.outline_width * ratio))

    def draw(self, painter: QPainter, frame: Frame, mask: Mask, ratio: float) -> None:
        """Draw the frame's part of the mask; ratio: device pixels a device-independent one."""
        if not frame.area.is_empty:
            self.draw_colored(painter, frame, mask, ratio, self.colored(frame, mask, ratio))

    def draw_colored(
        self, painter: QPainter, frame: Frame, mask: Mask, ratio: float, colored: QImage
    ) -> None:
        """The same, of what is `colored` already."""
        painter.drawImage(frame.area.x, frame.area.y, colored)
        self._stripes(painter, frame, mask, ratio)

    def is_light(self, frame: Frame) -> bool:
        """Whether colouring takes no longer than drawing the picture, and leaves a second thread idle."""
        return frame.scale >= SMOOTH_BELOW or self.hasty

    def colored(self, frame: Frame, mask: Mask, ratio: float, *, filled: bool = True) -> QImage:
        """The frame's part of the mask in its colours, without the preview; any thread may ask.

        filled: False draws outlines only, whatever the settings say.
        """
        lined = not filled or self.settings.style is not Style.FILLED
        filled = filled and self.settings.style is not Style.OUTLINE
        image, pixels = _transparent(frame.area)
        if lined:
            width = max(1, round(self.settings.outline_width * ratio))
            self._line(pixels, frame, mask, width, filled=filled)
        else:
            self._fill(pixels, frame, mask)
        return image

    def draw_first(self, painter: QPainter, frame: Frame, ratio: float) -> None:
        """Draw the frame's part of the first prediction, in the same way."""
        if self.first is not None:
            layer = copy(self)
            layer.preview, layer.settings = None, replace(self.settings, only=Only.ALL, background=False)
            layer.draw(painter, frame, Mask(self.first, self.first), ratio)  # nobody asks who said so

    def _fill(self, pixels: Pixels32, frame: Frame, mask: Mask, labels: Plane | None = None) -> None:
        """Write the colours of the frame's pixels; labels: what is under each, where that is known."""
        table = self._table(self.settings.opacity)
        if self.is_light(frame):
            look_up(self._labels(frame, mask) if labels is None else labels, table, pixels)
            return

        def bands(tops: range) -> None:
            # All at once would need many times the screen's memory, which takes longer to get than to fill.
            for top in tops:
                band = frame.within(Box(area.x, area.y + top, area.width, _BAND))
                halved(look_up(self._labels(band, mask, dense=2), table), pixels[top : top + _BAND])

        area = frame.area
        tops = range(0, area.height, _BAND)
        if area.width * area.height < _WORTH:
            bands(tops)
        else:
            both(partial(bands, tops[::2]), partial(bands, tops[1::2]))

    def _line(self, pixels: Pixels32, frame: Frame, mask: Mask, width: int, *, filled: bool) -> None:
        """A line along the inside of each region's border, of the same width at every scale."""
        wide = frame.grown(width)
        labels = self._labels(wide, mask)
        kernel = np.ones((2 * width + 1, 2 * width + 1), np.uint8)
        lines = cv2.compare(cv2.dilate(labels, kernel), cv2.erode(labels, kernel), cv2.CMP_NE)
        x, y = frame.area.x - wide.area.x, frame.area.y - wide.area.y
        here = slice(y, y + frame.area.height), slice(x, x + frame.area.width)
        labels, lines = labels[here], lines[here]
        if filled:
            self._fill(pixels, frame, mask, labels)
            cv2.copyTo(look_up(labels, self._table(1.0)).view(np.int32), lines, pixels.view(np.int32))
        else:
            labels[lines == 0] = BACKGROUND
            look_up(labels, self._table(1.0), pixels)

    def _stripes(self, painter: QPainter, frame: Frame, mask: Mask, ratio: float) -> None:
        """The preview, where nobody asserted a class; striped, so that it is not taken for the mask."""
        part = self._previewed(frame)
        if self.preview is None or part is None or self.settings.only is not Only.ALL:
            return
        labels = part.sample(self.preview.labels, self.preview.box)
        labels[part.sample(mask.corrected) == 1] = 0
        # The stripes are fixed to the image, so that they do not crawl when it is moved.
        x = np.arange(part.area.x, part.area.right)[None, :] - frame.origin[0]
        y = np.arange(part.area.y, part.area.bottom)[:, None] - frame.origin[1]
        period = max(2, round(_HATCH * ratio))
        strong = (x + y) % period < period // 2
        image, pixels = _transparent(part.area)
        pixels[:] = np.where(strong, look_up(labels, self._table(0.7)), look_up(labels, self._table(0.3)))
        painter.drawImage(part.area.x, part.area.y, image)

    def seen(self, frame: Frame, mask: Mask) -> Plane:
        """The class that is drawn at each device pixel of the frame; background where none is."""
        labels = self._labels(frame, mask)
        shown = np.zeros(256, np.uint8)
        indices = sorted(self._colors.keys() - self.settings.hidden)
        shown[indices] = indices
        seen: Plane = shown[labels]
        return seen

    def _labels(self, frame: Frame, mask: Mask, dense: int = 1) -> Plane:
        """What the mask says under each device pixel, less what the preview says instead."""
        labels = frame.sample_roughly(mask.labels) if self.hasty else frame.sample(mask.labels, dense=dense)
        part = self._previewed(frame)
        if part is not None:
            x, y = (part.area.x - frame.area.x) * dense, (part.area.y - frame.area.y) * dense
            there = labels[y : y + part.area.height * dense, x : x + part.area.width * dense]
            there[part.sample(mask.corrected, dense=dense) == 0] = 0
        return self._by_hand(labels, frame, mask, dense) if self.settings.asks_who else labels

    def _by_hand(self, labels: Plane, frame: Frame, mask: Mask, dense: int) -> Plane:
        """What a person asserted, or changed in doing so; where nobody had predicted, on bare background.

        Of all pixels, only those of the background are looked through for what a person asserted.
        """
        drawn = frame.sample(mask.corrected, dense=dense) == 1
        if self.settings.only is Only.ALL:
            labels[drawn & (labels == BACKGROUND)] = _BY_HAND
            return labels
        if self.settings.only is Only.CHANGES:
            first = self.first
            drawn &= labels != (BACKGROUND if first is None else frame.sample(first, dense=dense))
        labels[labels == BACKGROUND] = _BY_HAND
        labels[~drawn] = BACKGROUND
        return labels

    def _previewed(self, frame: Frame) -> Frame | None:
        if self.preview is None:
            return None
        part = frame.limited_to(self.preview.box)
        return None if part.area.is_empty else part

    def _table(self, opacity: float) -> ColorTable:
        table = np.zeros(256, np.uint32)
        for index, color in self._colors.items():
            if index not in self.settings.hidden:
                table[index] = premultiplied(color, opacity)
        if self.settings.asks_who:
            table[_BY_HAND] = premultiplied(_BACKGROUND, opacity)
        return table.view(np.int32)


def draw_preview_frame(painter: QPainter, view: View, preview: Preview, ratio: float) -> None:
    """A thin dashed frame around what a preview covers."""
    box = view.box_on_screen(preview.box)
    rect = QRectF(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, style in (
        (QColor(0, 0, 0, 150), Qt.PenStyle.SolidLine),
        (QColor(255, 255, 255), Qt.PenStyle.DashLine),
    ):
        painter.setPen(QPen(color, max(1, round(ratio)), style))
        painter.drawRect(rect)


def draw_grid(painter: QPainter, frame: Frame, view: View) -> None:
    """Lines between pixels, where these are large."""
    if frame.scale < _GRID_FROM or frame.area.is_empty:
        return
    area = frame.area
    left, top = (int(c) for c in view.to_image(area.x, area.y))
    right, bottom = (int(c) + 1 for c in view.to_image(area.right, area.bottom))
    lines = []
    for column in range(left, right + 1):
        x = int(view.to_screen(column, 0)[0])
        lines.append(QLineF(x + 0.5, area.y, x + 0.5, area.bottom))
    for row in range(top, bottom + 1):
        y = int(view.to_screen(0, row)[1])
        lines.append(QLineF(area.x, y + 0.5, area.right, y + 0.5))
    painter.setPen(QPen(QColor(128, 128, 128, 70), 1))
    painter.drawLines(lines)


def _transparent(area: Box) -> tuple[QImage, Pixels32]:
    return blank(area.width, area.height, QImage.Format.Format_ARGB32_Premultiplied)


def look_up(labels: Plane, table: ColorTable, out: Pixels32 | None = None) -> Pixels32:
    """The colour that a table has for each value of a plane; out: where to write it, if not to a new one."""
    if out is None:
        out = np.empty(labels.shape, np.uint32)
    cv2.LUT(labels, table, out.view(np.int32))
    return out


def halved(colors: Pixels32, out: Pixels32) -> None:
    """Write the mean of each 2 x 2 premultiplied pixels."""
    size = (out.shape[1], out.shape[0])
    cv2.resize(channels_of(colors), size, channels_of(out), interpolation=cv2.INTER_AREA)


def premultiplied(color: QColor, opacity: float) -> int:
    """0xAARRGGBB of a colour drawn at an opacity of 0 to 1."""
    red, green, blue = (round(c * opacity) for c in (color.red(), color.green(), color.blue()))
    return round(255 * opacity) << 24 | red << 16 | green << 8 | blue
