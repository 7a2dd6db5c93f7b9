"""Another threshold for one class: how sure the model has to be before a pixel counts as it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segdesk.core.mask import Plane

Probabilities = NDArray[np.uint8]  # (classes, height, width), 0 (impossible) to 255 (certain)


def labels_at(probabilities: Probabilities, class_index: int, share: float) -> Plane:
    """What the labels are if a class counts wherever its probability is `share` (0 to 1) or more.

    Elsewhere it is the most probable one of the other classes. A class that the model does not know gives
    the most probable of all.
    """
    classes = len(probabilities)
    if class_index >= classes:
        return most_probable(probabilities)
    chosen = probabilities[class_index] >= max(1, round(share * 255))
    if classes == 2:
        return np.where(chosen, class_index, 1 - class_index).astype(np.uint8)
    others = np.delete(np.arange(classes, dtype=np.uint8), class_index)
    best = others[probabilities[others].argmax(axis=0)]
    return np.where(chosen, class_index, best).astype(np.uint8)


def most_probable(probabilities: Probabilities) -> Plane:
    """The labels as a prediction gives them."""
    best: Plane = probabilities.argmax(axis=0).astype(np.uint8)
    return best
