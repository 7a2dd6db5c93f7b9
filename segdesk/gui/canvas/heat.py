"""Where the model is unsure, drawn as a glow over the image."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from segdesk.core.mask import Mask, Plane
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.layers import SMOOTH_BELOW, ColorTable, halved, look_up, premultiplied
from segdesk.gui.qimage import blank

# No class wears it, and it is brighter than those that come near; it stands out from gray pictures, from the
# reds and purples of tissue, and from the first class's orange for people who do not see red or green.
COLOR = QColor(0, 255, 255)
_FROM, _STRONGEST = 0.15, 0.8  # uncertainty below which nothing is drawn; opacity at the highest
_BEND = 1.5  # more of the range for the pixels that are as good as undecided


class HeatLayer:
    """Draws a plane of uncertainty, transparent where the model is sure and where a person has spoken.

    plane: (height, width) uint8, 0 (sure) to 255; None draws nothing.
    """

    def __init__(self) -> None:
        self.plane: Plane | None = None
        self._table = _table()

    def draw(self, painter: QPainter, frame: Frame, mask: Mask, *, hasty: bool) -> None:
        """Draw the frame's part; hasty: while zooming, when coarse is good enough."""
        if self.plane is None or frame.area.is_empty:
            return
        dense = 2 if frame.scale < SMOOTH_BELOW and not hasty else 1
        unsure = frame.sample(self.plane, dense=dense)
        unsure[frame.sample(mask.corrected, dense=dense) == 1] = 0
        image, pixels = blank(frame.area.width, frame.area.height, QImage.Format.Format_ARGB32_Premultiplied)
        colors = look_up(unsure, self._table)
        pixels[:] = halved(colors) if dense == 2 else colors
        painter.drawImage(frame.area.x, frame.area.y, image)


def _table() -> ColorTable:
    """One hue, the more opaque the less sure."""
    strength = np.clip((np.arange(256) / 255 - _FROM) / (1 - _FROM), 0, 1) ** _BEND * _STRONGEST
    return np.array([premultiplied(COLOR, float(s)) for s in strength], np.uint32).view(np.int32)
