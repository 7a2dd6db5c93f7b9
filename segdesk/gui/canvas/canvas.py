"""The canvas: shows the image with its mask and lets tools work on it.

It draws by itself, and only what changed: see `screen`. Image, mask and what tools draw have a
module each; this one keeps them together and is what the window talks to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.classes import SegClass
from segdesk.core.document import Document
from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.painting import Coverage, Point
from segdesk.core.patch import Patch
from segdesk.core.translation import tr
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.layers import (
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
from segdesk.gui.canvas.screen import Screen
from segdesk.gui.canvas.strokes import Strokes
from segdesk.gui.canvas.view import View
from segdesk.gui.tools import TOOLS
from segdesk.gui.tools.base import Tool
from segdesk.gui.tools.options import ToolOptions

_BACKGROUND_SHOWN_AS = QColor(235, 235, 235)


@dataclass(frozen=True)
class Hover:
    """The pixel under the pointer: where, its channels as shown, its class, and whether a person said so."""

    x: int
    y: int
    values: tuple[int, ...]
    class_index: int | None
    corrected: bool


class CanvasView(QWidget):
    """Everything of the canvas but its hands: what is shown, where, and how."""

    hovered = Signal(object)  # a Hover, or None off the image
    view_changed = Signal()  # another part of the image is shown, or at another scale
    overlay_changed = Signal()  # its settings or visibility

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = View()
        self._screen = Screen()
        self._pyramid: Pyramid | None = None
        self._document: Document | None = None
        self._mask_layer = MaskLayer()
        self._classes: tuple[SegClass, ...] = ()
        self._visible = True
        self._peeking = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
