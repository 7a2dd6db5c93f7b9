"""Superpixels: small patches that hang together and stop at the image's edges.

R. Achanta and others, SLIC Superpixels Compared to State-of-the-Art Superpixel Methods, IEEE TPAMI 34(11),
2012. The image is cut into tiles, so that a superpixel is the same from wherever it is asked for.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.assisted.pixels import Pixels, bounds_of, color_bytes
from segdesk.core.geometry import Box

Patches = NDArray[np.int32]

_TILE = 256  # pixels a side, about; a whole number of superpixels
_ROUNDS = 5
_MERGES_BELOW = 0.25  # of a superpixel's area: smaller leftovers join a neighbour


def tile_around(column: int, row: int, size: int, bounds: Box) -> Box:
    """The tile that a pixel's superpixels of `size` are found in."""
    side = max(1, _TILE // size) * size if size <= _TILE else size
    return Box(column // side * side, row // side * side, side, side).intersect(bounds)


def superpixels(pixels: Pixels, box: Box, size: int, compactness: float = 10.0) -> Patches:
    """The superpixels of a box of the image: (box.height, box.width) numbers from 0 on, each one region.

    pixels: (H, W) or (H, W, 3) uint8.
    size: the side of a superpixel in pixels, about.
    compactness: how far a difference in place outweighs one in colour; 1 follows each edge, 40 is nearly
        square.

    Raises:
        ValueError: the box is empty, or not within the image.
    """
    if box.is_empty or box.intersect(bounds_of(pixels)) != box:
        raise ValueError(f"no superpixels in {box} of an image of {pixels.shape}")
    soft = cv2.GaussianBlur(color_bytes(pixels[box.slices]), (0, 0), 0.7)
    lab = np.asarray(cv2.cvtColor(soft.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
    labels = _clustered(lab, max(2, size), compactness)
    return _hanging_together(labels, max(2, size))


def _clustered(lab: NDArray[np.float32], size: int, compactness: float) -> Patches:
    """Each pixel's nearest of the nine centres around it, by colour and place."""
    height, width = lab.shape[:2]
    rows, columns = max(1, round(height / size)), max(1, round(width / size))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    cell_row = np.minimum(np.arange(height) * rows // height, rows - 1).astype(np.int32)
    cell_column = np.minimum(np.arange(width) * columns // width, columns - 1).astype(np.int32)
    features = [lab[:, :, 0], lab[:, :, 1], lab[:, :, 2], x * (compactness / size), y * (compactness / size)]
    nearest: Patches = (cell_row[:, None] * columns + cell_column[None, :]).astype(np.int32)
    for _ in range(_ROUNDS):
        centres = _means(features, nearest, rows * columns)
        best: NDArray[np.float32] = np.full((height, width), np.inf, np.float32)
        for down in (-1, 0, 1):
            r = np.clip(cell_row + down, 0, rows - 1)
            for right in (-1, 0, 1):
                c = np.clip(cell_column + right, 0, columns - 1)
                away = np.zeros((height, width), np.float32)
                for feature, centre in zip(features, centres, strict=True):
                    # Whole rows are copied, which is much faster than to look up pixel by pixel.
                    difference = centre.reshape(rows, columns).take(c, axis=1).take(r, axis=0)
                    difference -= feature
                    difference *= difference
                    away += difference
                np.copyto(nearest, r[:, None] * columns + c[None, :], where=away < best)
                np.minimum(best, away, out=best)
    return nearest


def _means(features: list[NDArray[np.float32]], labels: Patches, count: int) -> list[NDArray[np.float32]]:
    flat = labels.ravel()
    pixels = np.maximum(np.bincount(flat, minlength=count), 1)
    return [
        (np.bincount(flat, feature.ravel(), minlength=count) / pixels).astype(np.float32)
        for feature in features
    ]


def _hanging_together(labels: Patches, size: int) -> Patches:
    """Split what does not hang together, let small leftovers join a neighbour, and number what is left."""
    parts, count = _connected(labels)
    areas = np.bincount(parts.ravel(), minlength=count)
    large = areas >= max(1.0, _MERGES_BELOW * size * size)
    if not large.any():
        large[int(np.argmax(areas))] = True
    # Each leftover pixel takes the nearest large part; that is a neighbour, as all of them tile the box.
    kept = large[parts]
    if kept.all():
        return parts
    grown = _nearest_part(parts, kept)
    merged, _ = _connected(grown)
    return merged


def _nearest_part(parts: Patches, kept: NDArray[np.bool_]) -> Patches:
    _, nearest = cv2.distanceTransformWithLabels(
        (~kept).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    number_of = np.zeros(int(nearest.max()) + 1, np.int32)
    number_of[nearest[kept]] = parts[kept]
    return np.where(kept, parts, number_of[nearest]).astype(np.int32)


def _connected(labels: Patches) -> tuple[Patches, int]:
    """Regions of one number that hang together by their sides, numbered from 0 on; and how many there are."""
    height, width = labels.shape
    # On a grid of twice the size, the spaces between pixels are open where both sides have one number.
    fine = np.zeros((2 * height - 1, 2 * width - 1), np.uint8)
    fine[::2, ::2] = 1
    fine[::2, 1::2] = labels[:, 1:] == labels[:, :-1]
    fine[1::2, ::2] = labels[1:, :] == labels[:-1, :]
    count, regions = cv2.connectedComponents(fine, connectivity=4, ltype=cv2.CV_32S)
    return np.ascontiguousarray(regions[::2, ::2] - 1, np.int32), count - 1
