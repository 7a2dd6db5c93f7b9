"""What a mask holds, in numbers that are small enough to be kept for every image of a project."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.mask import PackedMask, PackedPlane, Plane, tile_box, unpack_tile
from segdesk.core.objects.components import components
from segdesk.core.objects.run_pieces import RunPieces
from segdesk.core.patch import State

MOST_PIXELS = 64_000_000  # of an image whose objects are counted; numbering them takes four bytes a pixel
_COUNTING = 1  # to be raised when masks are counted in another way
_EXACT = 2**24  # pixels up to which a histogram in float32 is exact


@dataclass(frozen=True, slots=True)
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

    def to_text(self) -> str:
        """As short text, to be kept."""
        objects = list(self.objects.items()) if self.objects is not None else None
        return json.dumps([_COUNTING, list(self.pixels.items()), objects, self.corrected])

    @classmethod
    def from_text(cls, text: str) -> Content | None:
        """What `to_text` gave; None where it cannot be understood, or is from another way of counting."""
        try:
            counting, pixels, objects, corrected = json.loads(text)
            if counting != _COUNTING:
                return None
            found = _numbers(objects) if objects is not None else None
            return cls(_numbers(pixels), found, int(corrected))
        except (ValueError, TypeError, RecursionError):
            return None


def _numbers(pairs: Any) -> dict[int, int]:
    """From what JSON says; raises TypeError or ValueError where that is something else."""
    return {int(index): int(number) for index, number in pairs}


def count(mask: PackedMask, state: State) -> Content:
    """Count what a mask holds.

    Raises:
        ValueError, zlib.error: a tile is damaged.
    """
    plane = mask.labels
    size = plane.height * plane.width
    if not plane.tiles:
        return Content({0: size}, {}, _asserted(mask.corrected, state))
    if size <= MOST_PIXELS:
        pixels, objects = _found(plane.unpack(), mask.borders.unpack() if mask.borders is not None else None)
        return Content(pixels, objects, _asserted(mask.corrected, state))
    counts = np.zeros(256, np.int64)
    for key, data in plane.tiles.items():
        counts += _histogram(unpack_tile(data, tile_box(key, plane.height, plane.width)))
    counts[0] += size - counts.sum()
    every = {int(index): int(counts[index]) for index in np.flatnonzero(counts)}
    return Content(every, None, _asserted(mask.corrected, state))


def _found(labels: Plane, borders: Plane | None) -> tuple[dict[int, int], dict[int, int]]:
    """Pixels of each class, and objects of each of the user's."""
    runs = RunPieces.of(labels)
    lengths = np.zeros(len(runs.classes), np.int64)
    np.add.at(lengths, runs.pieces, runs.stops - runs.starts)
    counts = np.zeros(256, np.int64)
    np.add.at(counts, runs.classes, lengths)
    counts[0] = labels.size - counts.sum()
    pixels = {int(index): int(counts[index]) for index in np.flatnonzero(counts)}
    if borders is not None:
        return pixels, {c: len(components(labels == c, borders).areas) for c in pixels if c}
    objects = np.bincount(runs.classes, minlength=256)
    return pixels, {c: int(objects[c]) for c in pixels if c}


def _histogram(plane: Plane) -> NDArray[np.int64]:
    """(256,) how many pixels there are of each value, in a fifth of the time that bincount takes."""
    counts = np.zeros(256, np.int64)
    rows = max(1, _EXACT // plane.shape[1])
    for top in range(0, plane.shape[0], rows):
        part = cv2.calcHist([plane[top : top + rows]], [0], None, [256], [0, 256])
        counts += part.ravel().astype(np.int64)
    return counts


def _asserted(plane: PackedPlane, state: State) -> int:
    if state is State.CONFIRMED:
        return plane.height * plane.width
    return sum(
        int(np.count_nonzero(unpack_tile(data, tile_box(key, plane.height, plane.width))))
        for key, data in plane.tiles.items()
    )
