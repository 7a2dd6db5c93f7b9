"""Drawing a split: stratified by classes, whole groups at a time, the same for the same seed.

Images are dealt out one after the other, those with rare classes first, each to the part that lacks most of
what it holds (iterative stratification, Sechidis et al. 2011, "On the Stratification of Multi-Label Data"),
here over groups instead of images and over how much of a class there is as well as over where it is. Pairs
of equal size then change places while that brings the parts nearer to their shares. Where there are few
groups, this is done several times with some chance in it, and the outcome is taken that leaves no part
without a class, or else is nearest to the shares.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import SegdeskError
from segdesk.core.project.splits import Split
from segdesk.core.translation import tr

_PARTS = tuple(Split)
_DEALS, _MOST_DEALS = 2_000, 20  # of all groups together; times at most
_TRIES, _MOST_TRIES = 40, 30_000  # changes of places that are tried, for each group; of all deals

_Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Shares:
    """How much of the images goes where, in any unit; what counts is their proportion.

    Raises:
        SegdeskError: one is negative, or all are 0.
    """

    train: float = 70
    validation: float = 15
    test: float = 15

    def __post_init__(self) -> None:
        given = (self.train, self.validation, self.test)
        if not (min(given) >= 0 and 0 < sum(given) < float("inf")):
            raise SegdeskError(tr("The shares of a split must be 0 or more, and one of them above 0."))

    @property
    def parts(self) -> tuple[float, float, float]:
        """Of train, validation and test; their sum is 1."""
        total = self.train + self.validation + self.test
        return self.train / total, self.validation / total, self.test / total


@dataclass(frozen=True)
class Member:
    """An image as the drawing sees it.

    group: a name; images of one name go to one part.   amounts: the share of its pixels (0 to 1) that each
    of the user's classes has, by index; None where nothing is labelled.   fixed: where a person put it.
    """

    id: int
    group: str
    amounts: Mapping[int, float] | None
    fixed: Split | None = None


@dataclass(frozen=True)
class Drawn:
    """Where each image goes, by its id.   torn: groups that a person fixed to several parts at once."""

    splits: Mapping[int, Split]
    torn: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Unit:
    """A group: its images, what they hold (see `_amounts`), and where one of them is fixed."""

    ids: tuple[int, ...]
    holds: _Vector
    fixed: Split | None

    @property
    def size(self) -> int:
        return len(self.ids)


def draw(members: Sequence[Member], shares: Shares, seed: int = 0) -> Drawn:
    """Put every image into a part.

    The parts have the sizes that the shares ask for, as nearly as fixed images and whole groups allow. A
    group follows its fixed images; where they are in several parts, the others join the most of them.
    """
    parts = np.array(shares.parts)
    by_group: dict[str, list[int]] = defaultdict(list)
    for number, member in enumerate(members):
        by_group[member.group].append(number)
    holds = _amounts(members)
    splits = {m.id: m.fixed for m in members if m.fixed is not None}
    units: list[_Unit] = []
    torn: list[str] = []
    for name, numbers in by_group.items():
        places = Counter(place for n in numbers if (place := members[n].fixed) is not None)
        if len(places) > 1:
            torn.append(name)
        fixed = max(_PARTS, key=lambda part: places[part]) if places else None
        ids = tuple(members[n].id for n in numbers)
        units.append(_Unit(ids, holds[numbers].sum(axis=0), fixed))
    deals = [_deal(units, parts, seed, turn) for turn in range(_turns(units))]
    _, placed = min(deals, key=lambda deal: deal[0])
    for unit, part in zip(units, placed, strict=True):
        for sample_id in unit.ids:
            splits.setdefault(sample_id, _PARTS[part])
    return Drawn(splits, tuple(torn))


def _amounts(members: Sequence[Member]) -> _Vector:
    """(images, strata): whether it is labelled, has each class, how much of it; each stratum sums to 1."""
    classes = sorted({c for m in members for c in m.amounts or ()})
    column = {c: 1 + 2 * n for n, c in enumerate(classes)}
    table = np.zeros((len(members), 1 + 2 * len(classes)))
    for row, member in zip(table, members, strict=True):
        if member.amounts is None:
            continue
        row[0] = 1
        for c, amount in member.amounts.items():
            if amount > 0:
                row[column[c]], row[column[c] + 1] = 1, amount
    totals = table.sum(axis=0)
    shares: _Vector = table / np.where(totals > 0, totals, 1.0)
    return shares


def _turns(units: Sequence[_Unit]) -> int:
    return max(1, min(_MOST_DEALS, _DEALS // max(1, len(units))))


def _deal(
    units: Sequence[_Unit], parts: _Vector, seed: int, turn: int
) -> tuple[tuple[int, float], list[int]]:
    """How bad it is, and the number of the part that each unit goes to.

    turn: the first one deals by what the parts lack alone, the others by chance as well.
    """
    chance = random.Random(f"{seed}/{turn}")
    room = _sizes(sum(unit.size for unit in units), parts)
    lacks = np.tile(parts[:, None], (1, units[0].holds.size)) if units else np.zeros((len(_PARTS), 1))
    placed = [-1] * len(units)

    def put(number: int, part: int) -> None:
        placed[number] = part
        room[part] -= units[number].size
        lacks[part] -= units[number].holds

    free = []
    for number, unit in enumerate(units):
        if unit.fixed is not None:
            put(number, _PARTS.index(unit.fixed))
        else:
            free.append(number)
    free.sort(key=lambda n: (-units[n].size, -units[n].holds.max(), _chance(seed, turn, units[n])))
    weight = 1 / np.maximum(parts, 1e-9)  # a small part's lack counts as much as a large one's
    for number in free:
        unit = units[number]
        open_ = [p for p in range(len(_PARTS)) if room[p] >= unit.size and parts[p] > 0]
        if not open_:
            put(number, max((p for p in range(len(_PARTS)) if parts[p] > 0), key=lambda p: room[p]))
            continue
        costs = weight[open_] * (unit.holds**2 - 2 * unit.holds * lacks[open_]).sum(axis=1)
        if turn:
            costs += 2 * (costs.max() - costs.min()) * np.array([chance.random() for _ in open_])
        put(number, open_[int(np.argmin(costs))])
    _change_places(units, placed, free, lacks, weight, chance)
    wanted = parts > 0
    missing = int((parts[:, None] - lacks <= 1e-9)[wanted].sum())
    return (missing, float((weight[:, None] * lacks**2)[wanted].sum())), placed


def _sizes(count: int, parts: _Vector) -> list[int]:
    """How many images each part gets: whole numbers, those with the largest remainder rounded up."""
    exact = parts * count
    sizes = np.floor(exact).astype(int)
    order = sorted(range(len(parts)), key=lambda p: (sizes[p] - exact[p], p))
    for part in order[: count - int(sizes.sum())]:
        sizes[part] += 1
    return [int(size) for size in sizes]


def _change_places(
    units: Sequence[_Unit],
    placed: list[int],
    free: list[int],
    lacks: _Vector,
    weight: _Vector,
    chance: random.Random,
) -> None:
    """Let two units of one size change places wherever that helps; `placed` and `lacks` change in place."""
    alike: dict[int, list[int]] = defaultdict(list)
    for number in free:
        alike[units[number].size].append(number)
    for _ in range(min(_MOST_TRIES // _turns(units), _TRIES * len(free))):
        one = free[int(chance.random() * len(free))]
        others = alike[units[one].size]
        other = others[int(chance.random() * len(others))]
        first, second = placed[one], placed[other]
        if first == second:
            continue
        gain = units[other].holds - units[one].holds  # what the first part gets
        change = weight[first] * (gain**2 - 2 * gain * lacks[first]).sum()
        change += weight[second] * (gain**2 + 2 * gain * lacks[second]).sum()
        if change < -1e-12:
            placed[one], placed[other] = second, first
            lacks[first] -= gain
            lacks[second] += gain


def _chance(seed: int, turn: int, unit: _Unit) -> bytes:
    """What orders units that are alike: random by the seed, whatever else is in the project."""
    return hashlib.blake2b(f"{seed}/{turn}/{min(unit.ids)}".encode(), digest_size=8).digest()
