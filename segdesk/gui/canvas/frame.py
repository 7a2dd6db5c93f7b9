"""A piece of the screen about to be drawn, and how pixels of the image get there.

Whatever lies in image pixels is brought to device pixels here, in one way, so that a small piece drawn
after a stroke and the whole screen drawn after zooming look the same.
"""

from __future__ import annotations

import math
from copy import copy

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.images.resample import warp
from segdesk.core.mask import Plane
from segdesk.gui.canvas.pyramid import Levels, Pixels
from segdesk.gui.canvas.scaling import part
from segdesk.gui.canvas.view import View

_CACHED = 1 << 19  # bytes
CRISP_FROM = 2.0  # device pixels an image pixel, from which on it is seen as a square


class Frame:
    """The device pixels of `area` that show the image.

    covered: where the whole image is drawn, also beyond the screen.
    area: the part of the asked-for rectangle that the image covers; may be empty.
    """

    def __init__(self, view: View, wanted: Box, width: int, height: int) -> None:
        """The frame of a `wanted` piece of the screen; width and height are the image's, in its pixels."""
        self.scale = view.scale
        self.origin = view.origin
        self._size = (width, height)
        self.covered = Box(*self.origin, round(width * self.scale), round(height * self.scale))
        self.area = wanted.intersect(self.covered)

    def grown(self, margin: int) -> Frame:
        """The same with `margin` device pixels more on each side, as far as the image goes."""
        frame = copy(self)
        frame.area = self.area.grow(margin).intersect(self.covered)
        return frame

    def within(self, area: Box) -> Frame:
        """The same, as far as it lies in a box of device pixels."""
        frame = copy(self)
        frame.area = self.area.intersect(area)
        return frame

    def limited_to(self, box: Box) -> Frame:
        """The same, less the device pixels whose image pixel is not in the box."""
        frame = copy(self)
        x0, x1 = self._span(0, self.area.x, self.area.right, box.x, box.right)
        y0, y1 = self._span(1, self.area.y, self.area.bottom, box.y, box.bottom)
        frame.area = Box(x0, y0, x1 - x0, y1 - y0)
        return frame

    def lines(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The row and the column of the image under the centre of each row and column of device pixels."""
        area = self.area
        return self._indices(1, area.y, area.bottom), self._indices(0, area.x, area.right)

    def sample(self, plane: Plane, at: Box | None = None, dense: int = 1) -> Plane:
        """The pixel of a plane under each device pixel's centre; a copy that the caller may change.

        at: which box of the image the plane covers, and the area lies in; None for the whole image.
        dense: samples a side of each device pixel; the result has dense x dense as many pixels.
        """
        columns = self._indices(0, self.area.x, self.area.right, dense)
        rows = self._indices(1, self.area.y, self.area.bottom, dense)
        if at is not None:
            columns, rows = (
                np.clip(columns, at.x, at.right - 1) - at.x,
                np.clip(rows, at.y, at.bottom - 1) - at.y,
            )
        return _gather(plane, rows, columns)

    def sample_roughly(self, plane: Plane) -> Plane:
        """The same, faster, and here and there a little off."""
        found = part(self._from_edge, 1 / self.scale, *self._size)
        return self.sample(plane) if found is None else found.nearest(plane[found.source.slices])

    def picture(self, levels: Levels) -> NDArray[np.uint8]:
        """(area.height, area.width[, 3]) pixels of the picture: squares where they are large, else smooth."""
        return levels.renderer.paint(self._values(levels))

    def _values(self, levels: Levels) -> Pixels:
        if self.scale >= CRISP_FROM:
            columns = self._indices(0, self.area.x, self.area.right)
            rows = self._indices(1, self.area.y, self.area.bottom)
            box = Box(columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1)
            crop = levels.renderer.pick(levels.crop(0, box))
            return _gather(crop, rows - box.y, columns - box.x)
        level = min(max(0, math.floor(math.log2(1 / self.scale) + 1e-9)), levels.deepest)
        return self._smooth(levels, level)

    def _smooth(self, levels: Levels, level: int) -> Pixels:
        step = 1 / (self.scale * 2**level)  # pixels of the level a device pixel
        width, height = levels.size_at(level)
        if step == 1:
            found = self._from_edge.intersect(Box(0, 0, width, height))
            if (found.width, found.height) == (self.area.width, self.area.height):
                return levels.renderer.pick(levels.crop(level, found))
        else:
            meeting = part(self._from_edge, step, width, height)
            if meeting is not None:
                return meeting.smooth(levels.renderer.pick(levels.crop(level, meeting.source)))
        return self._between(levels, level, step)

    def _between(self, levels: Levels, level: int, step: float) -> Pixels:
        """The same from places between the pixels of the level."""
        # Where the centre of the first device pixel lies, counted from the centre of the level's first.
        x = (self.area.x + 0.5 - self.origin[0]) * step - 0.5
        y = (self.area.y + 0.5 - self.origin[1]) * step - 0.5
        size = (self.area.width, self.area.height)
        box = Box(
            math.floor(x) - 1, math.floor(y) - 1, math.ceil(size[0] * step) + 4, math.ceil(size[1] * step) + 4
        ).intersect(Box(0, 0, *levels.size_at(level)))
        crop = levels.renderer.pick(levels.crop(level, box))
        return warp(crop, np.array([[step, 0, x - box.x], [0, step, y - box.y]]), size)

    @property
    def _from_edge(self) -> Box:
        """The area, counted from the image's edge."""
        return Box(self.area.x - self.origin[0], self.area.y - self.origin[1], *self.area[2:])

    def _indices(self, axis: int, start: int, stop: int, dense: int = 1) -> NDArray[np.intp]:
        """Which image pixel lies under each device pixel from `start` on, along one axis."""
        centres = start + (np.arange((stop - start) * dense) + 0.5) / dense - self.origin[axis]
        found = np.floor(centres / self.scale).astype(np.intp)
        return np.clip(found, 0, self._size[axis] - 1)

    def _span(self, axis: int, start: int, stop: int, low: int, high: int) -> tuple[int, int]:
        """The device pixels from `start` to `stop` whose image pixel is one of `low` to `high`."""
        indices = self._indices(axis, start, stop)
        first, last = np.searchsorted(indices, (low, high))
        return start + int(first), start + int(last)


def _gather(pixels: Pixels, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Pixels:
    if len(rows) == 0 or len(columns) == 0:
        return np.zeros((len(rows), len(columns), *pixels.shape[2:]), pixels.dtype)
    if rows[-1] - rows[0] < len(rows):  # enlarged: most rows come several times
        crop = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return np.asarray(crop.take(columns - columns[0], axis=1).take(rows - rows[0], axis=0))
    strip = pixels[:, columns[0] : columns[-1] + 1]
    columns = columns - columns[0]
    out = np.empty((len(rows), len(columns), *pixels.shape[2:]), pixels.dtype)
    # Some rows at a time, so that they are still in the processor's cache when they are picked from.
    some = max(1, _CACHED // strip[0].nbytes)
    for top in range(0, len(rows), some):
        strip[rows[top : top + some]].take(columns, axis=1, out=out[top : top + some], mode="clip")
    return out
