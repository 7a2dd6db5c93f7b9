"""The canvas: where an image is seen and its mask is corrected."""

from segdesk.gui.canvas.canvas import Canvas
from segdesk.gui.canvas.display import Hover
from segdesk.gui.canvas.layers import OverlaySettings, Style

__all__ = ["Canvas", "Hover", "OverlaySettings", "Style"]
