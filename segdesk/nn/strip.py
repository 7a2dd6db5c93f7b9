"""Pictures of how far a training is: image | truth | prediction of a few pieces, one below the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.classes import default_color
from segdesk.core.errors import SegdeskError
from segdesk.core.files import atomic_write
from segdesk.core.geometry import Box
from segdesk.core.images import to_display
from segdesk.nn.material import HELD, LEARNED, Piece
from segdesk.nn.networks.blocks import Network
from segdesk.nn.tiling import OVERLAP, TILE, chances, tiles

Picture = NDArray[np.uint8]

_ROWS = 3
_GAP = 4  # pixels between two pictures
_BETWEEN = (128, 128, 128)
_UNKNOWN = (72, 72, 72)  # what nobody labelled
_MOST = 24  # pictures in the folder
_FIRST = 200  # steps from one picture to the next, in the beginning
_NAME = re.compile(r"step-\d{6,}\.png")


class Strips:
    """Makes pictures of the same places again and again, and keeps them in a folder.

    Each is named by its steps, such as `step-000400.png`. There are never more than a fixed number: when the
    folder is full, every other picture goes, and the next ones are made half as often.

    folder: None makes no pictures.
    note: one sentence where a picture could not be written; the training goes on without them.
    """

    def __init__(self, folder: Path | None, pieces: Sequence[Piece]) -> None:
        self.note = ""
        self._folder = folder
        self._places = _places(pieces) if folder is not None else []
        self._every = _FIRST

    def begin(self, done: int) -> None:
        """Training begins after so many steps: later pictures are of another training, and make way."""
        for number, path in self._pictures():
            if number > done or done == 0:
                _remove(path)

    def make_if_due(self, done: int, network: Network) -> Picture | None:
        """The picture after `done` steps, (H, W, 3) uint8, where one is due."""
        if self._folder is None or not self._places or self.note or done % self._every:
            return None
        training = network.training
        network.eval()
        picture = stacked([_row(piece, box, network) for piece, box in self._places])
        network.train(training)
        try:
            self._keep(self._folder / f"step-{done:06d}.png", picture)
        except SegdeskError as error:
            self.note = str(error)
        return picture

    def _keep(self, path: Path, picture: Picture) -> None:
        with atomic_write(path) as temporary:
            Image.fromarray(picture).save(temporary, format="PNG")
        if len(self._pictures()) > _MOST:
            self._every *= 2
            for number, old in self._pictures():
                if number % self._every:
                    _remove(old)

    def _pictures(self) -> list[tuple[int, Path]]:
        if self._folder is None or not self._folder.is_dir():
            return []
        found = [path for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]
        return sorted((int(path.stem.removeprefix("step-")), path) for path in found)


def _remove(path: Path) -> None:
    with suppress(OSError):  # somebody may be looking at it
        path.unlink(missing_ok=True)


def _places(pieces: Sequence[Piece]) -> list[tuple[Piece, Box]]:
    """A tile of each of the first few samples, confirmed ones first: where most is held out, then known."""
    best: dict[int, tuple[tuple[int, int], Piece, Box]] = {}
    for piece in sorted(pieces, key=lambda piece: not piece.confirmed):
        for box in tiles(piece.image.height, piece.image.width, TILE, OVERLAP):
            roles = piece.roles[box.slices]
            worth = int((roles == HELD).sum()), int((roles == LEARNED).sum())
            if piece.sample_id not in best or worth > best[piece.sample_id][0]:
                best[piece.sample_id] = worth, piece, box
    return [(piece, box) for _, piece, box in best.values()][:_ROWS]


def _row(piece: Piece, box: Box, network: Network) -> list[Picture]:
    pixels = piece.image.pixels
    image = to_display(pixels[..., 0] if pixels.shape[2] == 1 else pixels)[box.slices]
    if image.ndim == 2:
        image = np.repeat(image[..., None], 3, axis=2)
    truth = coloured(piece.labels[box.slices], network.classes)
    truth[piece.roles[box.slices] < LEARNED] = _UNKNOWN
    said = chances(network, piece.image.read(box)).argmax(0).astype(np.uint8)
    return [image, truth, coloured(said, network.classes)]


def coloured(labels: NDArray[np.uint8], classes: int) -> Picture:
    """Class indices (H, W) in the classes' first colours, (H, W, 3); the background is black."""
    palette = np.zeros((256, 3), np.uint8)
    palette[:classes] = [default_color(index) for index in range(classes)]
    picture: Picture = palette[labels]
    return picture


def stacked(rows: Sequence[Sequence[Picture]]) -> Picture:
    """Pictures (H, W, 3) in rows, with gaps between them; smaller ones stand at the upper left of a cell."""
    height = max(picture.shape[0] for row in rows for picture in row)
    width = max(picture.shape[1] for row in rows for picture in row)
    columns = max(len(row) for row in rows)
    canvas = np.empty((len(rows) * (height + _GAP) - _GAP, columns * (width + _GAP) - _GAP, 3), np.uint8)
    canvas[:] = _BETWEEN
    for number, row in enumerate(rows):
        for position, picture in enumerate(row):
            y, x = number * (height + _GAP), position * (width + _GAP)
            canvas[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    return canvas
