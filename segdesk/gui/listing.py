"""Which samples the list shows, in which order, and which of them would be the most useful one next.

The order is worked out at moments when the list may change: another order or filter was chosen, samples
came or went, a round's predictions are all in. In between it stays, however the scores move. What is known
of the samples lies in arrays, so that even a hundred thousand of them are ordered within a frame.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from segdesk.core.naming import natural_key
from segdesk.core.patch import State
from segdesk.core.project import Sample, Score
from segdesk.gui.stacks import Stacks

_STATES = list(State)
_NOWHERE = -1


class Order(StrEnum):
    """How the list is ordered."""

    ADDED = "added"
    NAME = "name"
    UNCERTAINTY = "uncertainty"
    DISAGREEMENT = "disagreement"


BY_SCORE = (Order.UNCERTAINTY, Order.DISAGREEMENT)


class Listing(QObject):
    """The rows of the workbench's samples that are shown, in their order.

    changed: other rows are shown, or in another order. rows: what is shown, as rows of the samples.
    counts: how many samples are in each state. stacks: which of them are pages of one file, or slices of one
    series; where `stacked`, these stay side by side, in the place of the first of them.
    """

    changed = Signal()

    def __init__(self, order: Order = Order.ADDED, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.order = order
        self.states: frozenset[State] = frozenset(State)
        self.text = ""  # in the names of all that is shown, whatever its case
        self.counts: Counter[State] = Counter()
        self.rows: list[int] = []
        self.stacked = True
        self.stacks = Stacks()
        self._samples: Sequence[Sample] = ()
        self._ids = np.empty(0, np.int64)
        self._by_name: NDArray[np.intp] | None = None  # the order, which takes a while to find
        self._names: list[str] | None = None  # of all samples, casefolded
        self._state = np.empty(0, np.int8)  # of each row, as its place in _STATES
        self._figures = {by: np.empty(0) for by in BY_SCORE}  # of each row; NaN: none
        self._sorted = np.empty(0, np.intp)
        self._place = np.empty(0, np.intp)  # of each row in `rows`
        self._named = np.empty(0, np.bool_)  # rows that `most_useful` has led to, or from

    # What it is told

    def take(
        self, samples: Sequence[Sample], scores: Mapping[int, Score], volumes: Sequence[Sequence[int]] = ()
    ) -> None:
        """Begin anew with these samples, and their scores by id; volumes: as `Stacks` has them."""
        self._samples = samples
        self.stacks = Stacks(samples, volumes)
        self._ids = np.array([sample.id for sample in samples], np.int64)
        self._by_name = self._names = None
        self._state = np.array([_STATES.index(sample.state) for sample in samples], np.int8)
        self.counts = Counter(
            {state: int(np.count_nonzero(self._state == i)) for i, state in enumerate(_STATES)}
        )
        found = [scores.get(sample.id) for sample in samples]
        self._figures = {by: np.array([_figure(score, by) for score in found], np.float64) for by in BY_SCORE}
        self.sort()

    def note(self, row: int, sample: Sample, score: Score | None) -> None:
        """A sample's state or score may be another one now; the list stays as it is."""
        self.counts[_STATES[self._state[row]]] -= 1
        self.counts[sample.state] += 1
        self._state[row] = _STATES.index(sample.state)
        for by, figures in self._figures.items():
            figures[row] = _figure(score, by)

    def sort(self, order: Order | None = None, current: int | None = None) -> None:
        """Order by what is known now; `current` is the row that is shown whatever its state."""
        self.order = self.order if order is None else order
        self._named = np.zeros(len(self._samples), np.bool_)
        found = self._in_order()
        by_place = self.order not in BY_SCORE
        self._sorted = self.stacks.together(found, by_place=by_place) if self.stacked else found
        self.filter(current)

    def filter(
        self, current: int | None = None, states: Iterable[State] | None = None, text: str | None = None
    ) -> None:
        """Show the samples of these states whose names hold a text, and the row `current` anyway.

        None leaves states or text as they are.
        """
        self.states = self.states if states is None else frozenset(states)
        self.text = self.text if text is None else text
        shown = self._fitting()
        if current is not None:
            shown[current] = True
        self.rows = self._sorted[shown[self._sorted]].tolist()
        self._place = np.full(len(self._samples), _NOWHERE, np.intp)
        self._place[self.rows] = np.arange(len(self.rows))
        self.changed.emit()

    # What it is asked

    def counts_of(self, rows: NDArray[np.intp]) -> Counter[State]:
        """How many of these samples are in each state."""
        found = np.bincount(self._state[rows], minlength=len(_STATES)).tolist()
        return Counter({state: count for state, count in zip(_STATES, found, strict=True) if count})

    @property
    def is_filtered(self) -> bool:
        return len(self.states) < len(State) or bool(self.text)

    def found(self) -> list[int]:
        """The rows that states and text ask for, in their order: what is shown, less one on screen only."""
        rows: list[int] = self._sorted[self._fitting()[self._sorted]].tolist()
        return rows

    def place_of(self, row: int) -> int | None:
        """Where in the list a sample is; None where it is not shown."""
        place = int(self._place[row]) if row < len(self._place) else _NOWHERE
        return None if place == _NOWHERE else place

    def unconfirmed(self) -> list[int]:
        """The ids of the samples that nobody has confirmed, shown or not, in the list's order."""
        ids: list[int] = self._ids[self._sorted[self._open()[self._sorted]]].tolist()
        return ids

    def figure(self, row: int) -> float | None:
        """The figure that the list is ordered by, 0 to 1; None where there is none, or in another order."""
        if self.order not in BY_SCORE or row >= len(self._samples):
            return None
        value = float(self._figures[self.order][row])
        return None if np.isnan(value) else value

    def neighbour(self, row: int, direction: int) -> int | None:
        """The row shown after (1) or before (-1) this one; None at the end."""
        place = self.place_of(row)
        if place is None:
            return None
        there = place + direction
        return self.rows[there] if 0 <= there < len(self.rows) else None

    def before(self, row: int) -> int | None:
        """The page before it in its stack, whether it is shown or not; else the row shown before it."""
        pages = self.stacks.pages(row)
        place = int(np.flatnonzero(pages == row)[0])
        return int(pages[place - 1]) if place else self.neighbour(row, -1)

    def next_unconfirmed(self, row: int) -> int | None:
        """The first row after this one, and then from the top on, that nobody has confirmed."""
        at = int(np.flatnonzero(self._sorted == row)[0])
        around = np.concatenate([self._sorted[at + 1 :], self._sorted[:at]])
        found = around[self._open()[around]]
        return int(found[0]) if len(found) else None

    def most_useful(self, current: int | None) -> int | None:
        """The unconfirmed row with the highest figure, `current` apart; None where there is none.

        Each is named once, so that asking again leads on; when all were named, it begins at the top again.
        """
        figures = self._figures[self.order if self.order in BY_SCORE else Order.UNCERTAINTY]
        possible = self._open() & ~np.isnan(figures)
        if current is not None:
            possible[current] = False
            self._named[current] = True
        if not possible.any():
            return None
        if not (possible & ~self._named).any():
            self._named[:] = False
        row = int(np.where(possible & ~self._named, figures, -1.0).argmax())
        self._named[row] = True
        return row

    def _fitting(self) -> NDArray[np.bool_]:
        """(samples,) where states and text are those that are asked for."""
        fits = np.isin(self._state, [_STATES.index(state) for state in self.states])
        if self.text:
            if self._names is None:
                self._names = [sample.source.path.name.casefold() for sample in self._samples]
            text = self.text.casefold()
            fits &= np.fromiter((text in name for name in self._names), np.bool_, len(self._names))
        return fits

    def _open(self) -> NDArray[np.bool_]:
        """(samples,) where nobody has confirmed."""
        return np.asarray(self._state != _STATES.index(State.CONFIRMED))

    def _in_order(self) -> NDArray[np.intp]:
        rows = np.arange(len(self._samples))
        if self.order is Order.NAME:
            if self._by_name is None:
                names = [natural_key(sample.source.path.name) for sample in self._samples]
                self._by_name = np.array(sorted(rows.tolist(), key=names.__getitem__), np.intp)
            return self._by_name
        if self.order in BY_SCORE:
            # The highest figure first; then what has none yet; what is done comes last.
            figures = np.nan_to_num(self._figures[self.order], nan=-1.0)
            return np.argsort(-np.where(self._open(), figures, -2.0), kind="stable")
        return rows


def _figure(score: Score | None, by: Order) -> float:
    figure = None if score is None else score.uncertainty if by is Order.UNCERTAINTY else score.disagreement
    return np.nan if figure is None else figure
