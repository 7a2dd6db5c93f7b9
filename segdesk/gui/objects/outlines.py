"""Outlines of objects on the canvas; what they cost depends on the screen and not on the objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from segdesk.core.objects.found import FoundObject, all_of
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.layers import look_up, premultiplied
from segdesk.gui.canvas.view import View
from segdesk.gui.objects.hues import hue
from segdesk.gui.objects.selection import Selection
from segdesk.gui.qimage import blank

_ONE_BY_ONE = 300  # objects; more of them are drawn as if they were one
_MARGIN = 4  # device-independent pixels that an outline may stand out
_LINE = QColor(255, 255, 255)
_SELECTED = QColor("#a5a4ff")  # the accent, as light as on dark ground
_RIM = QColor(0, 0, 0)


@dataclass(frozen=True)
class _Look:
    """line: width in device-independent pixels, within the object's border. tint, opacity: of the inside."""

    line: int
    tint: QColor
    opacity: float


class Outlines:
    """Draws a selection; pictures are kept while neither it nor the view changes."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], tuple[int, int, QImage] | None] = {}
        self._many: tuple[tuple[FoundObject, ...], FoundObject] | None = None

    def draw(
        self, painter: QPainter, view: View, size: tuple[int, int], ratio: float, shown: Selection
    ) -> None:
        """Draw in the widget's coordinates. size: of the image, width first. ratio: device pixels a pixel."""
        wanted = [(found, _Look(2, _SELECTED, 0.35)) for found in self._few(shown.objects)]
        wanted += [(found, _Look(1, hue(n), 0.7)) for n, found in enumerate(shown.pieces, start=1)]
        if shown.hovered is not None and not shown.pieces and not shown.covering(shown.hovered):
            wanted.append((shown.hovered, _Look(1, _LINE, 0.18)))
        kept: dict[tuple[object, ...], tuple[int, int, QImage] | None] = {}
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        for found, look in wanted:
            key = (found, look.tint.rgb(), look.line, view.origin, view.scale, view.screen, ratio)
            picture = self._kept[key] if key in self._kept else _picture(found, look, view, size, ratio)
            kept[key] = picture
            if picture is not None:
                x, y, image = picture
                painter.drawImage(x, y, image)
        painter.restore()
        self._kept = kept

    def _few(self, objects: tuple[FoundObject, ...]) -> Sequence[FoundObject]:
        """The objects, or what stands for very many of them: where those touch, no line is between them."""
        if len(objects) <= _ONE_BY_ONE:
            self._many = None
            return objects
        if self._many is None or self._many[0] is not objects:
            self._many = objects, FoundObject(objects[0].class_index, *all_of(objects))
        return (self._many[1],)


def _picture(
    found: FoundObject, look: _Look, view: View, size: tuple[int, int], ratio: float
) -> tuple[int, int, QImage] | None:
    margin, width = round(_MARGIN * ratio), max(1, round(look.line * ratio))
    part = Frame(view, view.screen.grow(2 * margin), *size).limited_to(found.box)
    if part.area.is_empty:
        return None
    inside = part.sample(found.covered.view(np.uint8), found.box)
    inside = np.asarray(cv2.copyMakeBorder(inside, *(margin,) * 4, cv2.BORDER_CONSTANT, value=0), np.uint8)
    rim = max(1, round(ratio))
    kinds = np.where(inside > 0, np.uint8(1), np.uint8(0))
    outer = cv2.dilate(inside, np.ones((2 * rim + 1, 2 * rim + 1), np.uint8))
    kinds[(outer > 0) & (inside == 0)] = 2
    inner = cv2.erode(inside, np.ones((2 * width + 1, 2 * width + 1), np.uint8))
    kinds[(inside > 0) & (inner == 0)] = 3
    table = np.zeros(256, np.uint32)
    table[1] = premultiplied(look.tint, look.opacity)
    table[2] = premultiplied(_RIM, 0.8)
    table[3] = premultiplied(_LINE, 1.0)
    image, pixels = blank(kinds.shape[1], kinds.shape[0], QImage.Format.Format_ARGB32_Premultiplied)
    look_up(np.ascontiguousarray(kinds), table.view(np.int32), pixels)
    return part.area.x - margin, part.area.y - margin, image
