"""What a plot shows, as values: points, a line, a scale. How it looks is the painting's business."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """Shapes that tell points apart without colour."""

    DOT = "dot"
    CROSS = "cross"
    RING = "ring"
    LINE = "line"  # in keys only


@dataclass(frozen=True)
class Point:
    """One figure.

    text: what pointing at it tells. since: where it was before; drawn as a ring, with a stem from there.
    sample_id: the sample that it is about.
    """

    x: float
    y: float
    text: str
    mark: Mark = Mark.DOT
    since: float | None = None
    sample_id: int | None = None


@dataclass(frozen=True)
class Plot:
    """One scale with its points.

    points: from left to right. line: (x, y), likewise. ticks: values to write at the left, from 0 upward.
    key: what the marks mean.
    """

    title: str
    points: tuple[Point, ...]
    line: tuple[tuple[float, float], ...]
    ticks: tuple[float, ...]
    key: tuple[tuple[Mark, str], ...] = ()


@dataclass(frozen=True)
class Figure:
    """Plots above each other over one axis of whole numbers from 1 to `last`.

    headline: what a person should know without looking closer. note: how to read it.
    parts: (first x, label) of each part of the axis. x_title: what is counted.
    empty: what to say instead, where there is nothing to draw yet.
    """

    title: str
    headline: str
    note: str
    plots: tuple[Plot, ...]
    last: int
    x_title: str
    empty: str
    parts: tuple[tuple[int, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.plots


SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # ticks of figures from 0 to 1


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
