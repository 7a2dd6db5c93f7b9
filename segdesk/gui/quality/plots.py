"""What a plot shows, as values: points, a line, a scale. How it looks is the painting's business."""

from __future__ import annotations

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
