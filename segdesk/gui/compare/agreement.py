"""How much two predictions differ, and how close each is to what a person confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from segdesk.core.mask import Plane
from segdesk.core.metrics import Confusion, class_score, confusion
from segdesk.gui.threads import pool_of

_STRIP = 2**22  # pixels counted in one go: counting takes eight times their memory


@dataclass(frozen=True)
class Agreement:
    """Two predictions of one image.

    differing: share of the pixels that have another class, 0 to 1. dice: of the one against the other.
    first / second: Dice against the confirmed mask; None where there is none. Dice is the mean over the
    classes (but the background) that either of the two planes has, 0 to 1; 1 where neither has any.
    """

    differing: float
    dice: float
    first: float | None = None
    second: float | None = None


def agreement(first: Plane, second: Plane, truth: Plane | None) -> Agreement:
    """Compare planes of class indices, all of one shape."""
    between = _count(first, second)
    total = int(between.sum())
    return Agreement(
        differing=1 - int(np.trace(between)) / total if total else 0.0,
        dice=mean_dice(between),
        first=None if truth is None else mean_dice(_count(first, truth)),
        second=None if truth is None else mean_dice(_count(second, truth)),
    )


def mean_dice(counts: Confusion) -> float:
    """The mean Dice over the classes, but the background, that are in a confusion table."""
    there = [c for c in range(1, len(counts)) if counts[c].any() or counts[:, c].any()]
    return float(np.mean([class_score(counts, c).dice for c in there])) if there else 1.0


def _count(first: Plane, second: Plane) -> Confusion:
    classes = 1 + max(int(first.max(initial=0)), int(second.max(initial=0)))
    rows = max(1, _STRIP // max(1, first.shape[1]))
    counts: Confusion = np.zeros((classes, classes), np.int64)
    for top in range(0, first.shape[0], rows):
        part = slice(top, top + rows)
        counts += confusion(first[part], second[part], classes, ignore=-1)
    return counts


class Agreements(QObject):
    """Compares beside the window. found: an Agreement of what was asked for last."""

    found = Signal(object)

    _made = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = pool_of(self)
        self._asked = 0
        self._made.connect(self._on_made)

    def ask(self, first: Plane, second: Plane, truth: Plane | None) -> None:
        """Compare these planes, which nobody changes any more; what was asked for before is dropped."""
        self.drop()
        self._pool.start(_comparison(self._made.emit, self._asked, first, second, truth))

    def drop(self) -> None:
        """Nobody wants to know any more."""
        self._pool.clear()
        self._asked += 1

    def close(self) -> None:
        """Wait for what is being compared."""
        self.drop()
        self._pool.waitForDone()

    @Slot(int, object)
    def _on_made(self, asked: int, result: Agreement) -> None:
        if asked == self._asked:
            self.found.emit(result)


def _comparison(
    tell: Callable[[int, object], object], asked: int, first: Plane, second: Plane, truth: Plane | None
) -> Callable[[], None]:
    def work() -> None:
        tell(asked, agreement(first, second, truth))

    return work
