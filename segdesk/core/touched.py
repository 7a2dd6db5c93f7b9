"""The tiles that a change in the making has touched, as they were, and packed once it has left them."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from segdesk.core.geometry import Box
from segdesk.core.mask import Mask, Plane, TileKey, tile_box, tile_keys
from segdesk.core.patch import TileDelta
from segdesk.core.pieces import Piece, Pieces, cut, joined, size_of
from segdesk.core.tile_codec import pack_pixels

_GRID = 64  # pixels; what is remembered of a tile grows by such squares
_NEAR = 8  # tiles touched last, to which a brush is likely to come back
_MOST_PIECES = 1 << 26  # bytes; a larger change is kept packed only


class _Before(NamedTuple):
    """What may have changed of a tile, as it was.

    Of a tile that is only brushed, most is never looked at: on a wide plane each row of it is a page of
    memory of its own, and the first look at a page takes longer than painting on it.
    """

    box: Box
    labels: Plane
    corrected: Plane
    borders: Plane | None  # None: there were none


class _Packed(NamedTuple):
    """What has changed of one plane of a tile: packed, and in pieces; None and none where nothing has."""

    tile: bytes | None
    pieces: list[Piece]


class _Left(NamedTuple):
    """A tile that is packed already."""

    before: _Before
    labels: _Packed
    corrected: _Packed


class TouchedTiles:
    """Remembers tiles before they change.

    A long stroke would take long to pack when the button goes up, so the tiles it left behind can be packed
    while it goes on, whenever there is time.
    """

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._near: dict[TileKey, _Before] = {}  # the one that was touched last comes last
        self._begun: dict[TileKey, _Packed] = {}  # one of these at most, of which one plane is packed
        self._left: dict[TileKey, _Left] = {}
        self._pieces = 0  # bytes
        self._all_in_pieces = True  # else there were too many, and some are packed only
        self.box = Box(0, 0, 0, 0)  # around all that may have changed

    def remember(self, box: Box) -> None:
        """Pixels of this box are about to change."""
        self.box = self.box.unite(box)
        for key in tile_keys(box):
            tile = tile_box(key, *self._mask.labels.shape)
            changing = _on_grid(box).intersect(tile)
            before = self._near.pop(key, None)
            if before is None:
                left = self._left.pop(key, None)
                before = self._as_it_is(changing) if left is None else left.before
                if left is not None:
                    self._pieces -= size_of(left.labels.pieces) + size_of(left.corrected.pieces)
            elif key in self._begun:
                self._pieces -= size_of(self._begun.pop(key).pieces)
            known = before.box.unite(changing)
            if known != before.box:
                before = self._grown(before, known)
            self._near[key] = before

    def pack_left(self) -> bool:
        """Pack a plane of a tile left behind, once all remembered has changed; False: there is none."""
        if len(self._near) <= _NEAR:
            return False
        key = next(iter(self._near))
        if key in self._begun:
            self._leave(key)
        else:
            self._begun[key] = self._labels_of(key, self._near[key])
        return True

    def labels_before(self) -> list[tuple[Box, Plane]]:
        """The class indices as they were, wherever they may have changed; nothing overlaps."""
        return [(before.box, before.labels) for before in self._everything()]

    def put_back(self) -> None:
        """Let everything be as it was, and forget it."""
        for before in self._everything():
            part = before.box.slices
            self._mask.labels[part] = before.labels
            self._mask.corrected[part] = before.corrected
            if self._mask.borders is not None:
                self._mask.borders[part] = 0 if before.borders is None else before.borders
        self._near.clear()
        self._begun.clear()
        self._left.clear()

    def take(self) -> tuple[dict[TileKey, TileDelta], Pieces | None]:
        """What has changed in each tile, and the same in pieces, where they are small; forgets it all."""
        for key in tuple(self._near):
            self._leave(key)
        tiles: dict[TileKey, TileDelta] = {}
        labels, corrected, borders = [], [], []
        for key, left in self._left.items():
            parted = self._borders_of(key, left.before)
            delta = TileDelta(left.labels.tile, left.corrected.tile, parted.tile)
            if not delta.is_empty:
                tiles[key] = delta
                labels += left.labels.pieces
                corrected += left.corrected.pieces
                borders += parted.pieces
        self._left.clear()
        all_pieces = Pieces(joined(labels), joined(corrected), joined(borders))
        return tiles, all_pieces if self._all_in_pieces else None

    def _everything(self) -> list[_Before]:
        return [*(left.before for left in self._left.values()), *self._near.values()]

    def _as_it_is(self, box: Box) -> _Before:
        mask, part = self._mask, box.slices
        borders = _kept(mask.borders[part]) if mask.borders is not None else None
        return _Before(box, _kept(mask.labels[part]), _kept(mask.corrected[part]), borders)

    def _grown(self, before: _Before, box: Box) -> _Before:
        """The same of a larger box: what it gains has not changed yet."""
        mask = self._mask
        borders = before.borders
        if borders is not None and mask.borders is not None:
            borders = _wider(borders, before.box, mask.borders, box)
        labels = _wider(before.labels, before.box, mask.labels, box)
        corrected = _wider(before.corrected, before.box, mask.corrected, box)
        return _Before(box, labels, corrected, borders)

    def _leave(self, key: TileKey) -> None:
        before = self._near.pop(key)
        labels = self._begun.pop(key, None) or self._labels_of(key, before)
        corrected = self._difference(key, before.box, before.corrected, self._mask.corrected)
        self._left[key] = _Left(before, labels, corrected)

    def _labels_of(self, key: TileKey, before: _Before) -> _Packed:
        return self._difference(key, before.box, before.labels, self._mask.labels)

    def _borders_of(self, key: TileKey, before: _Before) -> _Packed:
        if self._mask.borders is None:
            return _Packed(None, [])
        was = np.zeros_like(before.labels) if before.borders is None else before.borders
        return self._difference(key, before.box, was, self._mask.borders)

    def _difference(self, key: TileKey, box: Box, before: Plane, plane: Plane) -> _Packed:
        """Old XOR new at a box of a tile."""
        change = np.bitwise_xor(before, plane[box.slices])
        if not cv2.countNonZero(change):
            return _Packed(None, [])
        pieces = cut(change, box) if self._all_in_pieces else []
        self._pieces += size_of(pieces)
        # Once for all: what a tile that is touched again gives free does not bring back what was left out.
        self._all_in_pieces = self._all_in_pieces and self._pieces <= _MOST_PIECES
        tile = tile_box(key, *plane.shape)
        whole = np.zeros((tile.height, tile.width), np.uint8)
        whole[_within(tile, box)] = change
        return _Packed(pack_pixels(whole), pieces)


def _on_grid(box: Box) -> Box:
    """The squares of the grid that a box touches."""
    left, top = box.x // _GRID * _GRID, box.y // _GRID * _GRID
    right, bottom = -(-box.right // _GRID) * _GRID, -(-box.bottom // _GRID) * _GRID
    return Box(left, top, right - left, bottom - top)


def _within(outer: Box, box: Box) -> tuple[slice, slice]:
    """Rows and columns of a box in an array of another one around it."""
    return Box(box.x - outer.x, box.y - outer.y, box.width, box.height).slices


def _wider(before: Plane, known: Box, plane: Plane, box: Box) -> Plane:
    """The pixels of a box, with those of the box that is known as they were `before`."""
    whole = plane[box.slices].copy()
    whole[_within(box, known)] = before
    return _kept(whole)


def _kept(part: Plane) -> Plane:
    """What a part of a plane says now; where that is one thing all over, it takes no memory."""
    value = part.flat[0]
    if (part[0] != value).any() or (part != value).any():
        return part.copy()
    return np.broadcast_to(value, part.shape)
