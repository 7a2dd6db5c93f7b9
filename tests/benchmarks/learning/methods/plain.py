"""The plain loop that one would write first: cross-entropy on the labelled pixels, and nothing else."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as functional

from segdesk.core.mask import UNLABELLED
from segdesk.nn.clock import Clock
from segdesk.nn.networks.blocks import Network
from tests.benchmarks.learning.methods.method import Learned
from tests.benchmarks.learning.methods.network import Labelled, NetworkMethod, places, window

_RATE, _CROP, _BATCH = 1e-3, 128, 4


class Plain(NetworkMethod):
    """Adam 1e-3 on crops around labelled pixels, drawn evenly; no anchor, no gate, no schedule."""

    def train(
        self, network: Network, labelled: list[Labelled], clock: Clock, rng: np.random.Generator
    ) -> Learned:
        optimiser = torch.optim.Adam(network.parameters(), _RATE)
        points = [places(piece) for piece in labelled]
        pieces = [(piece, where) for piece, where in zip(labelled, points, strict=True) if len(where)]
        side = min(_CROP, *(min(piece.corrections.shape) for piece, _ in pieces))
        loss = torch.zeros(())
        network.train()
        clock.learn_now(reserve=0.0)
        while clock.fraction < 1.0:
            crops = []
            for _ in range(_BATCH):
                piece, where = pieces[rng.integers(len(pieces))]
                y, x = where[rng.integers(len(where))] + rng.integers(-side // 2, side // 2, 2)
                crops.append(window(piece, int(y), int(x), side, rng))
            images, planes = (np.stack(parts) for parts in zip(*crops, strict=True))
            loss = functional.cross_entropy(
                self.logits(network, images), self.labels(planes), ignore_index=UNLABELLED, reduction="sum"
            ) / max(1, int((planes != UNLABELLED).sum()))
            optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            optimiser.step()
            clock.done += 1
        return Learned(True, clock.done, float(loss.detach()))
