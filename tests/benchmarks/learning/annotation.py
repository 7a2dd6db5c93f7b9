"""What the simulated person has done to the images of a set so far."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segdesk.core.mask import UNLABELLED, Mask
from tests.benchmarks.learning.sets import Plane, Task

_ROOT = Path(__file__).resolve().parents[3]


class Person(Protocol):
    """Paints strokes into a plane of corrections, in place; gives the strokes and their simulated seconds."""

    def __call__(
        self,
        truth: Plane,
        prediction: Plane | None,
        corrections: Plane,
        budget_s: float,
        *,
        valid: NDArray[np.bool_] | None = None,
    ) -> tuple[list[object], float]: ...


def simulated_person() -> Person:
    """The simulated annotator; ends the program with a sentence where it is missing."""
    base = os.environ.get("SEGDESK_BENCH")
    path = (Path(base) if base else _ROOT.parent / "shared" / "bench") / "simulated_annotator.py"
    if not path.is_file():
        sys.exit(f"{path} is missing: set SEGDESK_BENCH to the folder of the simulated annotator")
    spec = importlib.util.spec_from_file_location("simulated_annotator", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    person: Person = module.correct
    return person


@dataclass(frozen=True)
class Corrected:
    """An image that the person worked on.

    mask: as it is on screen.   predicted: its uncorrected labels come from a model.
    confirmed: the person said that all of it is right.
    """

    index: int
    path: Path
    mask: Mask
    predicted: bool
    confirmed: bool = False


class Annotation:
    """The person at the images of a set, one after the other."""

    def __init__(self, task: Task, person: Person) -> None:
        self._task = task
        self._person = person
        self._done: dict[int, Corrected] = {}

    @property
    def samples(self) -> tuple[Corrected, ...]:
        """What there is to learn from, in the order in which it was corrected."""
        return tuple(self._done.values())

    def correct(self, index: int, prediction: Plane | None, seconds: float) -> float:
        """Correct an image for some simulated seconds, beside `prediction` if there is one; gives the cost.

        What was corrected there before stays.
        """
        truth = self._task.truths[index]
        before = self._done.get(index)
        corrections = (
            np.full(truth.shape, UNLABELLED, np.uint8) if before is None else before.mask.corrections()
        )
        _, spent = self._person(truth, prediction, corrections, seconds, valid=self._task.valid(index))
        asserted = corrections != UNLABELLED
        labels = np.zeros_like(truth) if prediction is None else prediction
        mask = Mask(np.where(asserted, corrections, labels), asserted.astype(np.uint8))
        self._done[index] = Corrected(index, self._task.images[index], mask, prediction is not None)
        return spent

    def confirm(self, index: int) -> None:
        """Make an image's mask the truth, all of it, as if the person had painted until nothing was wrong."""
        truth = self._task.truths[index]
        mask = Mask(truth.copy(), (truth != UNLABELLED).astype(np.uint8))
        self._done[index] = Corrected(index, self._task.images[index], mask, True, True)

    def refresh(self, predictions: Mapping[int, Plane]) -> None:
        """Show a new prediction wherever nobody corrected, as the window does after each round."""
        for index, labels in predictions.items():
            sample = self._done.get(index)
            if sample is not None and not sample.confirmed:
                mask = sample.mask
                shown = Mask(np.where(mask.corrected == 1, mask.labels, labels), mask.corrected)
                self._done[index] = Corrected(index, sample.path, shown, True)
