"""Predicting images of any size: tiles are read and put together while the network works on others."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segdesk.core.geometry import Box
from segdesk.nn import devices
from segdesk.nn.fast import look
from segdesk.nn.layout import OVERLAP, TILE, Layout, cuts, fixed, layout_for
from segdesk.nn.mosaic import Mosaic, Said
from segdesk.nn.networks.blocks import Network, mirror

_AHEAD = 2  # batches that are read before the network asks for them, and that may wait to be put together


class Readable(Protocol):
    """An image as a network reads it, in parts; another thread may do so."""

    @property
    def height(self) -> int: ...

    @property
    def width(self) -> int: ...

    def read(self, box: Box) -> NDArray[np.float32]:
        """(channels, box.height, box.width), about zero; the box lies inside."""


def chances(network: Network, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Class probabilities (classes, H, W) float32 of one prepared image (channels, H, W), in one go."""
    height, width = pixels.shape[1:]
    said = look(network, network.enlarge(torch.from_numpy(pixels)[None]))
    probability: NDArray[np.float32] = said[0, :, :height, :width].cpu().numpy()
    return probability


def tiles(height: int, width: int, tile: int, overlap: int) -> Iterator[Box]:
    """The tiles of an image, row by row."""
    for y in cuts(height, tile, overlap):
        for x in cuts(width, tile, overlap):
            yield Box(x, y, min(tile, width), min(tile, height))


def predict_image(
    network: Network,
    image: Readable,
    tile: int | None = None,
    overlap: int = OVERLAP,
    *,
    with_map: bool = False,
    with_probabilities: bool = False,
) -> Generator[float, None, Said]:
    """Ask the network about the whole image; yields the fraction done after each batch of tiles.

    No more than one row of tiles is held as probabilities, whatever the size of the image. Two threads read
    ahead and put together; they are gone when the generator ends or is closed, and while nobody asks for its
    next value they do no more than they have begun.

    tile, overlap: sides of square tiles and how far they overlap; the network decides where no tile is given.

    Raises:
        ImageError: the image is read from a file, which is damaged or gone.
    """
    device = next(network.parameters()).device
    height, width = image.height, image.width
    if tile is None:
        layout = layout_for(network, height, width, device)
    else:
        layout = Layout(fixed(height, tile, overlap), fixed(width, tile, overlap))
    mosaic = Mosaic(network.classes, layout, with_map=with_map, with_probabilities=with_probabilities)
    work = deque(_batches(layout))
    total = len(work)
    reader = ThreadPoolExecutor(1, thread_name_prefix="tiles-read")
    finisher = ThreadPoolExecutor(1, thread_name_prefix="tiles-said")
    read: deque[tuple[int, range, Future[Tensor]]] = deque()
    said: deque[Future[None]] = deque()
    try:
        while work or read:
            while work and len(read) < _AHEAD:
                row, columns = work.popleft()
                read.append((row, columns, reader.submit(_read, network, image, layout, row, columns)))
            row, columns, batch = read.popleft()
            probabilities = _looked(network, batch.result(), layout)
            said.append(finisher.submit(mosaic.add, row, columns, probabilities))
            if len(said) > _AHEAD:
                said.popleft().result()
            yield (total - len(work) - len(read)) / total
        for one in said:
            one.result()
    finally:
        reader.shutdown(cancel_futures=True)
        finisher.shutdown(cancel_futures=True)
    return mosaic.said()


def _batches(layout: Layout) -> Iterator[tuple[int, range]]:
    columns = len(layout.columns.starts)
    for row in range(len(layout.rows.starts)):
        for first in range(0, columns, layout.batch):
            yield row, range(first, min(first + layout.batch, columns))


def _read(network: Network, image: Readable, layout: Layout, row: int, columns: range) -> Tensor:
    """(B, channels, H, W) tiles, grown by what the network wants to see around them.

    That is the image's own pixels wherever it has some, and a mirror image beyond its borders.
    """
    return torch.cat([_grown(network, image, layout.box(row, column)) for column in columns])


def _grown(network: Network, image: Readable, box: Box) -> Tensor:
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


def _looked(network: Network, x: Tensor, layout: Layout) -> Tensor:
    """The probabilities of a batch, in halves where memory does not suffice for all of it."""
    try:
        said = look(network, x)
    except RuntimeError as error:
        if len(x) == 1 or not devices.out_of_memory(error):
            raise
    else:
        return said[..., : layout.rows.size, : layout.columns.size]
    middle = len(x) // 2
    return torch.cat([_looked(network, half, layout).cpu() for half in (x[:middle], x[middle:])])


__all__ = ["OVERLAP", "TILE", "Readable", "Said", "chances", "cuts", "predict_image", "tiles"]
