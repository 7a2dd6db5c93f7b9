"""Masks with objects, and finding them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.edit import Edit
from segdesk.core.mask import Mask
from segdesk.core.objects import Change, FoundObject, object_at
from segdesk.core.objects.numbering import Numbering


def discs(*circles: tuple[int, int, int], size: tuple[int, int] = (120, 160)) -> NDArray[np.uint8]:
    """Labels of class 1 within circles of (x, y, radius)."""
    labels = np.zeros(size, np.uint8)
    for x, y, radius in circles:
        cv2.circle(labels, (x, y), radius, (1,), -1)
    return labels


def find(labels: NDArray[np.uint8], x: int, y: int) -> FoundObject:
    found = object_at(labels, (x + 0.5, y + 0.5))
    assert found is not None
    return found


def count(labels: NDArray[np.uint8], index: int = 1) -> int:
    """How many objects a class has."""
    return int(cv2.connectedComponents((labels == index).astype(np.uint8), connectivity=8)[0]) - 1


def changed(labels: NDArray[np.uint8], change: Change) -> Mask:
    """The mask after a change; the labels given stay as they are."""
    mask = Mask(labels.copy(), np.zeros_like(labels))
    change.apply(Edit(mask))
    return mask


def objects_in(mask: Mask, index: int = 1) -> int:
    """How many objects a class has, borders and all."""
    return list(Numbering(mask.labels, mask.borders).classes.values()).count(index)


def applied(labels: NDArray[np.uint8], change: Change) -> NDArray[np.uint8]:
    """The labels after a change; those given stay as they are."""
    return changed(labels, change).labels
