"""Two model versions beside each other on the image on screen."""

from segdesk.gui.compare.window import CompareWindow

__all__ = ["CompareWindow"]
