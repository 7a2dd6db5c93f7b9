"""The stacks among the samples: pages of one file, or slices of one series, that the list shows as one entry.

stacks = Stacks(samples, volumes)
stacks.number[row]              which stack the sample of a row belongs to; ALONE: none
stacks.pages(row)               the rows of all pages of its stack, by their place in it
stacks.together(order)          the same order, with all that is in one stack side by side
fold(rows, stacks, opened)      what a list shows of them: an Entry a line

All of it is done on arrays, so that a hundred thousand pages take no longer than a frame.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.project import Sample

ALONE = -1
_NOWHERE = -1

Rows = NDArray[np.intp]


class Stacks:
    """Which samples are pages of one file, or slices of one series, of which more than one is in the project.

    number: of each row, which stack it is in.   place: where in it, from 0 on; of a file, the page.
    paths: the file that each stack is known by: its own, or that of the first slice.
    """

    def __init__(self, samples: Sequence[Sample] = (), volumes: Sequence[Sequence[int]] = ()) -> None:
        """volumes: the ids of the samples of each series, in their order; some may be gone."""
        self.number = np.full(len(samples), ALONE, np.intp)
        self.place = np.zeros(len(samples), np.intp)
        self.paths: list[Path] = []
        self._files = 0  # stacks that are files; those of series come after them
        self._pages: list[Rows] = []  # rows by page, by number
        # A file of which more than one page is there has at least one that is not the first.
        paged = {sample.source.path for sample in samples if sample.source.page}
        found: dict[Path, list[int]] = {path: [] for path in paged}
        if paged:
            for row, sample in enumerate(samples):
                if sample.source.path in found:
                    found[sample.source.path].append(row)
        for path, rows in found.items():
            if len(rows) > 1:
                rows.sort(key=lambda row: samples[row].source.page)
                self._add(path, rows, [samples[row].source.page for row in rows])
        self._files = len(self.paths)
        if volumes:
            row_of = {sample.id: row for row, sample in enumerate(samples)}
            for volume in volumes:
                rows = [row_of[each] for each in volume if each in row_of]
                rows = [row for row in rows if self.number[row] == ALONE]
                if len(rows) > 1:
                    self._add(samples[rows[0]].source.path, rows, range(len(rows)))

    def _add(self, path: Path, rows: list[int], places: Sequence[int]) -> None:
        self.number[rows] = len(self.paths)
        self.place[rows] = places
        self.paths.append(path)
        self._pages.append(np.array(rows, np.intp))

    def __bool__(self) -> bool:
        return bool(self.paths)

    def is_series(self, row: int) -> bool:
        """Whether the sample of a row is a slice of a series: a file for itself."""
        return bool(self.number[row] >= self._files)

    def pages(self, row: int) -> Rows:
        """The rows of all that are in one stack with the sample of a row, by place; itself if alone."""
        number = self.number[row]
        return np.array([row], np.intp) if number == ALONE else self._pages[number]

    def together(self, order: Rows, *, by_place: bool = False) -> Rows:
        """An order of rows in which each stack stands where the first of its pages stood.

        by_place: slices of a series lie as in space, whatever their names; else, and the pages of a file,
        they stay in the order that they had.
        """
        if not self:
            return order
        number = self.number[order]
        first = np.full(len(self.paths), len(order), np.intp)
        inside = number != ALONE
        places = np.arange(len(order))
        np.minimum.at(first, number[inside], places[inside])
        key = places.copy()
        key[inside] = first[number[inside]]
        inner = np.where(number >= self._files, self.place[order], places) if by_place else places
        return order[np.lexsort((inner, key))]


@dataclass(frozen=True)
class Entries:
    """The lines of a list, from the top down.

    rows: the sample of each; of a stack's own line, its first page that is shown.
    is_stack: where a line is a stack's own.
    place: the line of each sample; that of its stack where it is closed.
    """

    rows: Rows
    is_stack: NDArray[np.bool_]
    place: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def place_of(self, row: int) -> int | None:
        """The line that a sample is in; None where it is not shown."""
        place = int(self.place[row]) if row < len(self.place) else _NOWHERE
        return None if place == _NOWHERE else place

    def above(self, line: int) -> int | None:
        """The last line, up to this one, that is a stack's own."""
        found = np.flatnonzero(self.is_stack[: line + 1])
        return int(found[-1]) if len(found) else None


def fold(rows: Sequence[int], stacks: Stacks, opened: Collection[Path], *, together: bool = True) -> Entries:
    """What a list shows of rows in which the pages of a stack stand side by side.

    opened: the stacks, by their `paths`, whose pages are shown below their own line.
    together: whether there are stacks at all.
    """
    shown = np.asarray(rows, np.intp)
    number = stacks.number[shown] if together and stacks else np.full(len(shown), ALONE, np.intp)
    alone = number == ALONE
    is_open = np.array([path in opened for path in stacks.paths] or [False], np.bool_)
    begins = ~alone & (np.r_[ALONE, number[:-1]] != number) if len(number) else alone
    visible = alone | is_open[number]
    ends = np.cumsum(begins.astype(np.intp) + visible)
    count = int(ends[-1]) if len(ends) else 0
    entries, is_stack = np.empty(count, np.intp), np.zeros(count, np.bool_)
    heads = (ends - visible - 1)[begins]
    entries[heads], is_stack[heads] = shown[begins], True
    entries[ends[visible] - 1] = shown[visible]
    lines = np.where(visible, ends - 1, np.maximum.accumulate(np.where(begins, ends - visible - 1, 0)))
    place = np.full(len(stacks.number), _NOWHERE, np.intp)
    place[shown] = lines
    return Entries(entries, is_stack, place)
