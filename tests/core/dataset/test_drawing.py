"""Drawing a split: sizes, classes, groups, what is fixed, and the seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest

from segdesk.core.dataset.drawing import Member, Shares, draw
from segdesk.core.errors import SegdeskError
from segdesk.core.project import Split


def members(count: int, groups: int | None = None) -> list[Member]:
    """Images with one to four classes; the last one is in a twentieth of them."""
    rng = np.random.default_rng(1)
    found = []
    for number in range(count):
        amounts = {
            c: float(rng.gamma(2, 0.05)) for c in (1, 2, 3, 4) if rng.random() < (1, 0.5, 0.2, 0.05)[c - 1]
        }
        group = f"g{number % groups}" if groups else str(number)
        found.append(Member(number, group, amounts))
    return found


def sizes(splits: Mapping[int, Split]) -> tuple[int, ...]:
    counts = Counter(splits.values())
    return tuple(counts[part] for part in Split)


def share(every: list[Member], splits: Mapping[int, Split], index: int, part: Split) -> float:
    """Of all pixels of a class."""
    total = sum((m.amounts or {}).get(index, 0) for m in every)
    return sum((m.amounts or {}).get(index, 0) for m in every if splits[m.id] is part) / total


@pytest.mark.parametrize(
    ("count", "expected"), [(20, (14, 3, 3)), (100, (70, 15, 15)), (7, (5, 1, 1)), (1, (1, 0, 0))]
)
def test_the_parts_have_the_sizes_asked_for(count: int, expected: tuple[int, ...]) -> None:
    assert sizes(draw(members(count), Shares()).splits) == expected


def test_each_part_gets_its_share_of_every_class() -> None:
    every = members(400)
    splits = draw(every, Shares(60, 20, 20)).splits
    for index in (1, 2, 3, 4):
        for part, wanted in zip(Split, (0.6, 0.2, 0.2), strict=True):
            assert share(every, splits, index, part) == pytest.approx(wanted, abs=0.04)


def test_a_group_is_never_torn() -> None:
    every = members(120, groups=24)
    splits = draw(every, Shares()).splits
    for name in {m.group for m in every}:
        assert len({splits[m.id] for m in every if m.group == name}) == 1
    assert sizes(splits)[0] == pytest.approx(84, abs=5)


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    every = members(60)
    assert draw(every, Shares(), 3) == draw(every, Shares(), 3)
    assert draw(every, Shares(), 3) != draw(every, Shares(), 4)


def test_what_is_fixed_stays_and_takes_its_group_along() -> None:
    every = members(40, groups=20)
    every[5] = Member(5, every[5].group, every[5].amounts, Split.TEST)
    for seed in range(3):
        splits = draw(every, Shares(), seed).splits
        assert {splits[m.id] for m in every if m.group == "g5"} == {Split.TEST}
        assert sizes(splits) == (28, 6, 6)


def test_a_group_that_is_fixed_in_two_places_is_told() -> None:
    every = [Member(1, "a", {}, Split.TEST), Member(2, "a", {}, Split.TRAIN), Member(3, "a", {}, Split.TRAIN)]
    drawn = draw([*every, Member(4, "a", None)], Shares())
    assert drawn.torn == ("a",)
    assert drawn.splits == {1: Split.TEST, 2: Split.TRAIN, 3: Split.TRAIN, 4: Split.TRAIN}


def test_a_share_of_nothing_gets_nothing() -> None:
    assert sizes(draw(members(10), Shares(1, 0, 1)).splits) == (5, 0, 5)
    assert draw([], Shares()).splits == {}


def test_images_without_labels_are_dealt_out_too() -> None:
    every = [Member(n, str(n), {1: 0.2} if n % 2 else None) for n in range(20)]
    splits = draw(every, Shares(50, 25, 25)).splits
    assert [sum(splits[n] is part for n in range(1, 20, 2)) for part in Split] in ([5, 2, 3], [5, 3, 2])


@pytest.mark.parametrize("shares", [(0, 0, 0), (-1, 1, 1), (float("nan"), 1, 1), (1, float("nan"), 1)])
def test_shares_that_make_no_sense_are_refused(shares: tuple[float, float, float]) -> None:
    with pytest.raises(SegdeskError, match="0 or more"):
        Shares(*shares)
