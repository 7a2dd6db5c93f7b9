"""The anchor, renewed: what nobody corrected is held to what a model says by now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segdesk.core.geometry import Box
from segdesk.core.jobs import Job, Progress
from segdesk.nn.material import ANCHOR, BLANK, Piece
from segdesk.nn.networks.blocks import Network
from segdesk.nn.tiling import OVERLAP, TILE, chances, tiles


def renew(
    pieces: Sequence[Piece],
    network: Network,
    rng: np.random.Generator,
    progress: Progress,
    *,
    most: int,
    roles: tuple[int, ...] = (BLANK, ANCHOR),
) -> Job[None]:
    """Write the network's own prediction into the pixels with one of `roles`, which become ANCHOR.

    A stale anchor teaches the errors of an old model again. Renewed on the way, it keeps what is far from
    the strokes calibrated, and lets what the strokes taught spread to it (self-training, Lee 2013).
    Corrections are never touched. At most `most` tiles are done, drawn at random; the pieces change in place.
    """
    waiting: list[tuple[Piece, Box]] = [
        (piece, box)
        for piece in pieces
        for box in tiles(piece.image.height, piece.image.width, TILE, OVERLAP)
        if np.isin(piece.roles[box.slices], roles).any()
    ]
    training = network.training
    network.eval()
    for index in rng.permutation(len(waiting))[:most]:
        yield progress
        piece, box = waiting[index]
        free = np.isin(piece.roles[box.slices], roles)
        said = chances(network, piece.image.read(box)).argmax(0).astype(np.uint8)
        piece.labels[box.slices][free] = said[free]
        piece.roles[box.slices][free] = ANCHOR
    network.train(training)
