"""The mask of a sample: which class each pixel has, and which pixels a person asserted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.planes import blank_plane
from segdesk.core.tile_codec import SIDE, pack_pixels, unpack_pixels

BACKGROUND = 0
MAX_CLASSES = 255  # the background and 254 of the user's
UNLABELLED = 255  # in a plane or a file: nobody said what this pixel is; never a class
TILE = SIDE  # of the squares that masks are stored in, in pixels

Plane = NDArray[np.uint8]
TileKey = tuple[int, int]  # row and column of a tile


class Mask:
    """Two planes of an image's size, and a third one where objects that touch are parted.

    labels: (height, width) uint8, class indices; what a person sees.
    corrected: (height, width) uint8, 1 where a person asserted the class, else 0.
    borders: (height, width) uint8, as in `segdesk.core.borders`; None until there is a first one, so that
        most masks do without.
    """

    def __init__(self, labels: Plane, corrected: Plane, borders: Plane | None = None) -> None:
        shapes = {plane.shape for plane in (labels, corrected, borders) if plane is not None}
        if len(shapes) > 1 or labels.ndim != 2:
            raise ValueError(f"planes of shapes {sorted(shapes)} make no mask")
        self.labels = labels
        self.corrected = corrected
        self.borders = borders

    @classmethod
    def empty(cls, height: int, width: int) -> Mask:
        """All background, nothing asserted."""
        return cls(blank_plane(height, width), blank_plane(height, width))

    @property
    def box(self) -> Box:
        height, width = self.labels.shape
        return Box(0, 0, width, height)

    def copy(self) -> Mask:
        borders = self.borders.copy() if self.borders is not None else None
        return Mask(self.labels.copy(), self.corrected.copy(), borders)

    def with_borders(self) -> Plane:
        """The plane of borders, made where there was none yet."""
        if self.borders is None:
            self.borders = np.zeros(self.labels.shape, np.uint8)
        return self.borders

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


def unpack_tile(data: bytes, box: Box) -> Plane:
    """The pixels of a tile that covers `box`.

    Raises:
        ValueError, zlib.error: the data is not such a tile, to its very last byte.
    """
    return unpack_pixels(data, box.height, box.width)


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
        plane = blank_plane(self.height, self.width)
        for key, data in self.tiles.items():
            box = tile_box(key, self.height, self.width)
            plane[box.slices] = unpack_tile(data, box)
        return plane


@dataclass(frozen=True)
class PackedMask:
    """A mask as compressed tiles. borders: None where nothing is parted."""

    labels: PackedPlane
    corrected: PackedPlane
    borders: PackedPlane | None = None

    @classmethod
    def pack(cls, mask: Mask) -> PackedMask:
        borders = PackedPlane.pack(mask.borders) if mask.borders is not None else None
        return cls(PackedPlane.pack(mask.labels), PackedPlane.pack(mask.corrected), borders)

    def unpack(self) -> Mask:
        borders = self.borders.unpack() if self.borders is not None else None
        return Mask(self.labels.unpack(), self.corrected.unpack(), borders)
