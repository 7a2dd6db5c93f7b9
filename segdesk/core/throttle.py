"""How much of a job's progress is passed on: no more than an eye can follow, and whatever matters."""

from __future__ import annotations

import time

from segdesk.core.jobs import Progress

_SHORTEST_GAP = 0.05


class Throttle:
    """Decides for each Progress of one job whether it is passed on."""

    def __init__(self, shortest_gap: float = _SHORTEST_GAP) -> None:
        """shortest_gap: seconds between two reports that say nothing but how far the job is."""
        self._gap = shortest_gap
        self._last = -shortest_gap
        self._text: str | None = None

    def passes(self, progress: Progress) -> bool:
        """Whether to pass this one on: it carries something, says something new, or it is time again."""
        now = time.monotonic()
        if not self._matters(progress) and now - self._last < self._gap:
            return False
        self._last, self._text = now, progress.text
        return True

    def _matters(self, progress: Progress) -> bool:
        return (
            type(progress) is not Progress  # a kind of its own brings something
            or bool(progress.figures)
            or progress.preview is not None
            or progress.strip is not None
            or progress.text != self._text
        )
