"""The picture at every scale: halved again and again, so that zooming out reads few pixels.

A small picture is halved at once. A large one is halved by a thread; until that is done, coarse levels
are read from the picture itself by skipping pixels, which is rougher and shows at once.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from segdesk.core.geometry import Box
from segdesk.core.images import Look, Renderer, automatic_windows
from segdesk.core.images.resample import shrink

AT_ONCE = 6_000_000  # pixels up to which halving is too quick to be worth a thread
_SMALLEST = 256  # a level this small needs no smaller one
_STRIP = 512  # rows halved in one go: the thread looks up between strips whether it is still wanted

Pixels = NDArray[Any]


class Levels(QObject):
    """A picture at every scale: level k has 1 / 2**k of its size. What the canvas asks for pieces.

    The pieces are values as they are in the file; `renderer` turns them into what is shown.
    """

    improved = Signal(object)  # this box of the image (None: all of it) looks better from now on
    failed = Signal(str)  # why a piece cannot be shown
    value_known = Signal()  # the one that `value_at` was asked for last

    def __init__(self, width: int, height: int, renderer: Renderer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.width = width
        self.height = height
        self.renderer = renderer

    @property
    def deepest(self) -> int:
        """The coarsest level worth asking for."""
        return max(0, math.ceil(math.log2(max(self.width, self.height, 1) / _SMALLEST)))

    @property
    def is_complete(self) -> bool:
        """Whether no level will look smoother later."""
        raise NotImplementedError

    def size_at(self, level: int) -> tuple[int, int]:
        """Width and height of a level."""
        return -(-self.width // 2**level), -(-self.height // 2**level)

    def value_at(self, x: int, y: int) -> tuple[float, ...]:
        """The channels of one pixel; () where they are not known yet."""
        raise NotImplementedError

    def crop(self, level: int, box: Box) -> Pixels:
        """The pixels of a box that lies within the level; a view where it can be one."""
        raise NotImplementedError

    def stop(self) -> None:
        """The picture is not needed any more."""
        raise NotImplementedError


class Pyramid(Levels):
    """Levels of an array; level 0 is the array handed in."""

    _built = Signal(list)

    def __init__(
        self, pixels: Pixels, parent: QObject | None = None, renderer: Renderer | None = None
    ) -> None:
        """pixels: (height, width) or (height, width, channels), not to be changed any more."""
        if renderer is None:
            renderer = Renderer(Look(), automatic_windows(pixels), pixels.dtype)
        super().__init__(int(pixels.shape[1]), int(pixels.shape[0]), renderer, parent)
        self._levels = [pixels]
        self._unwanted = threading.Event()
        if pixels.shape[0] * pixels.shape[1] <= AT_ONCE:
            self._levels.extend(halvings(pixels, self._unwanted))
        else:
            self._built.connect(self._take)
            threading.Thread(target=self._build, args=(pixels,), daemon=True).start()

    @property
    def is_complete(self) -> bool:
        """Whether no level will look smoother later."""
        return len(self._levels) > self.deepest

    def value_at(self, x: int, y: int) -> tuple[float, ...]:
        """The channels of one pixel."""
        return tuple(np.atleast_1d(self._levels[0][y, x]).tolist())

    def crop(self, level: int, box: Box) -> Pixels:
        """The pixels of a box that lies within the level; a view where it can be one."""
        if level < len(self._levels):
            return self._levels[level][box.slices]
        step = 2**level
        rows = np.minimum(np.arange(box.y, box.bottom) * step + step // 2, self.height - 1)
        columns = np.minimum(np.arange(box.x, box.right) * step + step // 2, self.width - 1)
        out = np.empty((box.height, box.width, *self._levels[0].shape[2:]), self._levels[0].dtype)
        for target, row in zip(out, rows, strict=True):
            self._levels[0][row].take(columns, axis=0, out=target, mode="clip")
        return out

    def stop(self) -> None:
        """The picture is not needed any more: let a thread that halves it end soon."""
        self._unwanted.set()

    def _build(self, pixels: Pixels) -> None:
        levels = list(halvings(pixels, self._unwanted))
        if not self._unwanted.is_set():
            with suppress(RuntimeError):  # the canvas is gone: nobody looks at this any more
                self._built.emit(levels)

    def _take(self, levels: list[Pixels]) -> None:
        if not self._unwanted.is_set():
            self._levels.extend(levels)
            self.improved.emit(None)


def halvings(pixels: Pixels, unwanted: threading.Event) -> Iterator[Pixels]:
    """Ever smaller copies, down to one that needs no smaller one; none after `unwanted` is set."""
    while max(pixels.shape[:2]) > _SMALLEST and not unwanted.is_set():
        pixels = _halved(pixels, unwanted)
        yield pixels


def _halved(pixels: Pixels, unwanted: threading.Event) -> Pixels:
    """Each 2 x 2 pixels averaged; where the last row or column is alone, it counts twice."""
    height, width = pixels.shape[:2]
    half = np.empty((-(-height // 2), -(-width // 2), *pixels.shape[2:]), pixels.dtype)
    for top in range(0, height, _STRIP):
        if unwanted.is_set():
            break
        strip = pixels[top : top + _STRIP]
        odd = [(0, strip.shape[0] % 2), (0, width % 2)]
        if odd[0][1] or odd[1][1]:
            strip = np.pad(strip, [*odd, *[(0, 0)] * (pixels.ndim - 2)], "edge")
        size = (strip.shape[1] // 2, strip.shape[0] // 2)
        half[top // 2 : top // 2 + size[1]] = shrink(strip, *size)
    return half
