"""Decoded pieces of images, the ones used last, within a budget of memory that all images share."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from numpy.typing import NDArray

DEFAULT_BUDGET = 400 * 2**20


class TileCache:
    """Arrays by key; the ones not used for longest go when there are too many. Any thread may use it."""

    def __init__(self, budget: int = DEFAULT_BUDGET) -> None:
        """budget: bytes."""
        self._lock = threading.Lock()
        self._tiles: OrderedDict[Hashable, NDArray[Any]] = OrderedDict()
        self._size = 0
        self._budget = budget

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._size

    @property
    def budget(self) -> int:
        """Bytes that may be kept."""
        return self._budget

    @budget.setter
    def budget(self, budget: int) -> None:
        with self._lock:
            self._budget = budget
            self._shrink()

    def get(self, key: Hashable) -> NDArray[Any] | None:
        """The array of this key, if it is still there; nobody may change it."""
        with self._lock:
            tile = self._tiles.get(key)
            if tile is not None:
                self._tiles.move_to_end(key)
            return tile

    def put(self, key: Hashable, tile: NDArray[Any]) -> None:
        """Keep an array, which nobody may change from now on, unless it takes a quarter of all."""
        if tile.nbytes * 4 > self._budget:
            return
        with self._lock:
            old = self._tiles.pop(key, None)
            self._size += tile.nbytes - (0 if old is None else old.nbytes)
            self._tiles[key] = tile
            self._shrink()

    def forget(self, owner: Hashable) -> None:
        """Drop all whose key is a tuple that begins with `owner`."""
        with self._lock:
            for key in [key for key in self._tiles if isinstance(key, tuple) and key[0] == owner]:
                self._size -= self._tiles.pop(key).nbytes

    def _shrink(self) -> None:
        while self._size > self._budget and self._tiles:
            _, tile = self._tiles.popitem(last=False)
            self._size -= tile.nbytes


tiles = TileCache()
"""What the whole program shares."""
