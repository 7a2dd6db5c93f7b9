"""The tools of the canvas, one module each; TOOLS is the registry that menus and tool bars are made from."""

from segdesk.gui.tools.base import Tool
from segdesk.gui.tools.brush import Brush
from segdesk.gui.tools.ellipse import Ellipse
from segdesk.gui.tools.eraser import Eraser
from segdesk.gui.tools.fill import Fill
from segdesk.gui.tools.lasso import Lasso
from segdesk.gui.tools.options import MAX_BRUSH, ToolOptions
from segdesk.gui.tools.pan import Pan
from segdesk.gui.tools.polygon import Polygon
from segdesk.gui.tools.rectangle import Rectangle

TOOLS: dict[str, type[Tool]] = {
    tool.id: tool for tool in (Brush, Eraser, Polygon, Lasso, Rectangle, Ellipse, Fill, Pan)
}

__all__ = ["MAX_BRUSH", "TOOLS", "Tool", "ToolOptions"]
