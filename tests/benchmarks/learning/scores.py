"""Dice of whole images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from segdesk.core.mask import UNLABELLED
from segdesk.core.metrics import Confusion, class_score, confusion
from tests.benchmarks.learning.sets import Plane, Task


def image_dice(prediction: Plane, truth: Plane, classes: int, counted: Iterable[int]) -> float:
    """Mean Dice of the counted classes that occur in the truth or the prediction; 1 where none does.

    Pixels whose truth is UNLABELLED count nowhere.
    """
    return _mean(confusion(prediction, truth, classes), counted)


def held_out_dice(task: Task, predictions: Mapping[int, Plane]) -> float:
    """The figure of the tables for a set's held-out images; see SetSpec.every_class for how it is taken."""
    classes = len(task.classes)
    if task.spec.every_class:
        counts = sum(confusion(predictions[i], task.truths[i], classes) for i in task.held_out)
        return _mean(np.asarray(counts), task.counted)
    return float(
        np.mean([image_dice(predictions[i], task.truths[i], classes, task.counted) for i in task.held_out])
    )


def inside(truth: Plane, field: NDArray[np.bool_] | None) -> Plane:
    """The truth inside a field of view; what is outside counts nowhere."""
    return truth if field is None else np.where(field, truth, UNLABELLED).astype(np.uint8)


def _mean(counts: Confusion, counted: Iterable[int]) -> float:
    occurring = [index for index in counted if counts[index].any() or counts[:, index].any()]
    return float(np.mean([class_score(counts, index).dice for index in occurring])) if occurring else 1.0
