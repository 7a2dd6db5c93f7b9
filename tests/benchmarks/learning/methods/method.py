"""What every way of learning must be able to do to stand in the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.benchmarks.learning.annotation import Corrected
from tests.benchmarks.learning.sets import Plane


@dataclass(frozen=True)
class Budget:
    """Of one round: real seconds, or steps, which do not depend on what else the machine does."""

    seconds: float | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.steps is None):
            raise ValueError("give seconds or steps")


@dataclass(frozen=True)
class Learned:
    """What came of a round.   held: the method's own figure of how good it is, where it has one."""

    accepted: bool
    steps: int
    loss: float = float("nan")
    held: float | None = None


class Method(Protocol):
    """A way of learning from corrections, at work on one set; it keeps its model between the rounds.

    sees_uncorrected: it looks at what nobody corrected as well, so that this must be kept up to date.
    """

    sees_uncorrected: bool

    def learn(self, samples: Sequence[Corrected], budget: Budget, seed: int) -> Learned:
        """Do one round on all that was corrected so far."""

    def predict(self, indices: Sequence[int]) -> dict[int, Plane]:
        """(H, W) class indices of images of the set; nothing as long as there is no model."""
