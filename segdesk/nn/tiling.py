"""Predicting images of any size, in tiles."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.errors import ImageError
from segdesk.core.geometry import Box
from segdesk.nn.fast import look
from segdesk.nn.layout import OVERLAP, TILE, Layout, cuts, fixed
from segdesk.nn.mosaic import Said
from segdesk.nn.networks.blocks import Network
from segdesk.nn.stream import Stream
from segdesk.nn.tile_batches import Readable


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
    """Ask the network about the whole image; yields the fraction done. See `segdesk.nn.stream`.

    tile, overlap: sides of square tiles and how far they overlap; the network decides where no tile is given.

    Raises:
        ImageError: the image is read from a file, which is damaged or gone.
    """
    layout = None
    if tile is not None:
        layout = Layout(fixed(image.height, tile, overlap), fixed(image.width, tile, overlap))
    stream = Stream(
        lambda _: network,
        _Single(image),
        None if layout is None else lambda *_: layout,
        with_map=with_map,
        with_probabilities=with_probabilities,
    )
    with closing(stream.run()) as steps:
        for step in steps:
            if step.error is not None:
                raise step.error
            if step.said is not None:
                return step.said
            yield step.fraction
    raise AssertionError("a stream tells what comes of each image")


class _Single:
    """A feed of one image."""

    def __init__(self, image: Readable) -> None:
        self._image: Readable | None = image

    def is_ready(self) -> bool:
        return self._image is not None

    def take(self) -> Readable | None:
        image, self._image = self._image, None
        return image

    def done(self, number: int) -> None:
        pass

    def too_large(self, number: int, error: MemoryError | RuntimeError) -> ImageError:
        raise error


__all__ = ["OVERLAP", "TILE", "Readable", "Said", "chances", "cuts", "predict_image", "tiles"]
