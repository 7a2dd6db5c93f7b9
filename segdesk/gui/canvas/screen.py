"""The last picture that was drawn, kept so that only what changed is drawn again.

Moving the brush's circle over the image then costs a copy of a few pixels, and panning draws only the
edge that came into sight.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import cast

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QRegion

from segdesk.core.geometry import Box
from segdesk.gui.qimage import Pixels32, blank

_WORTH = 20_000  # pixels that take as long to draw as a rectangle of them takes in itself
_AT_ONCE = 1 << 21  # pixels; of more, the pictures on the way would take memory that is not at hand


class Screen:
    """An image of the screen in device pixels, and which part of it is out of date."""

    def __init__(self) -> None:
        self._image, self._pixels = blank(1, 1, QImage.Format.Format_RGB32)
        self._stale = QRegion(0, 0, 1, 1)

    def resize(self, width: int, height: int) -> None:
        """Start afresh with another size."""
        self._image, self._pixels = blank(max(1, width), max(1, height), QImage.Format.Format_RGB32)
        self.invalidate()

    def invalidate(self, box: Box | None = None) -> None:
        """What the box shows is out of date; None: everything."""
        whole = self._image.rect()
        self._stale += whole if box is None else QRect(*box).intersected(whole)

    def scroll(self, dx: int, dy: int) -> None:
        """Move everything; what comes in from beyond the edge is out of date."""
        height, width = self._pixels.shape
        if abs(dx) >= width or abs(dy) >= height:
            self.invalidate()
            return
        # In one go, without a copy on the way; what gets around the edges is out of date anyway.
        by, size = dy * width + dx, self._pixels.itemsize
        start = self._pixels.ctypes.data
        ctypes.memmove(
            start + max(0, by) * size, start + max(0, -by) * size, self._pixels.nbytes - abs(by) * size
        )
        whole = QRegion(self._image.rect())
        self._stale = (self._stale.translated(dx, dy) + (whole - whole.translated(dx, dy))) & whole

    def renew(self, region: QRegion, draw: Callable[[QPainter, Box], None]) -> None:
        """Let `draw` bring what is out of date in a region up to date, one rectangle after the other.

        Small ones are drawn in one go, with what lies between them, and large ones in bands.
        """
        stale = self._stale & region
        if stale.isEmpty():
            return
        parts = list(rects(stale))
        around = stale.boundingRect()
        between = _area(around) - sum(map(_area, parts))
        if between <= _WORTH * (len(parts) - 1):
            parts = [around]
        inner = QPainter(self._image)
        try:
            for rect in chain.from_iterable(map(_bands, parts)):
                self._stale -= rect
                inner.setClipRect(rect)
                draw(inner, Box(rect.x(), rect.y(), rect.width(), rect.height()))
        finally:
            inner.end()

    def pixels(self, box: Box) -> Pixels32:
        """What is kept of a box, to be written through."""
        return self._pixels[box.slices]

    def show(self, painter: QPainter, area: QRect) -> None:
        """Copy `area` to the painter."""
        painter.drawImage(area.topLeft(), self._image, area)


def _area(rect: QRect) -> int:
    return rect.width() * rect.height()


def _bands(rect: QRect) -> Iterator[QRect]:
    rows = -(-rect.height() // -(-_area(rect) // _AT_ONCE))
    for top in range(rect.top(), rect.top() + rect.height(), rows):
        yield QRect(rect.left(), top, rect.width(), rows).intersected(rect)


def rects(region: QRegion) -> Iterator[QRect]:
    """The rectangles that make up a region; PySide iterates over them, though its types do not say so."""
    return iter(cast(Iterable[QRect], region))
