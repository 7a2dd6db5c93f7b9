"""The running statistics of normalisation in batches, measured anew for the weights a round ends with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from segdesk.nn import devices
from segdesk.nn.networks.blocks import Network
from segdesk.nn.sampling import Sampler
from segdesk.nn.tiling import TILE

_BATCH = 8  # crops
_MOST = 12  # batches; more change nothing
_FEWEST = 3  # fewer measure worse than the averages that learning has left


class RunningStatistics:
    """Measures what a network's layers see in batches like those that it learned from.

    While it learns, a network keeps averages over its last steps, of weights that still changed; and in a
    mixture of weights they are those of neither. Measuring once more is how averaged weights are used
    (Izmailov et al. 2018, "Averaging weights leads to wider optima", section 3.2; Wu and Johnson 2021,
    "Rethinking 'batch' in BatchNorm").

    sampler: makes one that draws such batches, given random numbers.   crop: side of its crops.
    tiles: how many of TILE pixels a side may be looked at; where that is too little, networks stay as they
        are.
    """

    def __init__(
        self, sampler: Callable[[np.random.Generator], Sampler], crop: int, tiles: int, seed: int
    ) -> None:
        self._sampler = sampler
        self._crop = crop
        batches = tiles * TILE * TILE // (_BATCH * crop * crop)
        self._batches = min(_MOST, batches) if batches >= _FEWEST else 0
        self._seed = seed

    def renew(self, network: Network) -> None:
        """Measure; every network is shown the same. One without such layers stays as it is."""
        layers = [part for part in network.modules() if isinstance(part, nn.BatchNorm2d)]
        if not layers or not self._batches:
            return
        sampler = self._sampler(np.random.default_rng(self._seed))
        device = next(network.parameters()).device
        training, momenta = network.training, [layer.momentum for layer in layers]
        for layer in layers:
            layer.reset_running_stats()
            layer.momentum = None  # the plain mean of all batches
        network.train()
        with torch.no_grad(), devices.fast_arithmetic(device):
            for _ in range(self._batches):
                images = torch.from_numpy(sampler.batch(_BATCH, self._crop).images)
                network.outputs(images.to(device, memory_format=torch.channels_last))
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
        network.train(training)
