"""How good a network is on what was held out, and on each confirmed sample."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.jobs import Job, Progress
from segdesk.nn.material import HELD, LEARNED, Piece
from segdesk.nn.networks.blocks import Network
from segdesk.nn.tiling import OVERLAP, TILE, chances, tiles

CONFIRMED = 3  # tiles of confirmed samples that are examined, for each tile with held-out strokes

Counts = NDArray[np.int64]  # (classes, classes): truth by prediction


@dataclass(frozen=True)
class Exam:
    """held: mean Dice over the classes that were held out, None where nothing was.

    samples: mean Dice of each confirmed sample by id, over the user's classes in it; of the background where
        it holds nothing else.
    """

    held: float | None
    samples: Mapping[int, float]


@dataclass(frozen=True)
class _Question:
    piece: Piece
    box: Box
    held: int  # pixels held out in the box


class Examiner:
    """The same questions to every network of a round: tiles that hold held-out or confirmed pixels.

    limit: how many tiles with held-out strokes at most, those with the most of them first. Of confirmed
        samples there are up to CONFIRMED times as many: all of each where there is room, so that no sample
        gets worse unseen, and else as many of each, evenly spread.
    """

    def __init__(self, pieces: Sequence[Piece], limit: int) -> None:
        strokes: list[_Question] = []
        confirmed: dict[int, list[_Question]] = {}
        for piece in pieces:
            for box in tiles(piece.image.height, piece.image.width, TILE, OVERLAP):
                held = int((piece.roles[box.slices] == HELD).sum())
                if piece.confirmed:
                    confirmed.setdefault(piece.sample_id, []).append(_Question(piece, box, held))
                elif held:
                    strokes.append(_Question(piece, box, held))
        strokes.sort(key=lambda question: question.held, reverse=True)
        self._questions = strokes[:limit]
        # Those with few tiles leave their room to those with many.
        room = CONFIRMED * limit
        for done, questions in enumerate(sorted(confirmed.values(), key=len)):
            count = min(len(questions), room // (len(confirmed) - done))
            self._questions += [questions[len(questions) * k // count] for k in range(count)]
            room -= count

    @property
    def tiles(self) -> int:
        return len(self._questions)

    def quick(self, tiles: int) -> Examiner:
        """An examiner with only the first few questions on held-out corrections."""
        short = Examiner((), 0)
        asked = [question for question in self._questions if question.held]
        short._questions = sorted(asked, key=lambda question: question.held, reverse=True)[:tiles]
        return short

    def examine(self, network: Network, progress: Progress) -> Job[Exam]:
        """Ask them all; yields `progress` before each tile. The network is left as it was."""
        training = network.training
        network.eval()
        held = np.zeros((network.classes, network.classes), np.int64)
        confirmed: dict[int, Counts] = {}
        for question in self._questions:
            yield progress
            piece, part = question.piece, question.box.slices
            said = chances(network, piece.image.read(question.box)).argmax(0)
            truth, roles = piece.labels[part], piece.roles[part]
            held += _count(truth, said, roles == HELD, network.classes)
            if piece.confirmed:
                counts = _count(truth, said, roles >= LEARNED, network.classes)
                confirmed[piece.sample_id] = confirmed.get(piece.sample_id, 0) + counts
        network.train(training)
        return Exam(
            mean_dice(held) if held.any() else None,
            {sample: mean_dice(counts, background=False) for sample, counts in confirmed.items()},
        )


def _count(
    truth: NDArray[np.uint8], said: NDArray[np.int64], where: NDArray[np.bool_], classes: int
) -> Counts:
    pairs = truth[where].astype(np.int64) * classes + said[where]
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def mean_dice(counts: Counts, background: bool = True) -> float:
    """Mean Dice over the classes that occur in the truth; a figure that cannot be computed counts as 0.

    background: whether class 0 counts although other classes occur.
    """
    present = counts.sum(1) > 0
    if not background and present[1:].any():
        present[0] = False
    both = 2.0 * np.diag(counts)[present]
    either = counts.sum(1)[present] + counts.sum(0)[present]
    dice = float((both / either).mean()) if present.any() else 0.0
    return dice if math.isfinite(dice) else 0.0
