"""Reading images: one reader for the screen, for learning and for export, so that they never disagree."""

from segdesk.core.images.source import ImageSource

__all__ = ["ImageSource"]
