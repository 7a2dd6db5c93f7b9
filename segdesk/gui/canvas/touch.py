"""Fingers on a touch screen: one is a pointer, two move and pinch the image."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEventPoint, QTouchEvent

_MEANT = 8.0  # pixels of the widget that one finger moves before it draws: a second one may be on its way


class FingerPointer(Protocol):
    """What a single finger does."""

    def press(self, at: QPointF) -> None: ...

    def move(self, at: QPointF) -> None: ...

    def release(self, at: QPointF) -> None: ...

    def cancel(self) -> None: ...


class Fingers:
    """Turns touch events into a pointer, or into panning and zooming, in the widget's coordinates.

    zoom(factor, position) and pan(dx, dy) do the latter. Once two fingers are down, nothing is drawn until
    all are up.
    """

    def __init__(
        self,
        pointer: FingerPointer,
        zoom: Callable[[float, QPointF], None],
        pan: Callable[[float, float], None],
    ) -> None:
        self._pointer = pointer
        self._zoom = zoom
        self._pan = pan
        self._began: QPointF | None = None  # where one finger went down that has not drawn yet
        self._draws = False
        self._pinches = False
        self._last: tuple[QPointF, float] | None = None  # middle of two fingers, and how far apart they were

    @property
    def are_down(self) -> bool:
        """Whether a finger draws just now."""
        return self._draws

    def handle(self, event: QTouchEvent) -> None:
        """Do what the fingers say."""
        down = [p for p in event.points() if p.state() is not QEventPoint.State.Released]
        if event.type() == QEvent.Type.TouchCancel:
            self._give_up()
        elif len(down) >= 2:
            self._two(down)
        elif len(down) == 1 and not self._pinches:
            self._one(down[0].position())
        elif not down:
            self._end(event.points()[0].position())
        else:
            self._last = None

    def _one(self, at: QPointF) -> None:
        if self._draws:
            self._pointer.move(at)
        elif self._began is None:
            self._began = at
        elif _apart(self._began, at) >= _MEANT:
            self._draws = True
            self._pointer.press(self._began)
            self._pointer.move(at)

    def _two(self, down: Sequence[QEventPoint]) -> None:
        if self._draws:
            self._pointer.cancel()
        self._draws, self._pinches, self._began = False, True, None
        first, second = down[0].position(), down[1].position()
        middle, apart = (first + second) / 2, max(1.0, _apart(first, second))
        if self._last is not None:
            moved = middle - self._last[0]
            self._pan(moved.x(), moved.y())
            self._zoom(apart / self._last[1], middle)
        self._last = middle, apart

    def _end(self, at: QPointF) -> None:
        if self._draws:
            self._pointer.release(at)
        elif self._began is not None:  # a tap
            self._pointer.press(self._began)
            self._pointer.release(self._began)
        self._draws = self._pinches = False
        self._began = self._last = None

    def _give_up(self) -> None:
        if self._draws:
            self._pointer.cancel()
        self._draws = self._pinches = False
        self._began = self._last = None


def _apart(first: QPointF, second: QPointF) -> float:
    return math.hypot(first.x() - second.x(), first.y() - second.y())
