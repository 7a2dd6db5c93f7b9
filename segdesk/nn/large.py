"""Learning from images that are too large to be held: only what lies around corrections is read.

Neither the image nor a plane of its mask is ever whole in memory; what is done costs as much as there are
blocks with corrections in them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import LearningError
from segdesk.core.geometry import Box
from segdesk.core.images import Regions
from segdesk.core.jobs import TrainSample
from segdesk.core.mask import PackedPlane, tile_box, tile_keys, unpack_tile
from segdesk.core.translation import tr
from segdesk.nn.normalise import Normalised, Pixels

PIXELS = 1 << 27
"""Images of more pixels than this are learned from block by block, where their files allow it."""

BLOCK = 512
_LOOKS, _LOOK = 8, 96  # a side's pieces that statistics are taken from, and the side of one in pixels


@dataclass(frozen=True)
class Planes:
    """A part of a mask. labels, corrected: (box.height, box.width) uint8."""

    box: Box
    labels: NDArray[np.uint8]
    corrected: NDArray[np.uint8]


def is_large(sample: TrainSample) -> bool:
    """Whether a sample is learned from block by block."""
    return sample.mask.labels.height * sample.mask.labels.width > PIXELS


def blocks(sample: TrainSample) -> Iterator[Box]:
    """The blocks of a sample that a person said something in; all of them where it is confirmed."""
    height, width = sample.mask.labels.height, sample.mask.labels.width
    bounds = Box(0, 0, width, height)
    if sample.confirmed:
        found = {(y, x) for y in range(0, height, BLOCK) for x in range(0, width, BLOCK)}
    else:
        found = set()
        for key in sample.mask.corrected.tiles:
            tile = tile_box(key, height, width)
            rows = range(tile.y // BLOCK * BLOCK, tile.bottom, BLOCK)
            columns = range(tile.x // BLOCK * BLOCK, tile.right, BLOCK)
            found.update((y, x) for y in rows for x in columns)
    for y, x in sorted(found):
        yield Box(x, y, BLOCK, BLOCK).intersect(bounds)


def planes(sample: TrainSample, box: Box) -> Planes:
    """The mask of a sample within a box.

    Raises:
        LearningError: a tile is damaged.
    """
    try:
        return Planes(box, _part(sample.mask.labels, box), _part(sample.mask.corrected, box))
    except (ValueError, zlib.error) as error:
        raise LearningError(
            tr("The mask of {name} is damaged; correct the image again.").format(name=sample.source.path.name)
        ) from error


def measured(regions: Regions, channels: int, normalisation: str) -> Normalised:
    """How an image is normalised, from pieces all over it. Raises ImageError."""
    return Normalised.of(look_around(regions), channels, normalisation)


def look_around(regions: Regions) -> Pixels:
    """(H, W) or (H, W, C) pixels from all over an image, side by side. Raises ImageError."""
    wide, tall = min(_LOOK, regions.width), min(_LOOK, regions.height)
    rows = np.linspace(0, regions.height - tall, _LOOKS).astype(int)
    columns = np.linspace(0, regions.width - wide, _LOOKS).astype(int)
    looks = [[regions.read(Box(int(x), int(y), wide, tall)) for x in columns] for y in rows]
    sample: Pixels = np.concatenate([np.concatenate(row, axis=1) for row in looks], axis=0)
    return sample


def read_like(regions: Regions, box: Box, like: Normalised) -> Normalised:
    """A part of an image, normalised as the whole would be. Raises ImageError."""
    pixels = regions.read(box)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels[..., : like.pixels.shape[-1]]
    return Normalised(np.ascontiguousarray(pixels), like.centre, like.spread, like.channels)


def _part(plane: PackedPlane, box: Box) -> NDArray[np.uint8]:
    part = np.zeros((box.height, box.width), np.uint8)
    for key in tile_keys(box):
        data = plane.tiles.get(key)
        if data is None:
            continue
        tile = tile_box(key, plane.height, plane.width)
        common = tile.intersect(box)
        there = Box(common.x - box.x, common.y - box.y, common.width, common.height)
        inside = Box(common.x - tile.x, common.y - tile.y, common.width, common.height)
        part[there.slices] = unpack_tile(data, tile)[inside.slices]
    return part
