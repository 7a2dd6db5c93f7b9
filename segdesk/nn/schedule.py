"""What changes in the course of a round: the learning rate, and when the anchor is renewed."""

from __future__ import annotations

import math

from segdesk.nn.clock import Clock
from segdesk.nn.plateau import Plateau
from segdesk.nn.recipes import Recipe

_RISE = 0.15  # share of a round in which the rate rises
_WARM_UP = 100  # steps in which it rises where nobody knows the end
_FALL = 0.2  # share of the budget in which it falls then
_RENEW_EVERY = 500  # steps between two renewals of the anchor where nobody knows the end
_RENEW_FROM = 50  # steps, before which a network may say anything


def rate(recipe: Recipe, peak: float, clock: Clock, plateau: Plateau | None) -> float:
    """The learning rate of the next step; `plateau` is None where the end is known."""
    if recipe.schedule == "constant":
        return peak
    if plateau is None:
        return one_cycle(clock.fraction, peak)
    return open_end(clock.done, clock.fraction, peak) * plateau.factor


def one_cycle(fraction: float, peak: float) -> float:
    """The learning rate after `fraction` of a round: up, then down, along cosines (Smith and Topin 2018)."""
    if fraction < _RISE:
        low, along = peak / 20, fraction / _RISE
        return low + (peak - low) * (1 - math.cos(math.pi * along)) / 2
    along = (fraction - _RISE) / (1 - _RISE)
    return peak * max(0.002, (1 + math.cos(math.pi * along)) / 2)


def open_end(done: int, fraction: float, peak: float) -> float:
    """The learning rate where the end may come early: up over some steps, level, and down before the end.

    done: steps so far.   fraction: of the budget that bounds the round, in whose last part the rate
    falls to nothing; 0 where there is none. (Warm-up, stable, decay: Hu et al. 2024, "MiniCPM".)
    """
    return peak * min(1.0, (done + 1) / _WARM_UP, max(0.01, (1 - fraction) / _FALL))


class Renewals:
    """When to renew the anchor: after the recipe's fractions, or now and then where nobody knows the end."""

    def __init__(self, recipe: Recipe, clock: Clock, open_ended: bool) -> None:
        known = () if open_ended else recipe.renewals
        self._clock = clock
        self._left = known if clock.done < _RENEW_FROM else self._later(known)
        self._now_and_then = open_ended and bool(recipe.renewals)

    def due(self) -> bool:
        """Whether to renew after this step."""
        if self._now_and_then:
            return self._clock.done % _RENEW_EVERY == 0
        if not self._left or self._clock.fraction < self._left[0] or self._clock.done < _RENEW_FROM:
            return False
        self._left = self._later(self._left)
        return True

    def _later(self, fractions: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(fraction for fraction in fractions if fraction > self._clock.fraction)
