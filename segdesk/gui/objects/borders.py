"""The borders between objects of one class that touch: dark lines along the pixels' edges."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, QPainter

from segdesk.core.borders import BELOW, BELOW_LEFT, BELOW_RIGHT, RIGHT, Bits
from segdesk.core.mask import BACKGROUND, Mask
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.layers import MaskLayer, premultiplied
from segdesk.gui.qimage import blank

_LINE = QColor(15, 15, 20)
_OPACITY = 0.9
_DENSE = 2  # samples a side of a device pixel where image pixels are smaller, so that no border is missed
_FROM = 1 / _DENSE  # device pixels an image pixel, below which the lines would only dim the objects
_LARGE = 6.0  # device pixels an image pixel, from which on the lines are wider
_MARGIN = 2


def draw_borders(painter: QPainter, frame: Frame, mask: Mask, layer: MaskLayer) -> None:
    """Draw the frame's part; where the layer draws no class of the mask, nothing."""
    if mask.borders is None or frame.area.is_empty or frame.scale < _FROM:
        return
    wide = frame.grown(_MARGIN)
    rows, columns = wide.lines()
    near = mask.borders[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if not near.any():
        return
    if wide.scale >= 1:
        lines = _along_edges(wide.sample(mask.borders), rows, columns, 3 if wide.scale >= _LARGE else 2)
    else:
        lines = _pooled(wide.sample(mask.borders, dense=_DENSE))
    lines[layer.seen(wide, mask) == BACKGROUND] = 0
    x, y = frame.area.x - wide.area.x, frame.area.y - wide.area.y
    lines = lines[y : y + frame.area.height, x : x + frame.area.width]
    image, pixels = blank(frame.area.width, frame.area.height, QImage.Format.Format_ARGB32_Premultiplied)
    table = np.array([premultiplied(_LINE, _OPACITY * strength / 255) for strength in range(256)], np.uint32)
    pixels[:] = table[lines]
    painter.drawImage(frame.area.x, frame.area.y, image)


def _along_edges(bits: Bits, rows: NDArray[np.intp], columns: NDArray[np.intp], width: int) -> Bits:
    """255 on the device pixels along the edges that part image pixels; rows, columns: theirs."""
    last_row = np.append(rows[1:] != rows[:-1], False)[:, None]
    last_column = np.append(columns[1:] != columns[:-1], False)[None, :]
    first_column = np.append(False, columns[1:] != columns[:-1])[None, :]
    on = (bits & RIGHT != 0) & last_column
    on |= (bits & BELOW != 0) & last_row
    on |= (bits & BELOW_RIGHT != 0) & last_row & last_column
    below_left = (bits & BELOW_LEFT != 0) & last_row & first_column
    on[:, :-1] |= below_left[:, 1:]
    # Each line on to the next device pixel, so that it lies on the edge.
    kernel = np.ones((width, width), np.uint8)
    lines = cv2.dilate(on.astype(np.uint8) * np.uint8(255), kernel, anchor=(1, 1))
    return np.asarray(lines, np.uint8)


def _pooled(bits: Bits) -> Bits:
    """A device pixel is dark where one of its samples is beside a border; not quite, as it shows more."""
    height, width = bits.shape[0] // _DENSE, bits.shape[1] // _DENSE
    any_of = (bits != 0).reshape(height, _DENSE, width, _DENSE).any(axis=(1, 3))
    return np.asarray(any_of, np.uint8) * np.uint8(200)
