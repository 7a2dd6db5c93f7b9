"""The learning rate, and when the anchor is renewed."""

from __future__ import annotations

import itertools

import pytest

from segdesk.nn.clock import Clock
from segdesk.nn.plateau import Plateau
from segdesk.nn.recipes import RECIPES, Recipe
from segdesk.nn.schedule import Renewals, one_cycle, open_end, rate


def test_the_rate_goes_up_once_and_down_once() -> None:
    rates = [one_cycle(step / 100, 1.0) for step in range(101)]
    top = rates.index(max(rates))
    assert max(rates) == pytest.approx(1.0)
    assert all(a <= b for a, b in itertools.pairwise(rates[: top + 1]))
    assert all(a >= b for a, b in itertools.pairwise(rates[top:]))
    assert 0 < rates[-1] < 0.01
    assert rates[0] < 0.1


def test_with_an_open_end_the_rate_rises_and_stays_until_a_bound_comes_near() -> None:
    assert open_end(0, 0.0, 1.0) < 0.1
    assert open_end(5000, 0.0, 1.0) == 1.0
    assert open_end(5000, 0.7, 1.0) == 1.0
    assert open_end(5000, 0.9, 1.0) == pytest.approx(0.5)
    assert 0 < open_end(5000, 1.0, 1.0) < 0.05


def test_a_recipe_and_a_plateau_decide_the_rate() -> None:
    clock, plateau = Clock(None, 1000), Plateau(every=10)
    clock.done = 500
    assert rate(Recipe(), 1.0, clock, None) == one_cycle(0.5, 1.0)
    assert rate(Recipe(), 1.0, clock, plateau) == 1.0
    plateau.factor = 0.25
    assert rate(Recipe(), 1.0, clock, plateau) == 0.25
    assert rate(RECIPES["tutorial"], 1.0, clock, plateau) == 1.0


def renewed(recipe: Recipe, steps: int, open_ended: bool, begin: int = 0) -> list[int]:
    clock = Clock(None, steps)
    clock.done = begin
    renewals = Renewals(recipe, clock, open_ended)
    found = []
    while clock.done < steps:
        clock.done += 1
        if renewals.due():
            found.append(clock.done)
    return found


def test_the_anchor_is_renewed_at_fractions_or_now_and_then() -> None:
    recipe = Recipe(renewals=(0.3, 0.6))
    assert renewed(recipe, 500, open_ended=False) == [150, 300]
    assert renewed(recipe, 500, open_ended=False, begin=150) == [300]  # as if it had not been interrupted
    assert renewed(recipe, 1100, open_ended=True) == [500, 1000]
    assert renewed(RECIPES["tutorial"], 1100, open_ended=True) == []
    assert renewed(RECIPES["tutorial"], 1100, open_ended=False) == []


def test_a_network_that_has_hardly_begun_does_not_renew_the_anchor() -> None:
    recipe = Recipe(renewals=(0.3, 0.6))
    assert renewed(recipe, 40, open_ended=False) == []
    assert renewed(recipe, 60, open_ended=False) == [50]  # once for both
    assert renewed(recipe, 60, open_ended=False, begin=40) == [50]
    assert renewed(recipe, 60, open_ended=False, begin=50) == []
    assert renewed(recipe, 100, open_ended=False) == [50, 60]
