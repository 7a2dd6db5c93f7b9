"""All objects of a mask by number, kept up to date as the mask changes.

A number stays with its object while the mask changes: only what a change touched is looked at again, and
where an object falls apart or two grow together, the piece with the most of its old pixels keeps the number.
Objects that are found afresh, or come back, are known by their anchors (see `anchors`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.borders import Bits
from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND, Plane
from segdesk.core.objects.anchors import Anchors
from segdesk.core.objects.components import components
from segdesk.core.objects.found import FoundObject
from segdesk.core.painting import Point
from segdesk.core.runs import changes

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

    def __init__(self, labels: Plane, borders: Bits | None = None, anchors: Anchors | None = None) -> None:
        """borders: of the mask. anchors: what was known of its objects before."""
        known = anchors or Anchors()
        height, width = labels.shape
        self.ids: Ids = _NOTHING
        self._width = width
        self.boxes: dict[int, Box] = {}
        self.classes: dict[int, int] = {}
        self._places: dict[int, int] = {**known.former, **known.current}  # of all numbers ever given
        self._current = frozenset(known.current)  # go first where an object has several
        self._next = known.following
        self._take(labels, borders, Box(0, 0, width, height), None, _NOTHING)
        self._current = frozenset[int]()

    @property
    def anchors(self) -> Anchors:
        """What ties the objects to their numbers."""
        current = {number: self._places[number] for number in self.boxes}
        return Anchors(current, {n: place for n, place in self._places.items() if n not in current})

    def reach(self, box: Box) -> Box:
        """What has to be looked at when labels have changed in a box: it, and the objects next to it."""
        return self._touched(box)[1]

    def update(self, labels: Plane, box: Box, borders: Bits | None = None) -> Renumbered:
        """Look again at what has changed in a box, with the planes of the whole image."""
        part = self.reach(box).slices
        return self.update_part(labels[part], box, borders[part] if borders is not None else None)

    def update_part(self, part: Plane, box: Box, borders: Bits | None = None) -> Renumbered:
        """Look again at what has changed in a box, with the planes of what `reach` gives for it."""
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
        found = self._take(part, borders, region, again, old)
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

    def _take(
        self, part: Plane, borders: Bits | None, region: Box, where: NDArray[np.bool_] | None, old: Ids
    ) -> set[int]:
        """Number the objects of a region, where asked for (None: everywhere); gives their numbers."""
        pieces: list[tuple[int, Box]] = []  # class, box in the region
        piece_at: Ids | None = None  # from 1; None: there are no pieces
        sizes: list[tuple[int, int, int]] = []  # pixels in common, piece, old number
        for index in _classes(part):
            if index == BACKGROUND:
                continue
            plane = part == index
            if where is not None:
                plane &= where
                if not plane.any():
                    continue
            found = components(plane, borders)
            if piece_at is None:
                piece_at = found.ids  # no more than one class: nothing has to be brought together
            else:
                np.add(found.ids, len(pieces), out=piece_at, where=plane)
            pieces += [(index, Box(*row)) for row in found.boxes.tolist()]
        if piece_at is None:
            piece_at = np.zeros(part.shape, np.int32)
        if old.size:
            sizes = _in_common(piece_at, old)
        names: dict[int, int] = {}
        taken: set[int] = set()
        for _, piece, number in sorted(sizes, reverse=True):
            if piece not in names and number not in taken:
                names[piece] = number
                taken.add(number)
        self._recall(piece_at, region, names, taken)
        numbers = np.zeros(len(pieces) + 1, np.int32)
        for piece, (index, box) in enumerate(pieces, start=1):
            number = names.get(piece, self._next)
            self._next = max(self._next, number + 1)
            numbers[piece] = number
            self.boxes[number] = Box(region.x + box.x, region.y + box.y, box.width, box.height)
            self.classes[number] = index
        if not np.array_equal(numbers, np.arange(len(numbers))):
            piece_at = numbers[piece_at]
        if where is None:
            self.ids = piece_at  # all of the image
        else:
            self.ids[region.slices] += piece_at
        self._tie(numbers[1:].tolist())
        return set(numbers[1:].tolist())

    def _recall(self, piece_at: Ids, region: Box, names: dict[int, int], taken: set[int]) -> None:
        """Give pieces without a number the one that an anchor in them has, and no object any more."""
        width = self._width
        free = [n for n in self._places if n not in self.boxes and n not in taken]
        if not free or not region.width:
            return
        y, x = np.divmod(np.array([self._places[n] for n in free], np.int64), width)
        inside = (x >= region.x) & (x < region.right) & (y >= region.y) & (y < region.bottom)
        at = np.zeros(len(free), np.int32)
        at[inside] = piece_at[y[inside] - region.y, x[inside] - region.x]
        found = ((n, p) for n, p in zip(free, at.tolist(), strict=True) if p)
        for number, piece in sorted(found, key=lambda pair: (pair[0] not in self._current, pair[0])):
            if piece not in names:
                names[piece] = number

    def _tie(self, numbers: Iterable[int]) -> None:
        """Tie numbers to a pixel of their objects, where it is not one of them already."""
        height, width = self.ids.shape
        for number in numbers:
            y, x = divmod(self._places.get(number, -1), width)
            if not 0 <= y < height or self.ids[y, x] != number:
                box = self.boxes[number]
                y = box.y + box.height // 2  # it hangs together, so that it has a pixel in each of its rows
                own = np.flatnonzero(self.ids[y, box.x : box.right] == number)
                self._places[number] = y * width + box.x + int(own[len(own) // 2])


def _classes(part: Plane) -> list[int]:
    """Which classes occur."""
    if not part.size:
        return []
    flat = np.ascontiguousarray(part).ravel()
    there = np.zeros(256, np.bool_)
    there[flat[0]] = True
    there[flat[changes(flat)]] = True  # a fraction of what counting all pixels takes
    found: list[int] = np.flatnonzero(there).tolist()
    return found


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
