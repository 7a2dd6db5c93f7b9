"""The picture at every scale: halved again and again, so that zooming out reads few pixels.

A small picture is halved at once. A large one is halved by a thread; until that is done, coarse levels
are read from the picture itself by skipping pixels, which is rougher and shows at once.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import suppress

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from segdesk.core.geometry import Box

AT_ONCE = 6_000_000  # pixels up to which halving is too quick to be worth a thread
_SMALLEST = 256  # a level this small needs no smaller one
_STRIP = 512  # rows halved in one go: the thread looks up between strips whether it is still wanted

Pixels = NDArray[np.uint8]


class Pyramid(QObject):
    """Level k of a picture shows it at 1 / 2**k of its size; level 0 is the array handed in.

    A picture is what the canvas asks for pieces; one that reads its levels from a file fits here too.
    """

    improved = Signal()  # coarse levels look smoother from now on
    _built = Signal(list)

    def __init__(self, pixels: Pixels, parent: QObject | None = None) -> None:
        """pixels: (height, width) gray or (height, width, 3) RGB, not to be changed any more."""
        super().__init__(parent)
        self._levels = [pixels]
        self._unwanted = threading.Event()
        if pixels.shape[0] * pixels.shape[1] <= AT_ONCE:
            self._levels.extend(_halvings(pixels, self._unwanted))
        else:
            self._built.connect(self._take)
            threading.Thread(target=self._build, args=(pixels,), daemon=True).start()

    @property
    def width(self) -> int:
        return int(self._levels[0].shape[1])

    @property
    def height(self) -> int:
        return int(self._levels[0].shape[0])

    @property
    def deepest(self) -> int:
        """The coarsest level worth asking for."""
        return max(0, math.ceil(math.log2(max(self.width, self.height, 1) / _SMALLEST)))

    @property
    def is_complete(self) -> bool:
        """Whether no level will look smoother later."""
        return len(self._levels) > self.deepest

    def value_at(self, x: int, y: int) -> tuple[int, ...]:
        """The channels of one pixel."""
        return tuple(int(value) for value in np.atleast_1d(self._levels[0][y, x]))

    def size_at(self, level: int) -> tuple[int, int]:
        """Width and height of a level."""
        return -(-self.width // 2**level), -(-self.height // 2**level)

    def crop(self, level: int, box: Box) -> Pixels:
        """The pixels of a box that lies within the level; a view where it can be one."""
        if level < len(self._levels):
            return self._levels[level][box.slices]
        step = 2**level
        rows = np.minimum(np.arange(box.y, box.bottom) * step + step // 2, self.height - 1)
        columns = np.minimum(np.arange(box.x, box.right) * step + step // 2, self.width - 1)
        out = np.empty((box.height, box.width, *self._levels[0].shape[2:]), np.uint8)
        for target, row in zip(out, rows, strict=True):
            self._levels[0][row].take(columns, axis=0, out=target, mode="clip")
        return out

    def stop(self) -> None:
        """The picture is not needed any more: let a thread that halves it end soon."""
        self._unwanted.set()

    def _build(self, pixels: Pixels) -> None:
        levels = list(_halvings(pixels, self._unwanted))
        if not self._unwanted.is_set():
            with suppress(RuntimeError):  # the canvas is gone: nobody looks at this any more
                self._built.emit(levels)

    def _take(self, levels: list[Pixels]) -> None:
        if not self._unwanted.is_set():
            self._levels.extend(levels)
            self.improved.emit()


def _halvings(pixels: Pixels, unwanted: threading.Event) -> Iterator[Pixels]:
    while max(pixels.shape[:2]) > _SMALLEST and not unwanted.is_set():
        pixels = _halved(pixels, unwanted)
        yield pixels


def _halved(pixels: Pixels, unwanted: threading.Event) -> Pixels:
    """Each 2 x 2 pixels averaged; where the last row or column is alone, it counts twice."""
    height, width = pixels.shape[:2]
    half = np.empty((-(-height // 2), -(-width // 2), *pixels.shape[2:]), np.uint8)
    for top in range(0, height, _STRIP):
        if unwanted.is_set():
            break
        strip = pixels[top : top + _STRIP]
        odd_rows, odd_columns = strip.shape[0] % 2, width % 2
        if odd_rows or odd_columns:
            padded = cv2.copyMakeBorder(strip, 0, odd_rows, 0, odd_columns, cv2.BORDER_REPLICATE)
            strip = np.asarray(padded, np.uint8)
        size = (strip.shape[1] // 2, strip.shape[0] // 2)
        half[top // 2 : top // 2 + size[1]] = cv2.resize(strip, size, interpolation=cv2.INTER_AREA)
    return half
