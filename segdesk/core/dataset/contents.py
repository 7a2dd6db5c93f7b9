"""What a mask holds, in numbers that are small enough to be kept for every image of a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.mask import PackedMask, PackedPlane, Plane, tile_box, unpack_tile
from segdesk.core.objects.components import components
from segdesk.core.patch import State

MOST_PIXELS = 64_000_000  # of an image whose objects are counted; numbering them takes four bytes a pixel
_EXACT = 2**24  # pixels up to which a histogram in float32 is exact


@dataclass(frozen=True)
class Content:
    """pixels: of each class that occurs, by its index, the background included.

    objects: of each of the user's classes that occurs: pixels that hang together, across no border; None
        for an image of more than MOST_PIXELS.   corrected: how many pixels a person asserted.
    """

    pixels: Mapping[int, int]
    objects: Mapping[int, int] | None
    corrected: int

    @property
    def amounts(self) -> Mapping[int, float]:
        """The share of the image that each of the user's classes has, 0 to 1."""
        total = sum(self.pixels.values()) or 1
        return {index: count / total for index, count in self.pixels.items() if index}


def count(mask: PackedMask, state: State) -> Content:
    """Count what a mask holds.

    Raises:
        ValueError, zlib.error: a tile is damaged.
    """
    plane = mask.labels
    size = plane.height * plane.width
    if not plane.tiles:
        return Content({0: size}, {}, _asserted(mask.corrected, state))
    pixels = np.zeros(256, np.int64)
    whole: Plane | None = None
    if size <= MOST_PIXELS:
        whole = plane.unpack()
        pixels += _histogram(whole)
    else:
        for key, data in plane.tiles.items():
            box = tile_box(key, plane.height, plane.width)
            pixels += _histogram(unpack_tile(data, box))
        pixels[0] += size - pixels.sum()
    found = {int(index): int(pixels[index]) for index in np.flatnonzero(pixels)}
    borders = mask.borders.unpack() if mask.borders is not None else None
    objects = None if whole is None else {c: _objects(whole, c, borders) for c in found if c}
    return Content(found, objects, _asserted(mask.corrected, state))


def _histogram(plane: Plane) -> NDArray[np.int64]:
    """(256,) how many pixels there are of each value, in a fifth of the time that bincount takes."""
    counts = np.zeros(256, np.int64)
    rows = max(1, _EXACT // plane.shape[1])
    for top in range(0, plane.shape[0], rows):
        part = cv2.calcHist([plane[top : top + rows]], [0], None, [256], [0, 256])
        counts += part.ravel().astype(np.int64)
    return counts


def _objects(labels: Plane, index: int, borders: Plane | None) -> int:
    same: Plane = (labels == index).view(np.uint8)
    if borders is not None:
        return len(components(same > 0, borders).areas)
    x, y, width, height = cv2.boundingRect(same)
    same = np.ascontiguousarray(same[y : y + height, x : x + width])
    number, _ = cv2.connectedComponents(same, connectivity=8, ltype=cv2.CV_32S)
    return int(number) - 1


def _asserted(plane: PackedPlane, state: State) -> int:
    if state is State.CONFIRMED:
        return plane.height * plane.width
    return sum(
        int(np.count_nonzero(unpack_tile(data, tile_box(key, plane.height, plane.width))))
        for key, data in plane.tiles.items()
    )
