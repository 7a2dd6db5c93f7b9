"""Choosing among all objects of a class by their size."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.objects.change import Change, delete
from segdesk.core.objects.found import FoundObject


def all_but_largest(labels: Plane, class_index: int) -> Change:
    """Make all objects of a class background but the one with the most pixels (the topmost of several)."""
    components, sizes, boxes = _components(labels, class_index)
    keep = int(np.argmax(sizes)) if len(sizes) else -1
    return _deleted(components, boxes, [n for n in range(len(sizes)) if n != keep], class_index)


def smaller_than(labels: Plane, class_index: int, pixels: int) -> Change:
    """Make the objects of a class background that have fewer than so many pixels."""
    components, sizes, boxes = _components(labels, class_index)
    return _deleted(components, boxes, np.flatnonzero(sizes < pixels).tolist(), class_index)


def areas(labels: Plane, class_index: int) -> NDArray[np.int32]:
    """How many pixels each object of a class has."""
    return _components(labels, class_index)[1]


def _components(
    labels: Plane, class_index: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Component numbers from 1 of each pixel; area, and (x, y, width, height), of each component."""
    plane = (labels == class_index).astype(np.uint8)
    _, components, stats, _ = cv2.connectedComponentsWithStats(plane, connectivity=8)
    return np.asarray(components, np.int32), stats[1:, cv2.CC_STAT_AREA], stats[1:, :4]


def _deleted(
    components: NDArray[np.int32], boxes: NDArray[np.int32], numbers: list[int], class_index: int
) -> Change:
    found = []
    for number in numbers:
        x, y, width, height = (int(v) for v in boxes[number])
        box = Box(x, y, width, height)
        found.append(FoundObject(class_index, box, components[box.slices] == number + 1))
    return delete(found)
