"""Reading images: one reader for the screen, for learning and for export, so that they never disagree."""

from segdesk.core.images.calibration import read_pixel_size
from segdesk.core.images.display import Window, percentile_window, thumbnail, to_display
from segdesk.core.images.labels import read_labels
from segdesk.core.images.limits import MAX_PIXELS
from segdesk.core.images.listing import SUPPORTED_SUFFIXES, image_names, list_images
from segdesk.core.images.look import COLOR_MAPS, ChannelLook, Look, Renderer, automatic_windows
from segdesk.core.images.picture import Picture, open_picture
from segdesk.core.images.pixel_size import PixelSize
from segdesk.core.images.raw import ImageInfo
from segdesk.core.images.reader import inspect_image, read_image
from segdesk.core.images.regions import Regions, open_regions
from segdesk.core.images.source import ImageSource

__all__ = [
    "COLOR_MAPS",
    "MAX_PIXELS",
    "SUPPORTED_SUFFIXES",
    "ChannelLook",
    "ImageInfo",
    "ImageSource",
    "Look",
    "Picture",
    "PixelSize",
    "Regions",
    "Renderer",
    "Window",
    "automatic_windows",
    "image_names",
    "inspect_image",
    "list_images",
    "open_picture",
    "open_regions",
    "percentile_window",
    "read_image",
    "read_labels",
    "read_pixel_size",
    "thumbnail",
    "to_display",
]
