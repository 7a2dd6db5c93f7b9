"""Reading images: one reader for the screen, for learning and for export, so that they never disagree."""

from segdesk.core.images.display import Window, percentile_window, thumbnail, to_display
from segdesk.core.images.labels import read_labels
from segdesk.core.images.limits import MAX_PIXELS
from segdesk.core.images.listing import SUPPORTED_SUFFIXES, list_images
from segdesk.core.images.raw import ImageInfo
from segdesk.core.images.reader import inspect_image, read_image
from segdesk.core.images.source import ImageSource

__all__ = [
    "MAX_PIXELS",
    "SUPPORTED_SUFFIXES",
    "ImageInfo",
    "ImageSource",
    "Window",
    "inspect_image",
    "list_images",
    "percentile_window",
    "read_image",
    "read_labels",
    "thumbnail",
    "to_display",
]
