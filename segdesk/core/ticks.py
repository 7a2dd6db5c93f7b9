"""Round numbers along the axis of a plot."""

from __future__ import annotations

import math


def ticks_to(top: float, most: int = 4) -> tuple[float, ...]:
    """Round numbers from 0 to at least `top`, in at most `most` steps.

    They are whole numbers, except where all is below 1.
    """
    if top <= 0:
        return (0.0, 1.0)
    step = nice_step(top / most)
    if top >= 1:
        step = max(1.0, step)
    return tuple(step * n for n in range(math.ceil(top / step - 1e-9) + 1))


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, ... (and 0.5, 0.2, ...) that is not less than `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))
