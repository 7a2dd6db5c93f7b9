"""What a tool is about to do, shown on the image before it is done: a tint with stripes and a fine rim."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, QPainter

from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.layers import look_up, premultiplied
from segdesk.gui.qimage import blank

_PERIOD = 8  # device-independent pixels from one stripe to the next
_TINT, _STRIPE, _RIM = 0.3, 0.6, 1.0  # opacities


@dataclass(frozen=True)
class ShownCoverage:
    """Pixels of a box, 1 where something would be painted, and the colour it would get."""

    box: Box
    covered: Plane
    color: QColor


class CoverageLayer:
    """Draws a coverage that is no part of the mask yet."""

    def __init__(self) -> None:
        self.shown: ShownCoverage | None = None

    def take(self, box: Box, covered: NDArray[np.bool_], color: QColor, bounds: Box) -> Box:
        """Show other pixels; gives the box of the image that looks different now.

        Raises:
            ValueError: the coverage does not have the box's size, or reaches beyond the image's bounds.
        """
        if covered.shape != (box.height, box.width) or box.intersect(bounds) != box:
            raise ValueError(f"a coverage of shape {covered.shape} for {box} in {bounds}")
        before = self.drop()
        if not box.is_empty:
            self.shown = ShownCoverage(box, np.ascontiguousarray(covered, np.uint8), color)
        return before.unite(box)

    def drop(self) -> Box:
        """Show nothing any more; gives the box that looks different now."""
        shown, self.shown = self.shown, None
        return shown.box if shown is not None else Box(0, 0, 0, 0)

    def draw(self, painter: QPainter, frame: Frame, ratio: float) -> None:
        """Draw the frame's part; ratio: device pixels a device-independent one."""
        shown = self.shown
        if shown is None:
            return
        part = frame.limited_to(shown.box)
        if part.area.is_empty:
            return
        width = max(1, round(ratio))
        wide = part.grown(width).limited_to(shown.box)
        inside = wide.sample(shown.covered, shown.box)
        x, y = part.area.x - wide.area.x, part.area.y - wide.area.y
        here = slice(y, y + part.area.height), slice(x, x + part.area.width)
        kernel = np.ones((2 * width + 1, 2 * width + 1), np.uint8)
        kinds = inside[here].copy()
        # The stripes are fixed to the image, so that they do not crawl when it is moved.
        across = np.arange(part.area.x, part.area.right)[None, :] - frame.origin[0]
        down = np.arange(part.area.y, part.area.bottom)[:, None] - frame.origin[1]
        period = max(2, round(_PERIOD * ratio))
        kinds[((across - down) % period < period // 2) & (kinds == 1)] = 2
        kinds[(cv2.erode(inside, kernel)[here] == 0) & (kinds > 0)] = 3
        table = np.zeros(256, np.uint32)
        for kind, opacity in enumerate((_TINT, _STRIPE, _RIM), start=1):
            table[kind] = premultiplied(shown.color, opacity)
        image, pixels = blank(part.area.width, part.area.height, QImage.Format.Format_ARGB32_Premultiplied)
        look_up(kinds, table.view(np.int32), pixels)
        painter.drawImage(part.area.x, part.area.y, image)
