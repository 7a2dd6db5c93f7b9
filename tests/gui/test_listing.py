"""Order and filter of the list of samples, without a window."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdesk.core.images import ImageSource
from segdesk.core.patch import State, Status
from segdesk.core.project import Sample, Score
from segdesk.gui.listing import Listing, Order

STATES = [State.PREDICTED, State.CONFIRMED, State.NEW, State.CORRECTED, State.PREDICTED]
SCORES = {10: Score(1, 0.2, None), 13: Score(1, 0.5, 0.1), 14: Score(1, 0.3, 0.4)}


def sample(number: int, state: State) -> Sample:
    names = ["b10", "b9", "a", "c", "B1"]
    return Sample(10 + number, ImageSource(Path(f"/{names[number]}.png")), 8, 6, Status(state))


@pytest.fixture
def samples() -> list[Sample]:
    return [sample(number, state) for number, state in enumerate(STATES)]


@pytest.fixture
def listing(samples: list[Sample]) -> Listing:
    listing = Listing()
    listing.take(samples, SCORES)
    return listing


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.ADDED, [0, 1, 2, 3, 4]),
        (Order.NAME, [2, 4, 1, 0, 3]),
        (Order.UNCERTAINTY, [3, 4, 0, 2, 1]),  # what has no figure follows, what is confirmed comes last
        (Order.DISAGREEMENT, [4, 3, 0, 2, 1]),
    ],
)
def test_orders(listing: Listing, order: Order, expected: list[int]) -> None:
    listing.sort(order)
    assert listing.rows == expected
    assert [listing.place_of(row) for row in expected] == [0, 1, 2, 3, 4]
    assert listing.neighbour(expected[1], 1) == expected[2]
    assert listing.neighbour(expected[1], -1) == expected[0]
    assert listing.neighbour(expected[0], -1) is None
    assert listing.neighbour(expected[-1], 1) is None


def test_a_part_of_a_name_is_found_in_any_case(listing: Listing) -> None:
    listing.sort(Order.NAME)
    listing.filter(None, text="B1")
    assert listing.rows == listing.found() == [4, 0]
    listing.filter(2)
    assert (listing.rows, listing.found()) == ([2, 4, 0], [4, 0])  # the one on screen is not what was found
    listing.filter(None, [State.CONFIRMED, State.NEW], text="B")
    assert listing.rows == [1]
    assert listing.is_filtered
    listing.filter(None, State, "")
    assert len(listing.rows) == 5
    assert not listing.is_filtered


def test_a_filter_keeps_the_order_and_the_one_on_screen(listing: Listing) -> None:
    listing.sort(Order.UNCERTAINTY)
    listing.filter(None, [State.PREDICTED, State.NEW])
    assert listing.rows == [4, 0, 2]
    assert listing.place_of(3) is None
    listing.filter(3)
    assert listing.rows == [3, 4, 0, 2]
    listing.filter(None, State)
    assert len(listing.rows) == 5


def test_the_list_stays_until_it_is_sorted_again(listing: Listing, samples: list[Sample]) -> None:
    listing.sort(Order.UNCERTAINTY)
    samples[2] = sample(2, State.PREDICTED)
    listing.note(2, samples[2], Score(2, 0.9, None))
    assert listing.rows == [3, 4, 0, 2, 1]
    assert listing.figure(2) == pytest.approx(0.9)
    assert listing.counts[State.NEW] == 0
    assert listing.counts[State.PREDICTED] == 3
    listing.sort()
    assert listing.rows == [2, 3, 4, 0, 1]


def test_the_figure_is_that_of_the_order(listing: Listing) -> None:
    assert listing.figure(4) is None
    listing.sort(Order.UNCERTAINTY)
    assert listing.figure(4) == pytest.approx(0.3)
    listing.sort(Order.DISAGREEMENT)
    assert listing.figure(4) == pytest.approx(0.4)
    assert listing.figure(0) is None


def test_asking_for_the_most_useful_leads_on_and_begins_again(listing: Listing) -> None:
    assert listing.most_useful(None) == 3
    assert listing.most_useful(3) == 4
    assert listing.most_useful(4) == 0
    assert listing.most_useful(0) == 3  # all were looked at
    listing.sort(Order.DISAGREEMENT)
    assert listing.most_useful(3) == 4


def test_the_most_useful_is_never_confirmed_nor_the_one_on_screen(
    listing: Listing, samples: list[Sample]
) -> None:
    for row in (0, 3):
        samples[row] = sample(row, State.CONFIRMED)
        listing.note(row, samples[row], None)
    assert listing.most_useful(4) is None
    assert listing.most_useful(0) == 4


def test_after_confirming_the_list_goes_on_and_round(listing: Listing, samples: list[Sample]) -> None:
    listing.sort(Order.UNCERTAINTY)
    assert listing.next_unconfirmed(3) == 4
    assert listing.next_unconfirmed(2) == 3
    assert listing.unconfirmed() == [13, 14, 10, 12]
    for row in (0, 2, 3, 4):
        samples[row] = sample(row, State.CONFIRMED)
        listing.note(row, samples[row], None)
    assert listing.next_unconfirmed(3) is None
    assert listing.unconfirmed() == []


def test_an_empty_project_has_an_empty_list(listing: Listing) -> None:
    listing.take([], {})
    for order in Order:
        listing.sort(order)
        assert listing.rows == []
    assert listing.most_useful(None) is None
