"""The tools of the canvas, one module each; GROUPS is the registry that menus and tool bars are made from."""

from __future__ import annotations

from segdesk.gui.tools.assisted import (
    AcceptBrush,
    BoxCut,
    LiveWireTool,
    SuperpixelBrush,
    ThresholdBrush,
    Wand,
)
from segdesk.gui.tools.base import Tool
from segdesk.gui.tools.brush import Brush
from segdesk.gui.tools.cut import Cut
from segdesk.gui.tools.ellipse import Ellipse
from segdesk.gui.tools.eraser import Eraser
from segdesk.gui.tools.eyedropper import Eyedropper
from segdesk.gui.tools.fill import Fill
from segdesk.gui.tools.fill_holes import FillHoles
from segdesk.gui.tools.lasso import Lasso
from segdesk.gui.tools.line import Line
from segdesk.gui.tools.options import MAX_BRUSH, ToolOptions
from segdesk.gui.tools.pan import Pan
from segdesk.gui.tools.polygon import Polygon
from segdesk.gui.tools.rectangle import Rectangle
from segdesk.gui.tools.select import Select
from segdesk.gui.tools.split import SplitByShape

# By name, in the order of the tool bar. A group of more than two tools shares one button there, which
# shows the tool that was used last and opens the rest.
GROUPS: dict[str, tuple[type[Tool], ...]] = {
    "brushes": (Brush, Eraser),
    "outlines": (Polygon, Lasso, Rectangle, Ellipse, Line),
    "fills": (Fill, FillHoles),
    "assisted": (Wand, LiveWireTool, BoxCut, SuperpixelBrush, ThresholdBrush, AcceptBrush),
    "objects": (Select, Cut, SplitByShape),
    "look": (Eyedropper, Pan),
}

TOOLS: dict[str, type[Tool]] = {tool.id: tool for group in GROUPS.values() for tool in group}

__all__ = ["GROUPS", "MAX_BRUSH", "TOOLS", "Tool", "ToolOptions"]
