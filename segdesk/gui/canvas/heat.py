"""What the model thinks, drawn over the image: where it is unsure, or how probable it finds a class."""

from __future__ import annotations

import cv2
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
_FULL_FROM = 0.3  # probability from which on it is drawn at its strongest
_BEND = 1.5  # more of the range for the pixels that are as good as undecided


class HeatLayer:
    """Draws a plane of uncertainty, transparent where the model is sure and where a person has spoken.

    plane: (height, width) uint8, 0 (sure) to 255; None draws nothing.
    """

    def __init__(self, table: ColorTable | None = None, *, spares_corrections: bool = True) -> None:
        """table: the colours of another kind of plane."""
        self.plane: Plane | None = None
        self._table = _table() if table is None else table
        self._spares_corrections = spares_corrections

    def draw(self, painter: QPainter, frame: Frame, mask: Mask, *, hasty: bool) -> None:
        """Draw the frame's part; hasty: while zooming, when coarse is good enough."""
        if self.plane is None or frame.area.is_empty:
            return
        dense = 2 if frame.scale < SMOOTH_BELOW and not hasty else 1
        unsure = frame.sample(self.plane, dense=dense)
        if self._spares_corrections:
            unsure[frame.sample(mask.corrected, dense=dense) == 1] = 0
        image, pixels = blank(frame.area.width, frame.area.height, QImage.Format.Format_ARGB32_Premultiplied)
        if dense == 2:
            halved(look_up(unsure, self._table), pixels)
        else:
            look_up(unsure, self._table, pixels)
        painter.drawImage(frame.area.x, frame.area.y, image)


def _table() -> ColorTable:
    """One hue, the more opaque the less sure."""
    strength = np.clip((np.arange(256) / 255 - _FROM) / (1 - _FROM), 0, 1) ** _BEND * _STRONGEST
    return np.array([premultiplied(COLOR, float(s)) for s in strength], np.uint32).view(np.int32)


def probability_table() -> ColorTable:
    """From transparent (impossible) over purple and orange to pale yellow (certain), ever lighter."""
    ramp = cv2.applyColorMap(np.arange(256, dtype=np.uint8)[:, None], cv2.COLORMAP_INFERNO)[:, 0, ::-1]
    strength = np.clip(np.arange(256) / 255 / _FULL_FROM, 0, 1) * _STRONGEST
    colors = [QColor(*(int(c) for c in rgb)) for rgb in ramp]
    pairs = zip(colors, strength, strict=True)
    return np.array([premultiplied(color, float(s)) for color, s in pairs], np.uint32).view(np.int32)
