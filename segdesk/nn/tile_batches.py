"""Tiles of images on their way through a network: read, grown, and put together again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segdesk.core.errors import ImageError
from segdesk.core.geometry import Box
from segdesk.nn.fast import look
from segdesk.nn.layout import Layout
from segdesk.nn.mosaic import Mosaic
from segdesk.nn.networks.blocks import Network, mirror


class Readable(Protocol):
    """An image as a network reads it, in parts; another thread may do so."""

    @property
    def height(self) -> int: ...

    @property
    def width(self) -> int: ...

    def read(self, box: Box) -> NDArray[np.float32]:
        """(channels, box.height, box.width), about zero; the box lies inside."""


class TiledImage:
    """What is known of an image while its tiles are looked at.

    tiles, passed: how many there are, and how many the network has passed.
    put: the work of putting the last one in its place.
    """

    layout: Layout
    mosaic: Mosaic

    def __init__(self, number: int) -> None:
        self.number = number
        self.tiles = 0
        self.passed = 0
        self.put: Future[None] | None = None
        self.error: ImageError | None = None


@dataclass(frozen=True, eq=False)
class Tile:
    """A part of an image that a network looks at."""

    image: TiledImage
    source: Readable
    network: Network
    box: Box
    row: int
    column: int

    def goes_with(self, other: Tile) -> bool:
        """Whether both can be in one batch."""
        return (self.box.width, self.box.height) == (other.box.width, other.box.height)


Batch: TypeAlias = list[Tile]


@dataclass(frozen=True)
class Seen:
    """A batch that was read, without the tiles that could not be, and looked at.

    pixels: (1, channels, H, W) of each tile.
    said: (tiles, classes, H, W) probabilities; None where there is no tile, or the network failed.
    """

    tiles: Batch
    pixels: list[Tensor]
    said: Tensor | None = None


def tiles_of(image: TiledImage, source: Readable, network: Network) -> Iterator[Tile]:
    """All tiles, row by row."""
    for row in range(len(image.layout.rows.starts)):
        for column in range(len(image.layout.columns.starts)):
            yield Tile(image, source, network, image.layout.box(row, column), row, column)


def read(batch: Sequence[Tile]) -> Seen:
    """The pixels of each tile, grown by what the network wants to see around it.

    From where an image turns out to be damaged, its tiles are left out.
    """
    tiles: Batch = []
    pixels: list[Tensor] = []
    for tile in batch:
        if tile.image.error is None:
            try:
                pixels.append(grown(tile.network, tile.source, tile.box))
                tiles.append(tile)
            except ImageError as error:
                tile.image.error = error
    return Seen(tiles, pixels)


def read_and_look(batch: Sequence[Tile]) -> Seen:
    """Read a batch, and let the network look at it."""
    seen = read(batch)
    if not seen.tiles:
        return seen
    try:
        return Seen(seen.tiles, seen.pixels, probabilities(seen.tiles, seen.pixels))
    except (MemoryError, RuntimeError):  # it is tried again when nothing else is in memory
        return seen


def probabilities(tiles: Batch, pixels: Sequence[Tensor]) -> Tensor:
    """What the network says of a batch; see `Seen`. Raises MemoryError or RuntimeError where it fails."""
    first = tiles[0]
    said = look(first.network, torch.cat(list(pixels)))
    # Classes that lie apart are put together in a fraction of the time.
    return said[..., : first.box.height, : first.box.width].contiguous()


def grown(network: Network, image: Readable, box: Box) -> Tensor:
    """(1, channels, H, W): the image's own pixels wherever it has some, and a mirror image beyond them."""
    above, below = network.context(box.height)
    before, after = network.context(box.width)
    wanted = Box(box.x - before, box.y - above, before + box.width + after, above + box.height + below)
    there = wanted.intersect(Box(0, 0, image.width, image.height))
    x = torch.from_numpy(image.read(there))[None]
    return mirror(
        x,
        (there.y - wanted.y, wanted.bottom - there.bottom),
        (there.x - wanted.x, wanted.right - there.right),
    )


def put(batch: Sequence[Tile], said: Tensor) -> None:
    """Take what was said of a batch into the images that its tiles are of; batches come in order."""
    for tile, chances in zip(batch, said.cpu(), strict=True):
        tile.image.mosaic.add(tile.row, range(tile.column, tile.column + 1), chances[None])
