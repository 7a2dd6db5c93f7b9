"""Where the image lies on the screen.

All lengths on the screen are device pixels: the widget's coordinates times its device pixel ratio.
"""

from __future__ import annotations

import math

from segdesk.core.geometry import Box

MAX_SCALE = 64.0  # device pixels a pixel of the image, at most
MIN_SIDE = 24  # of the image on screen, at least: smaller, nobody would find it
MARGIN = 16  # around an image that was fitted
FINDABLE = 0.25  # the part of the screen (or of the image, if that is less) that panning leaves in sight


class View:
    """A scale and a position; `fitted` until a person zooms or pans."""

    def __init__(self) -> None:
        self._size = (1, 1)
        self._screen = (1, 1)
        self._scale = 1.0
        self._x = self._y = 0.0  # of the image's corner; what is drawn is rounded, see `origin`
        self.fitted = True

    @property
    def scale(self) -> float:
        """Device pixels a pixel of the image."""
        return self._scale

    @property
    def screen(self) -> Box:
        """All of the screen there is."""
        return Box(0, 0, *self._screen)

    @property
    def origin(self) -> tuple[int, int]:
        """Where the image's corner is drawn: on a whole device pixel, so that 1:1 shows true pixels."""
        return round(self._x), round(self._y)

    def set_image(self, width: int, height: int, *, keep: bool = False) -> None:
        """Show another image of this size, fitted; keep: the same part of it, if a person had chosen one."""
        old, self._size = self._size, (max(1, width), max(1, height))
        if self.fitted or not keep:
            self.fit()
            return
        middle = [
            (side / 2 - at) / self._scale for side, at in zip(self._screen, (self._x, self._y), strict=True)
        ]
        share = [at / side for at, side in zip(middle, old, strict=True)]
        self._scale = self._allowed(self._scale)
        self._x = self._screen[0] / 2 - share[0] * self._size[0] * self._scale
        self._y = self._screen[1] / 2 - share[1] * self._size[1] * self._scale
        self._keep_findable()

    def set_screen(self, width: int, height: int) -> None:
        """The screen has this size now; what was in the middle stays there."""
        old = self._screen
        self._screen = (max(1, width), max(1, height))
        if self.fitted:
            self.fit()
        else:
            self._x += (self._screen[0] - old[0]) / 2
            self._y += (self._screen[1] - old[1]) / 2
            self._keep_findable()

    def fit(self) -> None:
        """Show the whole image."""
        self._scale = self._fitting_scale()
        self._x = (self._screen[0] - self._size[0] * self._scale) / 2
        self._y = (self._screen[1] - self._size[1] * self._scale) / 2
        self.fitted = True

    def show(self, box: Box) -> None:
        """Bring a part of the image into the middle, as large as it fits."""
        scale = min(
            (self._screen[0] - 2 * MARGIN) / max(1, box.width),
            (self._screen[1] - 2 * MARGIN) / max(1, box.height),
        )
        self._scale = self._allowed(scale)
        self._x = self._screen[0] / 2 - (box.x + box.width / 2) * self._scale
        self._y = self._screen[1] / 2 - (box.y + box.height / 2) * self._scale
        self.fitted = False
        self._keep_findable()

    def zoom(self, factor: float, x: float, y: float) -> None:
        """Scale by `factor`, with what is under (x, y) on the screen staying there."""
        self.zoom_to(self._scale * factor, x, y)

    def zoom_to(self, scale: float, x: float, y: float) -> None:
        """Take this scale, or the nearest one allowed, with what is under (x, y) staying there."""
        scale = self._allowed(scale)
        if scale == self._scale:
            return
        factor = scale / self._scale
        self._x = x - (x - self._x) * factor
        self._y = y - (y - self._y) * factor
        self._scale = scale
        self.fitted = False
        self._keep_findable()

    def pan(self, dx: float, dy: float) -> None:
        """Move the image over the screen, as far as some of it stays in sight."""
        self._x += dx
        self._y += dy
        self.fitted = False
        self._keep_findable()

    def to_image(self, x: float, y: float) -> tuple[float, float]:
        """The place in the image under a point of the screen; pixel (0, 0) spans 0 to 1."""
        left, top = self.origin
        return (x - left) / self._scale, (y - top) / self._scale

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """The point of the screen where a place in the image is drawn."""
        left, top = self.origin
        return left + x * self._scale, top + y * self._scale

    def box_on_screen(self, box: Box) -> Box:
        """The device pixels that a box of image pixels touches, also beyond the screen."""
        left, top = self.to_screen(box.x, box.y)
        right, bottom = self.to_screen(box.right, box.bottom)
        return _around(left, top, right, bottom)

    def visible_box(self) -> Box:
        """The pixels of the image that are on the screen."""
        left, top = self.to_image(0, 0)
        right, bottom = self.to_image(*self._screen)
        return _around(left, top, right, bottom).intersect(Box(0, 0, *self._size))

    def _fitting_scale(self) -> float:
        room = [max(1.0, side - 2 * MARGIN) for side in self._screen]
        return self._allowed(min(room[0] / self._size[0], room[1] / self._size[1]))

    def _allowed(self, scale: float) -> float:
        smallest = min(1.0, MIN_SIDE / max(self._size))
        return min(max(scale, smallest), MAX_SCALE)

    def _keep_findable(self) -> None:
        self._x = _kept(self._x, self._size[0] * self._scale, self._screen[0])
        self._y = _kept(self._y, self._size[1] * self._scale, self._screen[1])


def _kept(position: float, length: float, room: float) -> float:
    least = min(length, room * FINDABLE)
    return min(max(position, least - length), room - least)


def _around(left: float, top: float, right: float, bottom: float) -> Box:
    x, y = math.floor(left), math.floor(top)
    return Box(x, y, math.ceil(right) - x, math.ceil(bottom) - y)
