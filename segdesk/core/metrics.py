"""How well two label planes agree, class by class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Confusion = NDArray[np.int64]


@dataclass(frozen=True)
class ClassScore:
    """Agreement on one class, 0 to 1 each; a figure whose denominator is zero is 1 (nothing to find, nothing
    found).
    """

    dice: float
    iou: float
    precision: float
    recall: float


def confusion(
    prediction: NDArray[np.integer], truth: NDArray[np.integer], classes: int, ignore: int = 255
) -> Confusion:
    """Count pixels: entry (t, p) says how many of true class t were predicted as p.

    prediction, truth: integer planes of one shape, with values below `classes`; pixels whose truth is
        `ignore` do not count.

    Raises:
        ValueError: the shapes differ, or a value is no class.
    """
    if prediction.shape != truth.shape:
        raise ValueError(f"shapes {prediction.shape} and {truth.shape} differ")
    counted = truth != ignore
    t, p = truth[counted].astype(np.int64), prediction[counted].astype(np.int64)
    if t.size and (max(t.max(), p.max()) >= classes or min(t.min(), p.min()) < 0):
        raise ValueError("a value is not the index of a class")
    return np.bincount(t * classes + p, minlength=classes * classes).reshape(classes, classes)


def class_score(counts: Confusion, class_index: int) -> ClassScore:
    """Dice, IoU, precision and recall of one class from a confusion table."""
    hit = int(counts[class_index, class_index])
    truth, found = int(counts[class_index].sum()), int(counts[:, class_index].sum())
    return ClassScore(
        dice=_share(2 * hit, truth + found),
        iou=_share(hit, truth + found - hit),
        precision=_share(hit, found),
        recall=_share(hit, truth),
    )


def disagreement(
    before: NDArray[np.uint8], after: NDArray[np.uint8], counted: NDArray[np.bool_] | None = None
) -> float:
    """How far two predictions of one image differ in the user's classes: 0 (not at all) to 1 (wholly).

    It is one less the Dice of all objects pooled: a pixel agrees where both say the same class. Pooling keeps
    a class of few pixels from deciding alone, and the background, of which there is plenty, does not count.

    before, after: (height, width) class indices.
    counted: (height, width), where to look; None is everywhere.
    """
    found, again = before > 0, after > 0
    if counted is not None:
        found &= counted
        again &= counted
    same = before == after
    same &= found
    return 1.0 - _share(
        2 * int(np.count_nonzero(same)), int(np.count_nonzero(found)) + int(np.count_nonzero(again))
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
