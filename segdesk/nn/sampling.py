"""Which crops a batch is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

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


@dataclass(frozen=True)
class Choice:
    """A square window of `side` pixels; `box` is the part of it that lies in the piece, at its upper left."""

    piece: Piece
    box: Box
    side: int


class Sampler:
    """Draws batches: one half around corrections, the other half replayed from confirmed samples.

    Around corrections, each class has the same chance however little of it was painted. Where nothing is
    confirmed yet, the other half comes from anywhere in the corrected samples, so that the anchor holds
    what is far from the strokes.

    anchor / blank: weights of a pixel whose prediction the person saw, and of one that is background only
        because nobody labelled it, against 1 for a correction.   shading: see `shade`.
    focus: whether crops look for corrections; otherwise all of them come from anywhere in any sample.
    zoom: the chance that a crop is enlarged or reduced.   turns: whether crops are flipped and turned.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        rng: np.random.Generator,
        *,
        anchor: float = 0.1,
        blank: float = 0.02,
        shading: float = 0.2,
        focus: bool = True,
        zoom: float = 0.75,
        turns: bool = True,
    ) -> None:
        self.rng = rng
        self.shading, self.turns = shading, turns
        self._focus, self._zoom = focus, zoom
        self._drawn = 0  # crops so far: batches of one take turns as well
        self.weights = np.zeros(256, np.float32)  # by role
        self.weights[BLANK], self.weights[ANCHOR], self.weights[LEARNED] = blank, anchor, 1.0
        self._confirmed = [piece for piece in pieces if piece.confirmed]
        corrected = [piece for piece in pieces if not piece.confirmed] or self._confirmed
        self._corrected = corrected
        self._anywhere = list(pieces)
        self._points = _points(corrected, rng)

    def batch(self, size: int, crop: int) -> Batch:
        """Draw `size` crops of `crop` pixels a side."""
        crops = [self._cut(choice, crop) for choice in self.choices(size, crop)]
        images, labels, roles = (np.stack(planes) for planes in zip(*crops, strict=True))
        weights = self.weights[roles]
        return Batch(images, np.where(weights > 0, labels, 0).astype(np.int64), weights)

    def choices(self, size: int, crop: int) -> Iterator[Choice]:
        """Choose the crops of a batch one after the other; each is cut before the next is chosen."""
        self._drawn += size
        for number in range(size):
            yield self._choose(crop, replay=(self._drawn + number) % 2 == 1)

    def _choose(self, crop: int, replay: bool) -> Choice:
        rng = self.rng
        side = zoomed_side(crop, rng, self._zoom)
        elsewhere = self._confirmed or self._corrected
        if not self._focus:  # each window that lies inside is as likely as any other
            piece = self._anywhere[rng.integers(len(self._anywhere))]
            y, x = (
                side // 2 + int(rng.integers(max(1, length - side + 1)))
                for length in (piece.image.height, piece.image.width)
            )
        elif replay:
            piece = elsewhere[rng.integers(len(elsewhere))]
            y, x = int(rng.integers(piece.image.height)), int(rng.integers(piece.image.width))
        else:
            places = self._points[rng.integers(len(self._points))]
            piece, points = places[rng.integers(len(places))]
            jitter = rng.integers(-side // 3, side // 3 + 1, 2)
            y, x = (int(v) for v in points[rng.integers(len(points))] + jitter)
        # Moved into the piece where that is large enough.
        height, width = piece.image.height, piece.image.width
        top = min(max(0, y - side // 2), max(0, height - side))
        left = min(max(0, x - side // 2), max(0, width - side))
        return Choice(piece, Box(left, top, min(side, width), min(side, height)), side)

    def _cut(
        self, choice: Choice, crop: int
    ) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.uint8]]:
        image, planes = _window(choice, crop)
        if self.turns:
            image, planes = turn(image, planes, self.rng)
        return shade(image, self.rng, self.shading), planes[0], planes[1]

    def renewed(self) -> None:
        """The pieces have changed; they are read anew for each crop."""

    def close(self) -> None:
        """Nothing is held."""

    def tensors(self) -> dict[str, Tensor]:
        """A checkpoint keeps facts alone: the generator, and whose turn it is."""
        return {}

    def facts(self) -> dict[str, Any]:
        return {"numpy": self.rng.bit_generator.state, "drawn": self._drawn}

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Go on from what `facts` gave."""
        self.rng.bit_generator.state = facts["numpy"]
        self._drawn = facts["drawn"]


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


def _window(choice: Choice, crop: int) -> tuple[NDArray[np.float32], tuple[NDArray[np.uint8], ...]]:
    """The window of a choice, resized to `crop`: image (C, crop, crop), labels and roles (crop, crop).

    It is mirrored beyond the edge of its piece, and nothing is learned there.
    """
    piece, box, side = choice.piece, choice.box, choice.side
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
