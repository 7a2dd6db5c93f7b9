"""When to lower the learning rate, and when to stop: as soon as the held-out figure rises no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

_RISE = 0.001  # of Dice; less is noise
_PATIENCE = 5  # examinations without a rise
_LOWER = 0.3  # what is left of the learning rate each time


class Plateau:
    """What the examinations of a training say about going on.

    A figure that has not risen for a while first lowers the rate, `lowerings` times, and then ends the
    training. The weights with the best figure are kept.

    every: steps from one examination to the next.   factor: what is left of the learning rate by now.
    ended: whether it has stopped rising.   best: the highest figure so far, None before the first.
    """

    def __init__(self, every: int, lowerings: int = 2) -> None:
        self.every = every
        self.factor = 1.0
        self.ended = False
        self.best: float | None = None
        self.weights: dict[str, Tensor] = {}
        self._left = lowerings
        self._reached = 0.0  # the figure that the next rise is measured from
        self._waited = 0

    def due(self, done: int) -> bool:
        """Whether to examine after so many steps."""
        return done % self.every == 0

    def hear(self, figure: float, weights: Mapping[str, Tensor]) -> None:
        """Take note of an examination of these weights."""
        if self.best is None or figure > self.best:
            self.best = figure
            self.weights = {name: value.detach().clone() for name, value in weights.items()}
        if figure > self._reached + _RISE:
            self._reached, self._waited = figure, 0
            return
        self._waited += 1
        if self._waited < _PATIENCE:
            return
        self._waited = 0
        if self._left:
            self._left -= 1
            self.factor *= _LOWER
        else:
            self.ended = True

    def tensors(self) -> dict[str, Tensor]:
        """What a checkpoint keeps of it."""
        return dict(self.weights)

    def facts(self) -> dict[str, Any]:
        return {
            "factor": self.factor,
            "best": self.best,
            "left": self._left,
            "reached": self._reached,
            "waited": self._waited,
            "ended": self.ended,
        }

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Go on from what `tensors` and `facts` gave."""
        self.weights = {name: value.clone() for name, value in tensors.items()}  # free of the file
        self.factor, self.best, self.ended = facts["factor"], facts["best"], facts["ended"]
        self._left, self._reached, self._waited = facts["left"], facts["reached"], facts["waited"]
