"""What differs in a mask, as rectangles in memory: done and taken back in a few milliseconds.

Packed tiles are for the disk. Those who undo what they have just done should not wait until a thousand of
them are unpacked, so the newest changes are kept in this form as well, as far as it is small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.both import both
from segdesk.core.geometry import Box
from segdesk.core.mask import TILE, Mask, TileKey

_DENSE = 0.6  # of a run of pieces, how much must be theirs to be worth the rest
_WORTH = 1 << 22  # pixels of a plane, from which on a thread of its own is worth it

Piece = tuple[slice, slice, NDArray[np.uint8]]  # rows, columns, and old XOR new of the pixels there


@dataclass(frozen=True)
class Pieces:
    """The changes of each plane; nothing of one plane overlaps."""

    labels: tuple[Piece, ...]
    corrected: tuple[Piece, ...]
    borders: tuple[Piece, ...]

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return sum(map(size_of, (self.labels, self.corrected, self.borders)))

    def toggle(self, mask: Mask) -> None:
        """Do the changes in a mask, or take them back."""
        if self.borders:
            _toggle(mask.with_borders(), self.borders)
        labels = partial(_toggle, mask.labels, self.labels)
        corrected = partial(_toggle, mask.corrected, self.corrected)
        if min(_area(self.labels), _area(self.corrected)) >= _WORTH:
            both(labels, corrected)
        else:
            labels()
            corrected()


def cut(change: NDArray[np.uint8], box: Box) -> list[Piece]:
    """The piece (or none) of (box.height, box.width) differences that lie at a box, apart from them.

    One a tile: cut closer, there are fewer pixels and more calls, which takes longer (measured).
    """
    x, y, width, height = cv2.boundingRect(change)
    if not height:
        return []
    part = change[y : y + height, x : x + width]
    low, high, _, _ = cv2.minMaxLoc(part)
    kept = part.copy() if low != high else np.broadcast_to(np.uint8(high), part.shape)
    return [(*Box(box.x + x, box.y + y, width, height).slices, kept)]


def size_of(pieces: Iterable[Piece]) -> int:
    """Bytes of memory that pieces take."""
    return sum(200 + (0 if _is_one_value(change) else change.size) for _, _, change in pieces)


def _area(pieces: Iterable[Piece]) -> int:
    return sum(change.size for _, _, change in pieces)


def joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The same changes, with neighbours in a row of tiles as one piece, where most of it is theirs.

    Long rows of memory are read and written in two thirds of the time that short ones take.
    """
    found: list[Piece] = []
    for run in _runs(pieces):
        rows = slice(min(r.start for r, _, _ in run), max(r.stop for r, _, _ in run))
        columns = slice(run[0][1].start, run[-1][1].stop)
        shape = rows.stop - rows.start, columns.stop - columns.start
        area, whole = _area(run), shape[0] * shape[1]
        first = run[0][2]
        if _is_one_value(first) and area == whole:
            found.append((rows, columns, np.broadcast_to(first[0, 0], shape)))
        elif len(run) > 1 and not _is_one_value(first) and area >= _DENSE * whole:
            change = np.zeros(shape, np.uint8)
            for r, c, part in run:
                top, left = r.start - rows.start, c.start - columns.start
                change[top : top + part.shape[0], left : left + part.shape[1]] = part
            found.append((rows, columns, change))
        else:
            found += run
    return tuple(found)


def _runs(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Pieces, one a tile, by rows of tiles: of tiles side by side, those of one value, or those of many."""
    run: list[Piece] = []
    for piece in sorted(pieces, key=_tile):
        if run and not _goes_on(run[-1], piece):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _goes_on(left: Piece, right: Piece) -> bool:
    (row, column), change, other = _tile(left), left[2], right[2]
    if _tile(right) != (row, column + 1) or _is_one_value(change) != _is_one_value(other):
        return False
    return not _is_one_value(change) or bool(change[0, 0] == other[0, 0])


def _tile(piece: Piece) -> TileKey:
    return piece[0].start // TILE, piece[1].start // TILE


def _is_one_value(change: NDArray[np.uint8]) -> bool:
    return not change.strides[-1]


def _toggle(plane: NDArray[np.uint8], pieces: Iterable[Piece]) -> None:
    for rows, columns, change in pieces:
        part = plane[rows, columns]
        if _is_one_value(change):
            np.bitwise_xor(part, change, out=part)
        else:
            cv2.bitwise_xor(part, change, dst=part)  # two thirds of what numpy takes
