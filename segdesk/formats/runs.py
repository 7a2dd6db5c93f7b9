"""Run-length encoding as COCO counts it: down the columns, the first run counting zeros, uncompressed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.mask import Plane
from segdesk.core.objects.run_numbering import Runs, runs_of

Ids = NDArray[np.int32]
Lengths = NDArray[np.int64]


_GROUP = np.array([list(b"%03d" % number) for number in range(1000)], np.uint8)


@dataclass(frozen=True, eq=False)
class Encoded:
    """One object: the lengths of runs of zeros and ones by turns, and how many ones there are."""

    counts: Lengths
    area: int


def encode_objects(ids: Ids) -> dict[int, Encoded]:
    """What each object is encoded as, by its number: (height, width) from 1 on, 0 outside of objects."""
    return encode_runs(runs_of(_columns(ids)))


def encode_runs(runs: Runs) -> dict[int, Encoded]:
    """The same from runs that are known already."""
    starts, stops, owner, total = runs.starts, runs.stops, runs.owners, runs.size
    if not len(owner):
        return {}
    order = np.argsort(owner, kind="stable")
    starts, stops, owner = starts[order], stops[order], owner[order]
    apart = (starts[1:] != stops[:-1]) | (owner[1:] != owner[:-1])  # others go on in the next column
    starts, owner = starts[np.append(True, apart)], owner[np.append(True, apart)]
    stops = stops[np.append(apart, True)]
    firsts = np.flatnonzero(np.diff(owner, prepend=0))
    lasts = np.append(firsts[1:], len(owner)) - 1
    # Zeros before each run, counted from the last one of the same object, or from the beginning.
    before = np.concatenate([np.zeros(1, np.int64), stops[:-1]])
    before[firsts] = 0
    lengths = stops - starts
    # Each object's runs, and behind them the zeros to the end, with a place for their length even if it is 0.
    counts = np.empty(2 * len(owner) + len(firsts), np.int64)
    places = 2 * np.arange(len(owner)) + np.cumsum(np.bincount(firsts[1:], minlength=len(owner)))
    counts[places] = starts - before
    counts[places + 1] = lengths
    counts[places[lasts] + 2] = total - stops[lasts]
    ends = places[lasts] + 2 + (stops[lasts] < total)
    areas = np.add.reduceat(lengths, firsts)
    rows = zip(owner[firsts].tolist(), places[firsts].tolist(), ends.tolist(), areas.tolist(), strict=True)
    return {number: Encoded(counts[first:end], area) for number, first, end, area in rows}


def as_text(objects: Sequence[Encoded]) -> Iterator[str]:
    """The lengths of each object with commas in between, as JSON has them."""
    if not objects:
        return
    counts = np.concatenate([one.counts for one in objects])
    groups = 1
    while counts.max() >= 1000**groups:
        groups += 1
    rows = np.empty((len(counts), 3 * groups + 2), np.uint8)
    rows[:, -2:] = list(b", ")
    rest = counts
    for group in range(groups - 1, -1, -1):
        rest, low = np.divmod(rest, 1000)
        rows[:, 3 * group : 3 * group + 3] = _GROUP[low]
    lengths = np.searchsorted(10 ** np.arange(1, 3 * groups), counts, side="right") + 1
    text = rows[np.arange(3 * groups + 2, 0, -1) <= lengths[:, None] + 2].tobytes().decode("ascii")
    ends = np.cumsum(lengths + 2)[np.cumsum([len(one.counts) for one in objects]) - 1]
    start = 0
    for end in ends.tolist():
        yield text[start : end - 2]
        start = end


def decode_runs(counts: Sequence[int] | Lengths, height: int, width: int) -> Plane:
    """(height, width) uint8 of 0 and 1 from uncompressed runs."""
    values = np.arange(len(counts), dtype=np.uint8) % 2
    return np.repeat(values, counts).reshape(width, height).T


def _columns(ids: Ids) -> NDArray[Any]:
    """The columns one after the other, in the smallest type that holds all numbers: less is moved."""
    most = int(ids.max(initial=0))
    kind = np.uint8 if most <= 0xFF else np.uint16 if most <= 0xFFFF else np.int32
    return np.asarray(cv2.transpose(ids.astype(kind))).ravel()
