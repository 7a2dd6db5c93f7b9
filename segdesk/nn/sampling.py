"""Which crops a batch is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.nn.augment import shade, turn, zoomed_side
from segdesk.nn.material import ANCHOR, BLANK, IGNORED, LEARNED, Piece

_POINTS = 20_000  # corrected pixels of a class in a piece that are remembered as places to look at


@dataclass(frozen=True)
class Batch:
    """images (B, C, S, S) float32, labels (B, S, S) int64, weights (B, S, S) float32."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]
    weights: NDArray[np.float32]


class Sampler:
    """Draws batches: one half around corrections, the other half replayed from confirmed samples.

    Around corrections, each class has the same chance however little of it was painted. Where nothing is
    confirmed yet, the other half comes from anywhere in the corrected samples, so that the anchor holds
    what is far from the strokes.

    anchor / blank: weights of a pixel whose prediction the person saw, and of one that is background only
        because nobody labelled it, against 1 for a correction.   shading: see `shade`.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        rng: np.random.Generator,
        *,
        anchor: float = 0.1,
        blank: float = 0.02,
        shading: float = 0.2,
    ) -> None:
        self._rng = rng
        self._shading = shading
        self._drawn = 0  # crops so far: batches of one take turns as well
        self._weights = np.zeros(256, np.float32)
        self._weights[BLANK], self._weights[ANCHOR], self._weights[LEARNED] = blank, anchor, 1.0
        self._confirmed = [piece for piece in pieces if piece.confirmed]
        corrected = [piece for piece in pieces if not piece.confirmed] or self._confirmed
        self._corrected = corrected
        self._points = _points(corrected, rng)

    def batch(self, size: int, crop: int) -> Batch:
        """Draw `size` crops of `crop` pixels a side."""
        self._drawn += size
        crops = [self._crop(crop, replay=(self._drawn + number) % 2 == 1) for number in range(size)]
        images, labels, roles = (np.stack(planes) for planes in zip(*crops, strict=True))
        weights = self._weights[roles]
        return Batch(images, np.where(weights > 0, labels, 0).astype(np.int64), weights)

    def _crop(
        self, crop: int, replay: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.uint8]]:
        rng = self._rng
        side = zoomed_side(crop, rng)
        elsewhere = self._confirmed or self._corrected
        if replay:
            piece = elsewhere[rng.integers(len(elsewhere))]
            y, x = int(rng.integers(piece.image.height)), int(rng.integers(piece.image.width))
        else:
            places = self._points[rng.integers(len(self._points))]
            piece, points = places[rng.integers(len(places))]
            jitter = rng.integers(-side // 3, side // 3 + 1, 2)
            y, x = (int(v) for v in points[rng.integers(len(points))] + jitter)
        image, planes = turn(*_window(piece, y, x, side, crop), rng)
        return shade(image, rng, self._shading), planes[0], planes[1]


def _points(pieces: Sequence[Piece], rng: np.random.Generator) -> list[list[tuple[Piece, NDArray[np.int64]]]]:
    """For each class that was corrected anywhere: the pieces that have some, and where."""
    found: dict[int, list[tuple[Piece, NDArray[np.int64]]]] = {}
    for piece in pieces:
        learned = piece.roles == LEARNED
        for index in np.unique(piece.labels[learned]):
            places = np.argwhere(learned & (piece.labels == index))
            if len(places) > _POINTS:
                places = places[rng.choice(len(places), _POINTS, replace=False)]
            found.setdefault(int(index), []).append((piece, places))
    return [found[index] for index in sorted(found)]


def _window(
    piece: Piece, y: int, x: int, side: int, crop: int
) -> tuple[NDArray[np.float32], tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """A square of `side` pixels about (y, x), resized to `crop`: image (C, crop, crop), labels and roles.

    It is moved into the piece where that is large enough, and mirrored beyond its edge where it is not.
    """
    height, width = piece.image.height, piece.image.width
    top = min(max(0, y - side // 2), max(0, height - side))
    left = min(max(0, x - side // 2), max(0, width - side))
    box = Box(left, top, min(side, width), min(side, height))
    image = piece.image.read(box)
    labels, roles = piece.labels[box.slices], piece.roles[box.slices]
    if box.width < side or box.height < side:
        beyond = ((0, side - box.height), (0, side - box.width))
        image = np.pad(image, ((0, 0), *beyond), "symmetric")
        labels = np.pad(labels, beyond, "symmetric")
        roles = np.pad(roles, beyond, constant_values=IGNORED)
    if side != crop:
        size = (crop, crop)
        image = np.stack([cv2.resize(channel, size, interpolation=cv2.INTER_LINEAR) for channel in image])
        labels = np.asarray(cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST), np.uint8)
        roles = np.asarray(cv2.resize(roles, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    return image, (labels, roles)
