"""Models beside the loop: the manager, getting weights, importing a file, and trying one on the image."""

from segdesk.gui.models.desk import ModelDesk

__all__ = ["ModelDesk"]
