"""How an image is cut into tiles that a network predicts one by one, so that little is predicted twice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from segdesk.core.geometry import Box
from segdesk.nn.networks.blocks import Network

# GroupNorm's statistics depend on the tile: near twice the size of the training crops predicted best
# (256 pixels gained 0.01 Dice on vessels over 512, and as much on nuclei), at less cost on small images.
TILE = 256
OVERLAP = 48  # where tiles are judged by themselves

# Sides of tiles, from and to. Where no statistics depend on the tile it is a matter of speed and memory: a
# job with a U-Net or U2-Net of the original width takes 3.4 GiB in all with tiles of 1040 pixels.
_MEASURED = (TILE, 288)
_FREE = (576, 864)
# Blending over 16 pixels is as good as over 48 (Dice of held-out images of four sets, within 0.0015), and
# what is predicted twice is an eighth of the image instead of a half.
_BLEND = 16
# A batch. On a processor two images of 64 or 128 pixels cost what one does; from 256 on, as much as two.
_PIXELS_AT_ONCE = {"cuda": 4 * 2**20, "cpu": 2**16}
_GRID = 16  # sides are multiples of it: what networks halve four times, or five, is not padded for long


@dataclass(frozen=True)
class Spans:
    """One side of an image, `length` pixels, cut into spans of `size` that begin at `starts`, in order."""

    length: int
    size: int
    starts: tuple[int, ...]

    @cached_property
    def weights(self) -> tuple[NDArray[np.float32], ...]:
        """(size,) of each span: over each pixel of the side they add up to 1, falling where spans overlap."""
        raw = []
        for number, start in enumerate(self.starts):
            weight = np.ones(self.size, np.float64)
            if number:
                shared = max(0, self.starts[number - 1] + self.size - start)
                weight[:shared] *= (np.arange(shared) + 0.5) / max(1, shared)
            if number + 1 < len(self.starts):
                shared = max(0, start + self.size - self.starts[number + 1])
                weight[self.size - shared :] *= (np.arange(shared)[::-1] + 0.5) / max(1, shared)
            raw.append(weight)
        total = np.zeros(self.length, np.float64)
        for start, weight in zip(self.starts, raw, strict=True):
            total[start : start + self.size] += weight
        return tuple(
            (weight / total[start : start + self.size]).astype(np.float32)
            for start, weight in zip(self.starts, raw, strict=True)
        )


@dataclass(frozen=True)
class Layout:
    """The tiles of an image: each row's span with each column's, row by row; `batch` of a row go together."""

    rows: Spans
    columns: Spans
    batch: int = 1

    def box(self, row: int, column: int) -> Box:
        """The pixels of a tile."""
        return Box(self.columns.starts[column], self.rows.starts[row], self.columns.size, self.rows.size)


def layout_for(network: Network, height: int, width: int, device: torch.device) -> Layout:
    """The tiles that cost least of those that a network predicts well."""
    measured = any(isinstance(part, nn.GroupNorm | nn.InstanceNorm2d) for part in network.modules())
    rows, columns = (
        evenly(length, *(_MEASURED if measured else _FREE), _BLEND) for length in (height, width)
    )
    pixels = _PIXELS_AT_ONCE.get(device.type, 0)
    return Layout(rows, columns, max(1, min(64, pixels // (rows.size * columns.size))))


def evenly(length: int, least: int, most: int, overlap: int, grid: int = _GRID) -> Spans:
    """Cut a side of `length` into spans of `least` to `most` pixels that cover it with least waste.

    Spans are multiples of `grid`, as `least`, `most` and `overlap` must be, unless one is enough, and begin
    at multiples of it but for the last; they overlap by `overlap` or more.
    """
    if length <= most:
        return Spans(length, length, (0,))
    fewest, many = (-(-(length - overlap) // (side - overlap)) for side in (most, least))
    sizes = {
        count: max(least, -(-(length + (count - 1) * overlap) // (count * grid)) * grid)
        for count in range(fewest, many + 1)
    }
    count = min(sizes, key=lambda number: (number * sizes[number], number))
    size = sizes[count]
    count = -(-(length - overlap) // (size - overlap))
    step = size - overlap
    return Spans(length, size, tuple(min(index * step, length - size) for index in range(count)))


def cuts(length: int, tile: int, overlap: int) -> list[int]:
    """Where tiles begin so that they cover `length` evenly and overlap by `overlap` or more."""
    if length <= tile:
        return [0]
    count = -(-(length - overlap) // (tile - overlap))
    return [round(index * (length - tile) / (count - 1)) for index in range(count)]


def fixed(length: int, tile: int, overlap: int) -> Spans:
    """Spans of exactly `tile`, evenly spread."""
    return Spans(length, min(tile, length), tuple(cuts(length, tile, overlap)))
