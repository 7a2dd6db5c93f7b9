"""Run-length encoding as COCO counts it: down the columns, the first run counting zeros, uncompressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.mask import Plane
from segdesk.core.runs import changes

Ids = NDArray[np.int32]


@dataclass(frozen=True)
class Runs:
    """One object: the lengths of runs of zeros and ones by turns, and how many ones there are."""

    counts: list[int]
    area: int


def encode_objects(ids: Ids) -> dict[int, Runs]:
    """The runs of each object by its number, from (height, width) numbers from 1 on, 0 outside of objects."""
    total = ids.size
    if not total:
        return {}
    flat = _columns(ids)
    edges = changes(flat)
    starts = np.concatenate([[0], edges])
    owner = flat[starts].astype(np.int64)
    stops = np.append(edges, total)
    inside = owner > 0
    starts, stops, owner = starts[inside], stops[inside], owner[inside]
    if not len(owner):
        return {}
    order = np.argsort(owner, kind="stable")
    starts, stops, owner = starts[order], stops[order], owner[order]
    firsts = np.flatnonzero(np.diff(owner, prepend=0))
    # Zeros before each run, counted from the last one of the same object, or from the beginning.
    before = np.concatenate([[0], stops[:-1]])
    before[firsts] = 0
    lengths = stops - starts
    counts = np.column_stack([starts - before, lengths]).ravel().tolist()
    ends = np.append(firsts[1:], len(owner))
    areas = np.add.reduceat(lengths, firsts)
    after = total - stops[ends - 1]
    return {
        number: Runs(counts[2 * first : 2 * end] + [rest] * (rest > 0), area)
        for number, first, end, area, rest in zip(
            owner[firsts].tolist(),
            firsts.tolist(),
            ends.tolist(),
            areas.tolist(),
            after.tolist(),
            strict=True,
        )
    }


def decode_runs(counts: list[int], height: int, width: int) -> Plane:
    """(height, width) uint8 of 0 and 1 from uncompressed runs."""
    values = np.arange(len(counts), dtype=np.uint8) % 2
    return np.repeat(values, counts).reshape(width, height).T


def _columns(ids: Ids) -> NDArray[Any]:
    """The columns one after the other, in the smallest type that holds all numbers: less is moved."""
    most = int(ids.max(initial=0))
    kind = np.uint8 if most <= 0xFF else np.uint16 if most <= 0xFFFF else np.int32
    return np.asarray(cv2.transpose(ids.astype(kind))).ravel()
