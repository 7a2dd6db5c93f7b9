"""How far a round is: by the clock, or by its steps; and what of the time counts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from segdesk.core.jobs import Job, Progress

Result = TypeVar("Result")

_PAUSE = 0.25  # seconds between two steps of a job from which on somebody paused it
LEAST_STEPS = 15  # of a round; most of the gain is there by then, and much before it a model may say anything


@dataclass
class Clock:
    """A budget of seconds or of steps, never of both; with neither, nobody knows the end.

    By steps, nothing depends on the time it takes, so that a round can be repeated exactly. By the clock, a
    slow or busy machine may learn for as many seconds as the whole budget has, until it did LEAST_STEPS.
    """

    seconds: float | None
    steps: int | None
    done: int = 0

    def __post_init__(self) -> None:
        if self.seconds is not None and self.steps is not None:
            raise ValueError("give seconds or steps")
        self._began = time.monotonic()
        self._learning_began = self._end = 0.0

    @property
    def open_ended(self) -> bool:
        return self.seconds is None and self.steps is None

    @property
    def elapsed(self) -> float:
        """Seconds since the round was asked for, without pauses."""
        return time.monotonic() - self._began

    def waited(self, seconds: float) -> None:
        """Nobody asked for the next step for so long; a pause does not count."""
        if seconds > _PAUSE:
            self._began += seconds

    def learn_now(self, reserve: float) -> None:
        """Learning starts now and ends `reserve` seconds before the budget does."""
        self._learning_began = self.elapsed
        if self.seconds is not None:
            # However slow the preparation was, something is learned.
            self._end = max(self.seconds - reserve, self._learning_began + 0.1 * self.seconds + 1e-3)

    @property
    def fraction(self) -> float:
        """Of the learning, 0 to 1; 0 while nobody knows the end."""
        if self.steps is not None:
            return min(1.0, self.done / max(1, self.steps))
        if self.seconds is None:
            return 0.0
        passed = self._learning / (self._end - self._learning_began)
        if self._learning < self.seconds:
            passed = min(passed, self.done / LEAST_STEPS)
        return min(1.0, passed)

    @property
    def fell_short(self) -> bool:
        """Whether there was no time for so many steps that the model could have learned something."""
        return self.seconds is not None and self.done < LEAST_STEPS

    def progress(self, text: str) -> Progress:
        """How far the round is, as a job reports it."""
        return Progress(None if self.open_ended else self.fraction, text, self.seconds_left)

    @property
    def seconds_left(self) -> float | None:
        """Of the whole round; None while nobody can know."""
        if self.seconds is None:
            return None if self.steps is None else self._for_steps(self.steps)
        more = min(self._for_steps(LEAST_STEPS) or 0.0, self.seconds - self._learning)
        return max(0.0, self.seconds - self.elapsed, more)

    @property
    def _learning(self) -> float:
        """Seconds since learning began."""
        return self.elapsed - self._learning_began

    def _for_steps(self, steps: int) -> float | None:
        """Seconds until so many are done, at the pace so far."""
        return self._learning / self.done * max(0, steps - self.done) if self.done else None

    def facts(self) -> dict[str, Any]:
        """What a checkpoint keeps of it."""
        return {"done": self.done, "elapsed": self.elapsed, "learning": self._learning_began}

    def restore(self, facts: Mapping[str, Any]) -> None:
        """Go on from such facts: the time between does not count."""
        self.done = facts["done"]
        self._learning_began = facts["learning"]
        self._began = time.monotonic() - facts["elapsed"]


def counted(job: Job[Result], clock: Clock) -> Job[Result]:
    """The same job, whose clock stands still while nobody asks for the next step."""
    try:
        while True:
            try:
                progress = next(job)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            given = time.monotonic()
            yield progress
            clock.waited(time.monotonic() - given)
    finally:
        job.close()
