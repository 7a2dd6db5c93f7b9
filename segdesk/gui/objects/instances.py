"""Each object in a colour of its own, over the classes' colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage, QPainter

from segdesk.core.mask import BACKGROUND, Mask, Plane
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.layers import MaskLayer, look_up, premultiplied
from segdesk.gui.objects.hues import palette
from segdesk.gui.qimage import blank

_OPACITY = 0.85


class InstanceLayer:
    """Draws a (height, width) plane of colour indices; None draws nothing."""

    def __init__(self) -> None:
        self.plane: Plane | None = None
        self._table = np.array([premultiplied(color, _OPACITY) for color in palette()], np.uint32)
        self._table[0] = 0

    def draw(self, painter: QPainter, frame: Frame, mask: Mask, layer: MaskLayer) -> None:
        """Draw the frame's part; where the layer draws no class of the mask, nothing."""
        if self.plane is None or frame.area.is_empty or self.plane.shape != mask.labels.shape:
            return
        kinds = frame.sample(self.plane)
        kinds[layer.seen(frame, mask) == BACKGROUND] = 0
        area = frame.area
        image, pixels = blank(area.width, area.height, QImage.Format.Format_ARGB32_Premultiplied)
        look_up(kinds, self._table.view(np.int32), pixels)
        painter.drawImage(area.x, area.y, image)
