"""A small copy of an image that is too large to be held: what is seen first, and known of all of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageError
from segdesk.core.geometry import Box
from segdesk.core.images.regions import Regions
from segdesk.core.images.resample import shrink

_MOST_PIXELS = 4_000_000
_MOST_READ = 32_000_000  # pixels of a copy in the file, beyond which it is not read whole
_BLOCK = 2048  # side of what is read at once where the file has no copy
_PROBES, _PROBE = 8, 128  # a grid of so many places a side, so large, where nothing else is known


@dataclass(frozen=True)
class Overview:
    """level: it shows the image at 1 / 2**level of its size.

    pixels: of all of the image; zero where `is_whole` is False and nothing was filled in yet.
    sample: (h, w) or (h, w, channels) values from all over the image, for statistics.
    """

    level: int
    pixels: NDArray[Any]
    sample: NDArray[Any]
    is_whole: bool


def overview(regions: Regions) -> Overview:
    """The overview of a large image: from a copy in its file, or else a blank one with a few samples.

    Raises:
        ImageError: the file cannot be read.
    """
    level = max(0, math.ceil(math.log(regions.width * regions.height / _MOST_PIXELS, 4)))
    width, height = size_at(regions, level)
    copies = [
        (size, number)
        for number, size in enumerate(regions.sizes)
        if size[0] >= width - 1 and size[0] * size[1] <= _MOST_READ
    ]
    if copies:
        (wide, high), number = min(copies)
        pixels = shrink(regions.read(Box(0, 0, wide, high), number), width, height)
        return Overview(level, pixels, pixels, is_whole=True)
    sample = _probed(regions)
    pixels = np.zeros((height, width, *sample.shape[2:]), regions.dtype)
    return Overview(level, pixels, sample, is_whole=False)


def fill(regions: Regions, blank: Overview) -> Iterator[Box]:
    """Read all of the image into an overview, block by block; gives each block's box in the image.

    A block that cannot be read stays as it is.
    """
    step = 2**blank.level
    side = max(_BLOCK // step, 1) * step
    for y in range(0, regions.height, side):
        for x in range(0, regions.width, side):
            box = Box(x, y, side, side).intersect(regions.box)
            width, height = -(-box.width // step), -(-box.height // step)
            try:
                part = shrink(regions.read(box), width, height)
            except ImageError:
                continue
            blank.pixels[y // step : y // step + height, x // step : x // step + width] = part
            yield box


def size_at(regions: Regions, level: int) -> tuple[int, int]:
    """Width and height at 1 / 2**level."""
    return -(-regions.width // 2**level), -(-regions.height // 2**level)


def read_at(regions: Regions, level: int, box: Box) -> NDArray[Any]:
    """The pixels of a box at 1 / 2**level, from the smallest copy in the file that has enough of them.

    Raises:
        ImageError: the file cannot be read there.
    """
    wanted = size_at(regions, level)
    number = max(n for n, size in enumerate(regions.sizes) if size[0] >= wanted[0] - 1 or n == 0)
    size = regions.sizes[number]
    across, down = size[0] / wanted[0], size[1] / wanted[1]
    left, top = math.floor(box.x * across + 1e-6), math.floor(box.y * down + 1e-6)
    right, bottom = math.ceil(box.right * across - 1e-6), math.ceil(box.bottom * down - 1e-6)
    there = Box(left, top, right - left, bottom - top).intersect(Box(0, 0, *size))
    return shrink(regions.read(there, number), box.width, box.height)


def _probed(regions: Regions) -> NDArray[Any]:
    """Small squares from all over the image, one below the other."""
    found = []
    for row in range(_PROBES):
        for column in range(_PROBES):
            x = (2 * column + 1) * regions.width // (2 * _PROBES) - _PROBE // 2
            y = (2 * row + 1) * regions.height // (2 * _PROBES) - _PROBE // 2
            box = Box(x, y, _PROBE, _PROBE).intersect(regions.box)
            if (box.width, box.height) == (_PROBE, _PROBE):
                found.append(regions.read(box))
    if not found:
        box = Box(0, 0, _PROBE, _PROBE).intersect(regions.box)
        found.append(regions.read(box))
    return np.concatenate(found)
