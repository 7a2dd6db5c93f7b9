"""Which thresholds somebody has tried on an image: undo and redo go back and forth among them."""

from __future__ import annotations

from dataclasses import dataclass

from segdesk.core.project.masks import History
from segdesk.gui.panels.threshold_strip import EVEN


@dataclass(frozen=True)
class _Step:
    name: str
    before: int
    after: int


class ThresholdTrail:
    """The steps of undo that thresholds are, of one image, with the percentages before and after each."""

    def __init__(self) -> None:
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        self._was = History(None, None)  # when last looked at

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to go back and forth among."""
        return not (self._done or self._undone)

    def clear(self) -> None:
        """Another image is on screen."""
        self._done.clear()
        self._undone.clear()
        self._was = History(None, None)

    def add(self, name: str, percent: int) -> None:
        """A threshold was set just now, and is a step of undo by this name."""
        before = self._done[-1].after if self._done else EVEN
        self._done.append(_Step(name, before, percent))
        self._undone.clear()
        self._was = History(name, None)

    def follow(self, now: History) -> int | None:
        """The percentage that counts again, where a threshold was undone or redone since the last look."""
        was, self._was = self._was, now
        if self._done and was.undo == now.redo == self._done[-1].name:
            self._undone.append(self._done.pop())
            return self._undone[-1].before
        if self._undone and was.redo == now.undo == self._undone[-1].name:
            self._done.append(self._undone.pop())
            return self._done[-1].after
        return None
