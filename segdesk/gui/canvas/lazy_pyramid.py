"""The levels of an image that is too large to be held: pieces are read when they come into sight.

Until a piece is there, what is known of it at a coarser level is shown in its place.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from segdesk.core.errors import SegdeskError
from segdesk.core.geometry import Box
from segdesk.core.images import Look, Picture, Regions, Renderer
from segdesk.core.images.overview import Overview, fill, read_at
from segdesk.core.images.tile_cache import tiles
from segdesk.gui.canvas.pyramid import Levels, Pixels, Pyramid, halvings
from segdesk.gui.report import sentence
from segdesk.gui.threads import pool_of

TILE = 512
_AT_ONCE = 2  # pieces that are read at the same time
_MOST_WANTED = 96  # about twice what a large screen shows

_Key = tuple[int, int, int]  # level, row, column
_Pixel = tuple[int, int]


class LazyPyramid(Levels):
    """Reads what the canvas asks for, the latest first, and tells `improved` when it is there."""

    _done = Signal(object, str)
    _filled = Signal(object)
    _whole = Signal(list)

    def __init__(
        self, regions: Regions, overview: Overview, renderer: Renderer, parent: QObject | None = None
    ) -> None:
        super().__init__(regions.width, regions.height, renderer, parent)
        self._regions = regions
        self._base = overview.level
        self._coarse = [overview.pixels]  # levels from `_base` on
        self._wanted: OrderedDict[_Key, None] = OrderedDict()
        self._reading: set[_Key] = set()
        self._broken: set[_Key] = set()
        self._pixel: tuple[_Pixel, tuple[float, ...]] | None = None
        self._unwanted = threading.Event()
        self._pool = pool_of(self, _AT_ONCE)
        self._done.connect(self._on_done)
        self._filled.connect(self.improved)
        self._whole.connect(self._on_whole)
        if overview.is_whole:
            self._coarse.extend(halvings(overview.pixels, self._unwanted))
        else:
            threading.Thread(target=self._fill, args=(overview,), daemon=True).start()

    @property
    def is_complete(self) -> bool:
        return not self._wanted and not self._reading and self._base + len(self._coarse) > self.deepest

    def value_at(self, x: int, y: int) -> tuple[float, ...]:
        if self._pixel is not None and self._pixel[0] == (x, y):
            return self._pixel[1]
        tile = tiles.get((id(self), 0, y // TILE, x // TILE))
        if tile is not None:
            return tuple(np.atleast_1d(tile[y % TILE, x % TILE]).tolist())
        self._pool.start(self._reader_of((x, y)))
        return ()

    def crop(self, level: int, box: Box) -> Pixels:
        if level >= self._base:
            return self._overview(level, box)
        out: Pixels | None = None
        for key in _touched(level, box):
            at = self._tile_box(key)
            inside = at.intersect(box)
            tile = tiles.get((id(self), *key))
            if tile is None:
                self._want(key)
                part = self._from_coarser(level, inside)
            else:
                part = tile[Box(inside.x - at.x, inside.y - at.y, inside.width, inside.height).slices]
            if out is None:
                out = np.empty((box.height, box.width, *part.shape[2:]), part.dtype)
            out[Box(inside.x - box.x, inside.y - box.y, inside.width, inside.height).slices] = part
        assert out is not None  # nobody asks for an empty box
        return out

    def stop(self) -> None:
        self._unwanted.set()
        self._wanted.clear()
        self._pool.clear()
        tiles.forget(id(self))

    def close(self) -> None:
        """Stop, and wait for what is being read."""
        self.stop()
        self._pool.waitForDone()
        tiles.forget(id(self))

    def _tile_box(self, key: _Key) -> Box:
        level, row, column = key
        return Box(column * TILE, row * TILE, TILE, TILE).intersect(Box(0, 0, *self.size_at(level)))

    def _overview(self, level: int, box: Box) -> Pixels:
        number = level - self._base
        if number < len(self._coarse):
            return self._coarse[number][box.slices]
        step = 2 ** (number - len(self._coarse) + 1)
        finest = self._coarse[-1]
        rows = np.minimum(np.arange(box.y, box.bottom) * step + step // 2, finest.shape[0] - 1)
        columns = np.minimum(np.arange(box.x, box.right) * step + step // 2, finest.shape[1] - 1)
        return finest[np.ix_(rows, columns)]

    def _from_coarser(self, level: int, box: Box) -> Pixels:
        """What is known of a box within one tile."""
        for coarser in range(level + 1, self._base + 1):
            step = 2 ** (coarser - level)
            x, y = box.x // step, box.y // step
            there = Box(x, y, -(-box.right // step) - x, -(-box.bottom // step) - y)
            there = there.intersect(Box(0, 0, *self.size_at(coarser)))
            if coarser == self._base:
                part = self._overview(coarser, there)
            else:
                key = (coarser, there.y // TILE, there.x // TILE)
                tile = tiles.get((id(self), *key))
                at = self._tile_box(key)
                if tile is None or there.intersect(at) != there:
                    continue
                part = tile[Box(there.x - at.x, there.y - at.y, there.width, there.height).slices]
            large = np.repeat(np.repeat(part, step, axis=0), step, axis=1)
            top, left = box.y - there.y * step, box.x - there.x * step
            return large[top : top + box.height, left : left + box.width]
        raise AssertionError("the overview covers everything")

    def _want(self, key: _Key) -> None:
        if key in self._reading or key in self._broken or self._unwanted.is_set():
            return
        self._wanted[key] = None
        self._wanted.move_to_end(key)
        while len(self._wanted) > _MOST_WANTED:
            self._wanted.popitem(last=False)
        self._start()

    def _start(self) -> None:
        while self._wanted and len(self._reading) < _AT_ONCE:
            key, _ = self._wanted.popitem()
            self._reading.add(key)
            self._pool.start(self._work(key))

    def _work(self, key: _Key) -> Callable[[], None]:
        def work() -> None:
            problem = ""
            if not self._unwanted.is_set():
                try:
                    pixels = read_at(self._regions, key[0], self._tile_box(key))
                    if not self._unwanted.is_set():
                        tiles.put((id(self), *key), pixels)
                except (SegdeskError, MemoryError) as error:
                    problem = sentence(error)
            self._done.emit(key, problem)

        return work

    def _reader_of(self, pixel: _Pixel) -> Callable[[], None]:
        def work() -> None:
            if self._unwanted.is_set():
                return
            try:
                value = self._regions.read(Box(*pixel, 1, 1))[0, 0]
            except (SegdeskError, MemoryError):
                return
            self._pixel = pixel, tuple(np.atleast_1d(value).tolist())
            self.value_known.emit()

        return work

    @Slot(object, str)
    def _on_done(self, key: _Key, problem: str) -> None:
        self._reading.discard(key)
        if self._unwanted.is_set():
            return
        if problem:
            if not self._broken:
                self.failed.emit(problem)
            self._broken.add(key)
        self._start()
        step, at = 2 ** key[0], self._tile_box(key)
        self.improved.emit(Box(at.x * step, at.y * step, at.width * step, at.height * step))

    def _fill(self, overview: Overview) -> None:
        for number, box in enumerate(fill(self._regions, overview)):
            if self._unwanted.is_set():
                return
            if number % 4 == 0:
                self._filled.emit(box)
        levels = list(halvings(overview.pixels, self._unwanted))
        if not self._unwanted.is_set():
            self._whole.emit(levels)

    @Slot(list)
    def _on_whole(self, levels: list[Pixels]) -> None:
        self._coarse.extend(levels)
        self.improved.emit(None)


def levels_of(picture: Picture, look: Look | None = None) -> Levels:
    """What a canvas shows of an image."""
    renderer = picture.renderer(look or Look())
    if picture.overview is not None:
        return LazyPyramid(picture.regions, picture.overview, renderer)
    return Pyramid(picture.raw, renderer=renderer)


def _touched(level: int, box: Box) -> Iterator[_Key]:
    for row in range(box.y // TILE, (box.bottom - 1) // TILE + 1):
        for column in range(box.x // TILE, (box.right - 1) // TILE + 1):
            yield level, row, column
