"""Choosing among all objects of a class by their size.

borders, everywhere: of the mask that the labels are of.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segdesk.core.borders import Bits
from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.objects.change import Change, delete
from segdesk.core.objects.components import Components, components
from segdesk.core.objects.found import FoundObject


def all_but_largest(labels: Plane, class_index: int, borders: Bits | None = None) -> Change:
    """Make all objects of a class background but the one with the most pixels (the topmost of several)."""
    found = components(labels == class_index, borders)
    keep = int(np.argmax(found.areas)) if len(found.areas) else -1
    return _deleted(found, [n for n in range(len(found.areas)) if n != keep], class_index)


def smaller_than(labels: Plane, class_index: int, pixels: int, borders: Bits | None = None) -> Change:
    """Make the objects of a class background that have fewer than so many pixels."""
    found = components(labels == class_index, borders)
    return _deleted(found, np.flatnonzero(found.areas < pixels).tolist(), class_index)


def areas(labels: Plane, class_index: int, borders: Bits | None = None) -> NDArray[np.int32]:
    """How many pixels each object of a class has."""
    return components(labels == class_index, borders).areas


def _deleted(found: Components, places: list[int], class_index: int) -> Change:
    objects = []
    for place in places:
        box = Box(*found.boxes[place].tolist())
        objects.append(FoundObject(class_index, box, found.ids[box.slices] == place + 1))
    return delete(objects)
