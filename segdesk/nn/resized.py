"""Predicting with models that read images in a size of their own."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.nn import tiling
from segdesk.nn.mosaic import Said
from segdesk.nn.networks.blocks import Network
from segdesk.nn.normalise import Normalised, Pixels
from segdesk.nn.preparation import Preparation, Values, prepared, restored
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.uncertainty import Uncertainty

_TILE = 512


@dataclass(frozen=True)
class Resized(Normalised):
    """An image in the size that a network wants.

    original: its own (height, width).
    """

    preparation: Preparation
    original: tuple[int, int]


def normalised(image: Pixels, spec: NetworkSpec) -> Normalised:
    """An image (H, W) or (H, W, C) as a model wants it, a Resized where it wants another size."""
    ready = Normalised.of(prepared(image, spec.preparation), spec.in_channels, spec.normalisation)
    if not spec.preparation.resizes:
        return ready
    height, width = image.shape[:2]
    return Resized(
        ready.pixels, ready.centre, ready.spread, ready.channels, spec.preparation, (height, width)
    )


def predict_image(
    network: Network, image: tiling.Readable, *, with_map: bool = False, with_probabilities: bool = False
) -> Generator[float, None, Said]:
    """Ask the network about a whole image; yields the fraction done. See `segdesk.nn.tiling.predict_image`.

    What is said of a Resized one has the size of the image itself.
    """
    if not isinstance(image, Resized):
        return (
            yield from tiling.predict_image(
                network, image, with_map=with_map, with_probabilities=with_probabilities
            )
        )
    height, width = image.original
    said = yield from _asked(network, image)
    labels = np.zeros((height, width), np.uint8)
    unsure = Uncertainty(height, width, with_plane=with_map)
    planes = np.zeros((network.classes, height, width), np.uint8) if with_probabilities else None
    for first, band in restored(said, image.preparation, height, width):
        rows = slice(first, first + band.shape[1])
        labels[rows] = band.argmax(0)
        unsure.add(first, band, band.max(0))
        if planes is not None:
            planes[:, rows] = np.rint(band * 255)
        yield (1 + rows.stop / height) / 2
    return Said(labels, unsure.figure, unsure.plane, planes)


def glimpse(network: Network, image: Resized, box: Box) -> tuple[Box, NDArray[np.uint8]]:
    """The labels of a part of an image, and which part it is.

    It is empty where the network does not read all of the image at once, which would take longer than a look.
    """
    height, width = image.original
    box = box.intersect(Box(0, 0, width, height))
    if box.is_empty or not image.preparation.whole:
        return Box(0, 0, 0, 0), np.zeros((0, 0), np.uint8)
    said = tiling.chances(network, image.read(Box(0, 0, image.width, image.height)))
    bands = (band.argmax(0) for _, band in restored(said, image.preparation, height, width))
    return box, np.concatenate(list(bands))[box.slices].astype(np.uint8)


def _asked(network: Network, image: Resized) -> Generator[float, None, Values]:
    """The probabilities (classes, h, w) of the whole of a prepared image."""
    if image.preparation.whole:
        said = tiling.chances(network, image.read(Box(0, 0, image.width, image.height)))
        yield 0.5
        return said
    total = np.zeros((network.classes, image.height, image.width), np.float32)
    weights = np.zeros((image.height, image.width), np.float32)
    boxes = list(tiling.tiles(image.height, image.width, _TILE, tiling.OVERLAP))
    for number, box in enumerate(boxes):
        near = np.minimum(*np.ogrid[1 : box.height + 1, 1 : box.width + 1])  # pixels to the nearest border
        weight = np.minimum(np.minimum(near, near[::-1, ::-1]), tiling.OVERLAP).astype(np.float32)
        total[:, *box.slices] += tiling.chances(network, image.read(box)) * weight
        weights[box.slices] += weight
        yield (number + 1) / len(boxes) / 2
    return total / weights
