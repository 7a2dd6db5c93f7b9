"""The tiles that a change in the making has touched, as they were, and packed as soon as it has left them."""

from __future__ import annotations

import time
from typing import NamedTuple

import cv2
import numpy as np

from segdesk.core.geometry import Box
from segdesk.core.mask import Mask, Plane, TileKey, tile_box, tile_keys
from segdesk.core.patch import TileDelta
from segdesk.core.pieces import Piece, Pieces, cut, size_of
from segdesk.core.tile_codec import pack_pixels

_NEAR = 16  # tiles touched last, to which a brush is likely to come back
_MANY = 64  # tiles that wait, from which on packing them is worth more of the time
_SHARES = 9, 4  # of so much time, one part goes into packing while a stroke is under way; where many wait
_MOST_PIECES = 1 << 26  # bytes; a larger change is kept packed only


class _Before(NamedTuple):
    labels: Plane
    corrected: Plane
    borders: Plane | None


class _Left(NamedTuple):
    """A tile that is packed already."""

    before: _Before
    labels: bytes | None
    corrected: bytes | None
    labels_pieces: list[Piece]
    corrected_pieces: list[Piece]


class TouchedTiles:
    """Remembers tiles before they change.

    A long stroke would take long to pack when the button goes up, so the tiles it left behind are packed
    while it goes on.
    """

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._near: dict[TileKey, _Before] = {}  # the one that was touched last comes last
        self._left: dict[TileKey, _Left] = {}
        self._pieces = 0  # bytes
        self._all_in_pieces = True  # else there were too many, and some are packed only
        self._rested = 0.0  # when there is time for packing again
        self.box = Box(0, 0, 0, 0)  # around all that may have changed

    def remember(self, box: Box) -> None:
        """Pixels of this box are about to change."""
        self.box = self.box.unite(box)
        for key in tile_keys(box):
            before = self._near.pop(key, None)
            if before is None:
                left = self._left.pop(key, None)
                before = self._as_it_is(key) if left is None else left.before
                if left is not None:
                    self._pieces -= size_of(left.labels_pieces) + size_of(left.corrected_pieces)
            self._near[key] = before

    def pack_left(self) -> None:
        """Pack one of the tiles left behind, if it is time, once all that was remembered has changed."""
        now = time.perf_counter()
        if len(self._near) > _NEAR and now >= self._rested:
            self._leave(next(iter(self._near)))
            done = time.perf_counter()
            self._rested = done + (_SHARES[len(self._near) > _MANY] - 1) * (done - now)

    def labels_before(self) -> list[tuple[TileKey, Plane]]:
        """The class indices of each tile as they were."""
        return [
            *((key, left.before.labels) for key, left in self._left.items()),
            *((key, before.labels) for key, before in self._near.items()),
        ]

    def put_back(self) -> None:
        """Let everything be as it was, and forget it."""
        everything = {**self._near, **{key: left.before for key, left in self._left.items()}}
        for key, before in everything.items():
            part = tile_box(key, *self._mask.labels.shape).slices
            self._mask.labels[part] = before.labels
            self._mask.corrected[part] = before.corrected
            if self._mask.borders is not None:
                self._mask.borders[part] = 0 if before.borders is None else before.borders
        self._near.clear()
        self._left.clear()

    def take(self) -> tuple[dict[TileKey, TileDelta], Pieces | None]:
        """What has changed in each tile, and the same in pieces, where they are small; forgets it all."""
        for key in tuple(self._near):
            self._leave(key)
        tiles: dict[TileKey, TileDelta] = {}
        labels, corrected, borders = [], [], []
        for key, left in self._left.items():
            packed, pieces = self._borders_of(key, left.before.borders)
            delta = TileDelta(left.labels, left.corrected, packed)
            if not delta.is_empty:
                tiles[key] = delta
                labels += left.labels_pieces
                corrected += left.corrected_pieces
                borders += pieces
        self._left.clear()
        all_pieces = Pieces(tuple(labels), tuple(corrected), tuple(borders))
        return tiles, all_pieces if self._all_in_pieces else None

    def _as_it_is(self, key: TileKey) -> _Before:
        mask, part = self._mask, tile_box(key, *self._mask.labels.shape).slices
        borders = _kept(mask.borders[part]) if mask.borders is not None else None
        return _Before(_kept(mask.labels[part]), _kept(mask.corrected[part]), borders)

    def _leave(self, key: TileKey) -> None:
        before = self._near.pop(key)
        box = tile_box(key, *self._mask.labels.shape)
        labels, labels_pieces = self._difference(before.labels, self._mask.labels, box)
        corrected, corrected_pieces = self._difference(before.corrected, self._mask.corrected, box)
        self._left[key] = _Left(before, labels, corrected, labels_pieces, corrected_pieces)

    def _borders_of(self, key: TileKey, before: Plane | None) -> tuple[bytes | None, list[Piece]]:
        if self._mask.borders is None:
            return None, []
        box = tile_box(key, *self._mask.labels.shape)
        was = np.zeros((box.height, box.width), np.uint8) if before is None else before
        return self._difference(was, self._mask.borders, box)

    def _difference(self, before: Plane, plane: Plane, box: Box) -> tuple[bytes | None, list[Piece]]:
        """Old XOR new, packed and in pieces; None where nothing changed."""
        change = np.bitwise_xor(before, plane[box.slices])
        if not cv2.countNonZero(change):
            return None, []
        pieces = cut(change, box) if self._all_in_pieces else []
        self._pieces += size_of(pieces)
        # Once for all: what a tile that is touched again gives free does not bring back what was left out.
        self._all_in_pieces = self._all_in_pieces and self._pieces <= _MOST_PIECES
        return pack_pixels(change), pieces


def _kept(part: Plane) -> Plane:
    """What a part of a plane says now; where that is one thing all over, it takes no memory."""
    value = part.flat[0]
    if (part[0] != value).any() or (part != value).any():
        return part.copy()
    return np.broadcast_to(value, part.shape)
