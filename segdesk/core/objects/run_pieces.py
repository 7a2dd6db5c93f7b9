"""What hangs together in labels that no borders part, found as runs down their columns.

Runs are few, so that this takes a fraction of the time, and of the memory, of a plane of numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.mask import BACKGROUND, Plane
from segdesk.core.objects.components import united
from segdesk.core.runs import changes

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RunPieces:
    """Runs of classes other than the background, column after column, and the pieces that they make.

    height / width: of the labels.   starts / stops: (runs,) places, column * height + row.
    columns / tops / bottoms: (runs,) the same as columns and rows.   pieces: (runs,) the piece of each, from
    0 on, in the order in which `Numbering` numbers new objects.   classes: (pieces,) of each piece.
    """

    height: int
    width: int
    starts: Whole
    stops: Whole
    columns: Whole
    tops: Whole
    bottoms: Whole
    pieces: Whole
    classes: Plane

    @classmethod
    def of(cls, labels: Plane) -> RunPieces:
        """Those of (height, width) labels; neighbours by sides and corners hang together."""
        height, width = labels.shape
        if not labels.size:
            none = np.zeros(0, np.int64)
            return cls(height, width, none, none, none, none, none, none, np.zeros(0, np.uint8))
        flat = np.asarray(cv2.transpose(labels)).ravel()
        starts = np.append(np.zeros(1, np.int64), changes(flat, height))
        stops = np.append(starts[1:], flat.size)
        values = flat[starts]
        inside = values != BACKGROUND
        starts, stops, values = starts[inside], stops[inside], values[inside]
        columns = starts // height
        tops, bottoms = starts - columns * height, stops - columns * height
        # Runs of the column before that touch each one.
        before = (columns - 1) * height
        first = np.searchsorted(stops, before + np.maximum(tops - 1, 0), side="right")
        last = np.searchsorted(starts, before + np.minimum(bottoms + 1, height), side="left")
        beside = np.maximum(last - first, 0)
        run = np.repeat(np.arange(len(starts)), beside)
        other = np.arange(len(run)) - np.repeat(np.cumsum(beside) - beside - first, beside)
        alike = values[run] == values[other]
        owners = united(len(starts), other[alike].astype(np.int32), run[alike].astype(np.int32))
        roots, piece = np.unique(owners, return_inverse=True)
        # OpenCV goes through squares of two by two pixels, row by row.
        squares = np.full(len(roots), flat.size)
        np.minimum.at(squares, piece, tops // 2 * width + columns // 2)
        order = np.lexsort((squares, values[roots]))
        place = np.empty(len(roots), np.int64)
        place[order] = np.arange(len(roots))
        return cls(
            height, width, starts, stops, columns, tops, bottoms, place[piece], values[roots][order]
        )  # fmt: skip

    @property
    def boxes(self) -> Whole:
        """(pieces, 4): x, y, width and height of each."""
        count = len(self.classes)
        left, top = np.full(count, self.width), np.full(count, self.height)
        right, bottom = np.zeros(count, np.int64), np.zeros(count, np.int64)
        np.minimum.at(left, self.pieces, self.columns)
        np.maximum.at(right, self.pieces, self.columns + 1)
        np.minimum.at(top, self.pieces, self.tops)
        np.maximum.at(bottom, self.pieces, self.bottoms)
        return np.column_stack([left, top, right - left, bottom - top])

    def runs_at(self, places: Whole) -> Whole:
        """The runs that have the pixels at row * width + column; -1 where none has."""
        y, x = np.divmod(places, self.width)
        wanted = x * self.height + y
        run = np.searchsorted(self.starts, wanted, side="right") - 1
        return np.where((run >= 0) & (y < self.height) & (wanted < np.append(self.stops, 0)[run]), run, -1)

    def within(self, rows: Whole) -> Whole:
        """Of each piece, the middle one of its pixels in a row that it has some in: row * width + column."""
        there = np.flatnonzero((self.tops <= rows[self.pieces]) & (rows[self.pieces] < self.bottoms))
        there = there[np.argsort(self.pieces[there], kind="stable")]
        counts = np.bincount(self.pieces[there], minlength=len(rows))
        middle = there[np.cumsum(counts) - counts + counts // 2]
        return np.asarray(rows * self.width + self.columns[middle])
