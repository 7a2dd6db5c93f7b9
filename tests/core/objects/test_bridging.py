"""Bridges between objects: the shortest ones, also between hundreds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from segdesk.core.objects import bridging
from segdesk.core.objects.bridging import merge
from segdesk.core.objects.components import components
from segdesk.core.objects.numbering import Numbering


def test_hundreds_are_joined_by_the_shortest_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    labels = np.zeros((800, 800), np.uint8)
    for y in range(10, 790, 40):
        for x in range(10, 790, 40):
            size = int(random.integers(3, 16))
            labels[y : y + size, x : x + size] = 1
    numbering = Numbering(labels)
    objects = [numbering.get(number) for number in numbering.boxes]
    looked: list[float] = []
    nearest = bridging._nearest

    def count(first: object, second: object) -> object:
        found = nearest(first, second)  # type: ignore[arg-type]
        looked.append(found[0])
        return found

    monkeypatch.setattr(bridging, "_nearest", count)
    change = merge(objects, 2, labels)
    for part in change.assertions:
        labels[part.box.slices][part.covered] = part.class_index
    assert len(components(labels == 1, None).boxes) == 1
    assert len(looked) < 5 * len(objects)  # not each with each
    # Neighbours are at most 40 - 3 apart; a way across a row or column would be longer.
    assert max(math.sqrt(square) for square in looked[: len(objects)]) < 40
    assert len(change.assertions) == len(objects) - 1
