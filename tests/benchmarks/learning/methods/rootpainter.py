"""RootPainter's recipe, reimplemented from what is published of it, on our network.

Smith et al., "RootPainter: deep learning segmentation of biological images with corrective annotation", New
Phytologist 2022. Its loss is Dice + 0.3 cross-entropy of logits that are multiplied by "defined" (1 where
something was annotated), so that pixels nobody labelled stay in the denominators; SGD with rate 0.01 and
momentum 0.99, random windows of 572 pixels that touch an annotation, one at a time on a processor. A model is
kept only if F1 on validation images rises; every sixth image is one.

Where the recipe cannot work within a round, it is read in its favour: F1 is taken when the time is over,
instead of after 612 windows, which take minutes; the newest image stands for validation images as long as
there are none; and the first model is kept, although the F1 of a fresh network is not a number.
"""

from __future__ import annotations

import copy
import time

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor

from segdesk.core.mask import UNLABELLED
from segdesk.core.metrics import confusion
from segdesk.nn.clock import Clock
from segdesk.nn.networks.blocks import Network
from tests.benchmarks.learning.methods.method import Learned
from tests.benchmarks.learning.methods.network import Labelled, NetworkMethod, places, window

_RATE, _MOMENTUM, _WINDOW, _CROSS_ENTROPY, _VALIDATION = 0.01, 0.99, 572, 0.3, 6


class RootPainter(NetworkMethod):
    """The recipe; it predicts in windows of the size that it trains with."""

    tile = _WINDOW

    def train(
        self, network: Network, labelled: list[Labelled], clock: Clock, rng: np.random.Generator
    ) -> Learned:
        training = [piece for number, piece in enumerate(labelled) if (number + 1) % _VALIDATION]
        validation = labelled[_VALIDATION - 1 :: _VALIDATION] or labelled[-1:]
        before, kept, began = None, None, time.monotonic()
        if len(labelled) > 1:
            before, kept = self._f1(validation), copy.deepcopy(network.state_dict())
        clock.learn_now(reserve=time.monotonic() - began)  # F1 is taken once more at the end
        optimiser = torch.optim.SGD(network.parameters(), _RATE, momentum=_MOMENTUM)
        pieces = [(piece, where) for piece in training if len(where := places(piece))]
        loss = torch.zeros(())
        network.train()
        while clock.fraction < 1.0:
            piece, where = pieces[rng.integers(len(pieces))]
            y, x = where[rng.integers(len(where))] + rng.integers(-_WINDOW // 2, _WINDOW // 2, 2)
            image, corrections = window(piece, int(y), int(x), _WINDOW, rng)
            loss = published_loss(self.logits(network, image[None]), self.labels(corrections[None]))
            optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            optimiser.step()
            clock.done += 1
        after = self._f1(validation) if kept is not None else float("nan")
        accepted = before is None or after > before
        if not accepted and kept is not None:
            network.load_state_dict(kept)
        return Learned(accepted, clock.done, float(loss.detach()), None if np.isnan(after) else after)

    def _f1(self, pieces: list[Labelled]) -> float:
        """F1 of all classes but the first, over what was annotated; not a number becomes 0."""
        classes = len(self._task.classes)
        counts = sum(
            confusion(self.predict_image(piece.image), piece.corrections, classes, ignore=UNLABELLED)
            for piece in pieces
        )
        table = np.asarray(counts)[:, 1:], np.asarray(counts)[1:]
        hit = float(np.trace(np.asarray(counts)[1:, 1:]))
        return 2 * hit / max(1.0, float(table[0].sum() + table[1].sum()))


def published_loss(logits: Tensor, corrections: Tensor) -> Tensor:
    """Dice + 0.3 cross-entropy of logits (B, classes, H, W) that are zero where nobody annotated.

    corrections: (B, H, W) int64, UNLABELLED where nobody annotated; there the truth is taken as class 0.
    """
    defined = corrections != UNLABELLED
    logits = logits * defined[:, None]
    truth = torch.where(defined, corrections, 0)
    chances = logits.softmax(1)[:, 1:]
    target = functional.one_hot(truth, logits.shape[1]).permute(0, 3, 1, 2)[:, 1:]
    both, either = (chances * target).sum((0, 2, 3)), (chances + target).sum((0, 2, 3))
    dice = 1.0 - (2.0 * both / either).mean()
    return dice + _CROSS_ENTROPY * functional.cross_entropy(logits, truth)
