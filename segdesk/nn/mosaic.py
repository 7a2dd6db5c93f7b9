"""Putting together what a network says of tiles: blended where they overlap, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segdesk.nn.layout import Layout
from segdesk.nn.uncertainty import Uncertainty

_VALUES_AT_ONCE = 1 << 21  # probabilities that are looked at as float32 at a time


@dataclass(frozen=True)
class Said:
    """What a network says about an image.

    labels: (H, W) uint8, the most probable class of each pixel.
    uncertainty: of the whole image, 0 to 1.   uncertainty_map: (H, W) uint8, where it was asked for.
    probabilities: (classes, H, W) uint8, 0 to 255, where they were asked for.
    """

    labels: NDArray[np.uint8]
    uncertainty: float
    uncertainty_map: NDArray[np.uint8] | None
    probabilities: NDArray[np.uint8] | None = None


class Mosaic:
    """Takes the tiles of a layout row by row; no more than one row of them is held, in float16.

    Of a single tile nothing is held, but its probabilities are rounded as others are.

    with_map, with_probabilities: whether `said` has them.
    """

    def __init__(self, classes: int, layout: Layout, *, with_map: bool, with_probabilities: bool) -> None:
        height, width = layout.rows.length, layout.columns.length
        self._layout = layout
        self._labels = np.empty((height, width), np.uint8)
        self._unsure = Uncertainty(height, width, with_plane=with_map)
        self._planes = np.zeros((classes, height, width), np.uint8) if with_probabilities else None
        self._single = len(layout.rows.starts) == len(layout.columns.starts) == 1
        if self._single:
            return
        self._band = torch.zeros((classes, layout.rows.size, width), dtype=torch.float16)
        self._down, self._across = (
            [torch.from_numpy(weight) for weight in spans.weights] for spans in (layout.rows, layout.columns)
        )

    def add(self, row: int, columns: range, chances: Tensor) -> None:
        """Take in tiles of a row: (B, classes, H, W) probabilities; rows come in order, tiles of one once."""
        with torch.inference_mode():
            if self._single:
                self._tell(0, chances[0].cpu().half().float())
                return
            size = self._layout.columns.size
            for column, chance in zip(columns, chances, strict=True):
                start = self._layout.columns.starts[column]
                weight = self._down[row][:, None] * self._across[column]
                self._band[:, :, start : start + size] += (chance.cpu() * weight).half()
            if columns.stop == len(self._across):
                self._finish(row)

    def said(self) -> Said:
        """What came of it; all tiles have been taken in."""
        return Said(self._labels, self._unsure.figure, self._unsure.plane, self._planes)

    def _finish(self, row: int) -> None:
        """Rows above the next row of tiles are finished; the others wait for it."""
        starts, size = self._layout.rows.starts, self._layout.rows.size
        top = starts[row]
        done = starts[row + 1] - top if row + 1 < len(starts) else size
        step = max(1, _VALUES_AT_ONCE // (self._band.shape[0] * self._band.shape[2]))
        for first in range(0, done, step):
            self._tell(top + first, self._band[:, first : min(first + step, done)].float())
        waiting = self._band[:, done:].clone()
        self._band.zero_()
        self._band[:, : waiting.shape[1]] = waiting

    def _tell(self, y: int, votes: Tensor) -> None:
        # One class after the other takes a fifth of the time that `max` over the first axis does.
        best, labels = votes[0].clone(), torch.zeros(votes.shape[1:], dtype=torch.uint8)
        for index in range(1, len(votes)):
            # Labels rise, so that the greatest is the last that was set; masked_fill takes far longer.
            torch.maximum(labels, (votes[index] > best).to(torch.uint8) * index, out=labels)
            torch.maximum(best, votes[index], out=best)
        below = y + votes.shape[1]
        self._labels[y:below] = labels.numpy()
        self._unsure.add(y, votes.numpy(), best.numpy())
        if self._planes is not None:
            shares = votes / votes.sum(0)
            self._planes[:, y:below] = shares.mul_(255).round_().to(torch.uint8).numpy()
