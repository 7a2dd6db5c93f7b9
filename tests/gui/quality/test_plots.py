"""Scales, and the colours of cells."""

from __future__ import annotations

import pytest

from segdesk.core.ticks import nice_step, ticks_to
from segdesk.gui.quality.grids import Cell, shading
from segdesk.gui.theme import DARK, LIGHT, Colors
from tests.gui.test_look import contrast


@pytest.mark.parametrize(
    ("top", "ticks"),
    [
        (0, (0, 1)),
        (0.3, (0, 0.1, 0.2, 0.3)),
        (1, (0, 1)),
        (3, (0, 1, 2, 3)),
        (7, (0, 2, 4, 6, 8)),
        (115, (0, 50, 100, 150)),
        (2001, (0, 1000, 2000, 3000)),
    ],
)
def test_ticks_are_round_numbers(top: float, ticks: tuple[float, ...]) -> None:
    assert ticks_to(top) == pytest.approx(ticks)


def test_steps() -> None:
    assert [nice_step(x) for x in (0.15, 1, 1.1, 3, 5.5, 70)] == pytest.approx([0.2, 1, 2, 5, 10, 100])


@pytest.mark.parametrize("c", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("right", [True, False])
def test_each_cell_can_be_read(c: Colors, right: bool) -> None:
    shares = [None, *(n / 50 for n in range(51))]
    worst = min(
        contrast(*(color.name() for color in shading(Cell("", "", share, right), c))) for share in shares
    )
    assert worst >= 4.5


@pytest.mark.parametrize("c", [LIGHT, DARK], ids=["light", "dark"])
def test_errors_look_unlike_what_is_right(c: Colors) -> None:
    right, wrong = (shading(Cell("", "", 0.5, is_right), c)[0] for is_right in (True, False))
    # Blue against orange, which people with any common colour blindness tell apart.
    assert right.blueF() - right.redF() > 0.15
    assert wrong.redF() - wrong.blueF() > 0.15
