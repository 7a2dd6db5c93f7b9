"""How far a round is: by the clock, or by its steps."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from segdesk.core.jobs import Progress


@dataclass
class Clock:
    """A budget of seconds or of steps; exactly one of them is given.

    By steps, nothing depends on the time it takes, so that a round can be repeated exactly.
    """

    seconds: float | None
    steps: int | None
    done: int = 0

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.steps is None):
            raise ValueError("give seconds or steps")
        self._began = time.monotonic()
        self._learning_began = self._end = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the round was asked for."""
        return time.monotonic() - self._began

    def learn_now(self, reserve: float) -> None:
        """Learning starts now and ends `reserve` seconds before the budget does."""
        self._learning_began = self.elapsed
        if self.seconds is not None:
            # However slow the preparation was, something is learned.
            self._end = max(self.seconds - reserve, self._learning_began + 0.1 * self.seconds + 1e-3)

    @property
    def fraction(self) -> float:
        """Of the learning, 0 to 1."""
        if self.steps is not None:
            return min(1.0, self.done / max(1, self.steps))
        return min(1.0, (self.elapsed - self._learning_began) / (self._end - self._learning_began))

    def progress(self, text: str) -> Progress:
        """How far the round is, as a job reports it."""
        return Progress(self.fraction, text, self.seconds_left)

    @property
    def seconds_left(self) -> float | None:
        """Of the whole round; None while nobody can know."""
        if self.seconds is not None:
            return max(0.0, self.seconds - self.elapsed)
        if self.steps is None or not self.done:
            return None
        return (self.elapsed - self._learning_began) / self.done * (self.steps - self.done)


def one_cycle(fraction: float, peak: float, rise: float = 0.15) -> float:
    """The learning rate after `fraction` of a round: up, then down, along cosines (Smith and Topin 2018)."""
    if fraction < rise:
        low, along = peak / 20, fraction / rise
        return low + (peak - low) * (1 - math.cos(math.pi * along)) / 2
    along = (fraction - rise) / (1 - rise)
    return peak * max(0.002, (1 + math.cos(math.pi * along)) / 2)
