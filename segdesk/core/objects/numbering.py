"""All objects of a mask by number, kept up to date as the mask changes.

A number stays with its object while the mask changes: only what a change touched is looked at again, and
where an object falls apart or two grow together, the piece with the most of its old pixels keeps the number.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND, Plane
from segdesk.core.objects.found import FoundObject
from segdesk.core.painting import Point

Ids = NDArray[np.int32]

_NOTHING: Ids = np.zeros((0, 0), np.int32)


@dataclass(frozen=True)
class Renumbered:
    """What an update has done. box: where pixels may have other numbers now."""

    box: Box
    gone: frozenset[int]
    found: frozenset[int]  # new, or of another shape than before


class Numbering:
    """The objects of (height, width) labels; all classes but the background.

    ids: (height, width) int32, the object's number from 1 on, 0 on the background. Four bytes a pixel.
    boxes / classes: of each number.
    """

    def __init__(self, labels: Plane) -> None:
        height, width = labels.shape
        self.ids: Ids = np.zeros((height, width), np.int32)
        self.boxes: dict[int, Box] = {}
        self.classes: dict[int, int] = {}
        self._next = 1
        self._take(labels, Box(0, 0, width, height), labels != BACKGROUND, _NOTHING)

    def reach(self, box: Box) -> Box:
        """What has to be looked at when labels have changed in a box: it, and the objects next to it."""
        return self._touched(box)[1]

    def update(self, labels: Plane, box: Box) -> Renumbered:
        """Look again at what has changed in a box, with the labels of the whole image."""
        return self.update_part(labels[self.reach(box).slices], box)

    def update_part(self, part: Plane, box: Box) -> Renumbered:
        """Look again at what has changed in a box, with the labels of what `reach` gives for it."""
        touched, region = self._touched(box)
        if region.is_empty:
            return Renumbered(region, frozenset(), frozenset())
        old = self.ids[region.slices].copy()
        again = np.isin(old, touched)
        inside = box.intersect(region)
        again[
            inside.y - region.y : inside.bottom - region.y, inside.x - region.x : inside.right - region.x
        ] = True
        for number in touched:
            del self.boxes[number], self.classes[number]
        self.ids[region.slices][again] = 0
        found = self._take(part, region, again & (part != BACKGROUND), old)
        return Renumbered(region, frozenset(touched) - found, frozenset(found))

    def _touched(self, box: Box) -> tuple[list[int], Box]:
        whole = Box(0, 0, self.ids.shape[1], self.ids.shape[0])
        near = self.ids[box.grow(1).intersect(whole).slices]
        touched = [int(n) for n in np.flatnonzero(np.bincount(near.ravel())) if n]
        region = box.intersect(whole)
        for number in touched:
            region = region.unite(self.boxes[number])
        return touched, region

    def get(self, number: int) -> FoundObject:
        """The object of this number; raises KeyError where there is none."""
        box = self.boxes[number]
        return FoundObject(self.classes[number], box, self.ids[box.slices] == number)

    def number_at(self, point: Point) -> int:
        """The number of the object under a place; 0 where there is none."""
        x, y = int(np.floor(point[0])), int(np.floor(point[1]))
        height, width = self.ids.shape
        return int(self.ids[y, x]) if 0 <= x < width and 0 <= y < height else 0

    def _take(self, part: Plane, region: Box, where: NDArray[np.bool_], old: Ids) -> set[int]:
        """Number the objects of the labels of a region, where asked for; gives their numbers."""
        pieces: list[tuple[int, Box]] = []  # class, box in the region
        piece_at: Ids = np.zeros(part.shape, np.int32)  # from 1
        sizes: list[tuple[int, int, int]] = []  # pixels in common, piece, old number
        for index in np.flatnonzero(np.bincount(part[where], minlength=256)).tolist():
            plane = ((part == index) & where).astype(np.uint8)
            _, components, stats, _ = cv2.connectedComponentsWithStats(plane, connectivity=8)
            np.add(components, len(pieces), out=piece_at, where=plane > 0)
            pieces += [(index, Box(*row)) for row in stats[1:, :4].tolist()]
        if old.size:
            sizes = _in_common(piece_at, old)
        names: dict[int, int] = {}
        taken: set[int] = set()
        for _, piece, number in sorted(sizes, reverse=True):
            if piece not in names and number not in taken:
                names[piece] = number
                taken.add(number)
        numbers = np.zeros(len(pieces) + 1, np.int32)
        for piece, (index, box) in enumerate(pieces, start=1):
            number = names.get(piece, self._next)
            self._next = max(self._next, number + 1)
            numbers[piece] = number
            self.boxes[number] = Box(region.x + box.x, region.y + box.y, box.width, box.height)
            self.classes[number] = index
        self.ids[region.slices] += numbers[piece_at]
        return set(numbers[1:].tolist())


def _in_common(piece_at: Ids, old: Ids) -> list[tuple[int, int, int]]:
    """How many pixels each piece shares with each old object: (pixels, piece, old number)."""
    both = (piece_at > 0) & (old > 0)
    pairs = np.sort(piece_at[both].astype(np.int64) << 32 | old[both])
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    values, counts = pairs[starts], np.diff(starts, append=len(pairs))
    return [
        (int(count), int(pair >> 32), int(pair & 0xFFFFFFFF))
        for pair, count in zip(values, counts, strict=True)
    ]
