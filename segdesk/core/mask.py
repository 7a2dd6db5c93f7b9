"""The mask of a sample: which class each pixel has, and which pixels a person asserted."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box

BACKGROUND = 0
MAX_CLASSES = 255  # the background and 254 of the user's
UNLABELLED = 255  # in a plane or a file: nobody said what this pixel is; never a class
TILE = 256  # side of the squares that masks are stored in, in pixels

_BY_CHANGES = (
    b"\x01"  # how a packed tile begins; a bare zlib stream, which an older SegDesk wrote, never does
)
_SPARSE = 6  # one pixel of so many may differ from the one above

Plane = NDArray[np.uint8]
TileKey = tuple[int, int]  # row and column of a tile


class Mask:
    """Two planes of an image's size.

    labels: (height, width) uint8, class indices; what a person sees.
    corrected: (height, width) uint8, 1 where a person asserted the class, else 0.
    """

    def __init__(self, labels: Plane, corrected: Plane) -> None:
        if labels.shape != corrected.shape or labels.ndim != 2:
            raise ValueError(f"planes of shapes {labels.shape} and {corrected.shape} make no mask")
        self.labels = labels
        self.corrected = corrected

    @classmethod
    def empty(cls, height: int, width: int) -> Mask:
        """All background, nothing asserted."""
        return cls(np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8))

    @property
    def box(self) -> Box:
        height, width = self.labels.shape
        return Box(0, 0, width, height)

    def copy(self) -> Mask:
        return Mask(self.labels.copy(), self.corrected.copy())

    def corrections(self) -> Plane:
        """(height, width) class indices where a person asserted one, UNLABELLED elsewhere."""
        return np.where(self.corrected == 1, self.labels, np.uint8(UNLABELLED)).astype(np.uint8)


def tile_keys(box: Box) -> Iterator[TileKey]:
    """The tiles that a box touches, row by row."""
    if not box.is_empty:
        for row in range(box.y // TILE, (box.bottom - 1) // TILE + 1):
            for column in range(box.x // TILE, (box.right - 1) // TILE + 1):
                yield row, column


def tile_box(key: TileKey, height: int, width: int) -> Box:
    """The pixels of a tile, cut off at the edge of a plane of (height, width)."""
    row, column = key
    return Box(column * TILE, row * TILE, TILE, TILE).intersect(Box(0, 0, width, height))


def pack_tile(plane: Plane, key: TileKey) -> bytes | None:
    """Compress one tile of a plane; None where it is all zero, which need not be stored."""
    part = plane[tile_box(key, *plane.shape).slices]
    return pack_pixels(part) if part.any() else None


def pack_pixels(pixels: Plane) -> bytes:
    """Compress (height, width) class indices, or their changes; TILE pixels a side at most.

    Rows are mostly like the row above, so where a pixel differs from the one above it, its place and the
    difference are stored: a third of what deflating the pixels takes, and read in the same time.
    """
    rows = pixels.copy()
    rows[1:] ^= pixels[:-1]
    flat = rows.ravel()
    places = np.flatnonzero(flat != 0)
    if places.size > flat.size // _SPARSE:
        return zlib.compress(pixels.tobytes(), 1)
    gaps = np.diff(places, prepend=0).astype("<u2").view(np.uint8).reshape(-1, 2)
    # High bytes by themselves are mostly zeros.
    return _BY_CHANGES + zlib.compress(
        gaps[:, 1].tobytes() + gaps[:, 0].tobytes() + flat[places].tobytes(), 1
    )


def unpack_tile(data: bytes, box: Box) -> Plane:
    """The pixels of a tile that covers `box`.

    Raises:
        ValueError, zlib.error: the data is not such a tile, to its very last byte.
    """
    size = box.width * box.height
    if data[:1] != _BY_CHANGES:
        return _inflated(data, size).reshape(box.height, box.width)
    high, low, changes = _inflated(data[1:], 3 * size).reshape(3, -1)
    places = np.cumsum(high.astype(np.int64) << 8 | low)
    if places.size and places[-1] >= size:
        raise ValueError("a change lies beyond the tile")
    rows = np.zeros((box.height, box.width), np.uint8)
    rows.ravel()[places] = changes
    # Eight pixels at a time take a fourteenth of the time that one at a time does.
    eights = rows.view(np.uint64) if box.width % 8 == 0 else rows
    return np.bitwise_xor.accumulate(eights, axis=0).view(np.uint8)


def _inflated(data: bytes, most: int) -> NDArray[np.uint8]:
    """All that a stream of zlib's holds; a lying one cannot fill the memory."""
    stream = zlib.decompressobj()
    pixels = stream.decompress(data, most + 1)
    if not stream.eof:
        raise ValueError("the data does not end where the tile does")
    return np.frombuffer(pixels, np.uint8)


@dataclass(frozen=True)
class PackedPlane:
    """A plane as compressed tiles: small, immutable, and cheap to hand to a job."""

    height: int
    width: int
    tiles: Mapping[TileKey, bytes]

    @classmethod
    def pack(cls, plane: Plane) -> PackedPlane:
        height, width = plane.shape
        packed = {key: pack_tile(plane, key) for key in tile_keys(Box(0, 0, width, height))}
        return cls(height, width, {key: data for key, data in packed.items() if data is not None})

    def unpack(self) -> Plane:
        """(height, width) uint8; raises ValueError or zlib.error where a tile is damaged."""
        plane = np.zeros((self.height, self.width), np.uint8)
        for key, data in self.tiles.items():
            box = tile_box(key, self.height, self.width)
            plane[box.slices] = unpack_tile(data, box)
        return plane


@dataclass(frozen=True)
class PackedMask:
    """A mask as compressed tiles."""

    labels: PackedPlane
    corrected: PackedPlane

    @classmethod
    def pack(cls, mask: Mask) -> PackedMask:
        return cls(PackedPlane.pack(mask.labels), PackedPlane.pack(mask.corrected))

    def unpack(self) -> Mask:
        return Mask(self.labels.unpack(), self.corrected.unpack())
