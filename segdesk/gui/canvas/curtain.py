"""A line across the canvas: left of it the mask is seen, right of it what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from segdesk.core.geometry import Box

_AROUND = 2  # device pixels drawn anew beside a line that has moved


@dataclass(frozen=True)
class Curtain:
    """Where the line is and what it uncovers.

    share: of the screen's width, 0 (at the left edge) to 1. shows_first: the first prediction is seen right
    of it, else the image alone.
    """

    share: float = 0.5
    shows_first: bool = False

    def x(self, width: int) -> int:
        """The device pixel from which on the right side is seen, on a screen of this width."""
        return round(self.share * width)

    def parted(self, area: Box, width: int) -> tuple[Box, Box]:
        """What of an area is left and right of it; either may be empty."""
        at = min(max(self.x(width), area.x), area.right)
        left = Box(area.x, area.y, at - area.x, area.height)
        return left, Box(at, area.y, area.right - at, area.height)

    def between(self, other: int, width: int, height: int) -> Box:
        """The device pixels between it and a line at `other`, with a little around."""
        low, high = sorted((self.x(width), other))
        return Box(low - _AROUND, 0, high - low + 2 * _AROUND, height)
