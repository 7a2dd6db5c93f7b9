"""The canvas: where an image is seen and its mask is corrected."""

from segdesk.gui.canvas.canvas import Canvas
from segdesk.gui.canvas.hover import Hover
from segdesk.gui.canvas.layers import Only, OverlaySettings, Style
from segdesk.gui.canvas.lazy_pyramid import levels_of

__all__ = ["Canvas", "Hover", "Only", "OverlaySettings", "Style", "levels_of"]
