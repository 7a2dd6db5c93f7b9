"""What differs in a mask, as rectangles in memory: done and taken back in a few milliseconds.

Packed tiles are for the disk. Those who undo what they have just done should not wait until a thousand of
them are unpacked, so the newest changes are kept in this form as well, as far as it is small.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box

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
    return sum(200 + (change.size if change.strides[-1] else 0) for _, _, change in pieces)


def toggle(plane: NDArray[np.uint8], pieces: Iterable[Piece]) -> None:
    """Do the changes in a plane, or take them back."""
    for rows, columns, change in pieces:
        part = plane[rows, columns]
        if change.strides[-1]:
            cv2.bitwise_xor(part, change, dst=part)  # two thirds of what numpy takes
        else:
            np.bitwise_xor(part, change, out=part)
