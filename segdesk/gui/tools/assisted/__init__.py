"""Tools that look at the image, or at what the model says, to find what a person means.

Each shows what it would do before it does it, works in the background where that can take longer than a
frame, and is one step of undo.
"""

from segdesk.gui.tools.assisted.accept import AcceptBrush
from segdesk.gui.tools.assisted.box_cut import BoxCut
from segdesk.gui.tools.assisted.live_wire import LiveWireTool
from segdesk.gui.tools.assisted.superpixel_brush import SuperpixelBrush
from segdesk.gui.tools.assisted.threshold_brush import ThresholdBrush
from segdesk.gui.tools.assisted.wand import Wand

__all__ = ["AcceptBrush", "BoxCut", "LiveWireTool", "SuperpixelBrush", "ThresholdBrush", "Wand"]
