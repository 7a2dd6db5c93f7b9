"""What layers normalise by: measured where a network is fresh, or where its weights are final."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from segdesk.nn import devices
from segdesk.nn.networks.blocks import Network
from segdesk.nn.networks.fixed_norm import FixedNorm
from segdesk.nn.sampling import Sampler
from segdesk.nn.tiling import TILE

_BATCH = 8  # crops
_MOST = 12  # batches; more change nothing
_FEWEST = 3  # fewer measure worse than the averages that learning has left


class RunningStatistics:
    """Measures what a network's layers see in batches like those that it learns from.

    sampler: makes one that draws such batches, given random numbers.   crop: side of its crops.
    tiles: how many of TILE pixels a side may be looked at.
    """

    def __init__(
        self, sampler: Callable[[np.random.Generator], Sampler], crop: int, tiles: int, seed: int
    ) -> None:
        self._sampler = sampler
        self._crop = crop
        self._batches = min(_MOST, tiles * TILE * TILE // (_BATCH * crop * crop))
        self._seed = seed

    def fix(self, network: Network) -> None:
        """Measure for the layers whose statistics will stay, where nobody has; of fresh weights."""
        layers = [part for part in network.modules() if isinstance(part, FixedNorm) and not part.is_measured]
        _measure(network, layers, self._images(max(1, self._batches)))

    def renew(self, network: Network) -> None:
        """Measure for the others, once the weights are final; every network is shown the same.

        While it learns, a network keeps averages over its last steps, of weights that still changed; and in a
        mixture of weights they are those of neither. Measuring once more is how averaged weights are used
        (Izmailov et al. 2018, "Averaging weights leads to wider optima", section 3.2; Wu and Johnson 2021,
        "Rethinking 'batch' in BatchNorm"). Where there is too little time, the network stays as it is.
        """
        if self._batches >= _FEWEST:
            layers = [
                part
                for part in network.modules()
                if isinstance(part, nn.BatchNorm2d) and not isinstance(part, FixedNorm)
            ]
            _measure(network, layers, self._images(self._batches))

    def _images(self, count: int) -> Iterator[Tensor]:
        sampler = self._sampler(np.random.default_rng(self._seed))
        for _ in range(count):
            yield torch.from_numpy(sampler.batch(_BATCH, self._crop).images)


def _measure(network: Network, layers: Sequence[nn.BatchNorm2d], batches: Iterable[Tensor]) -> None:
    """Let the statistics of some layers be the plain means of what they see in batches of images.

    Meanwhile each normalises by what it sees in a batch. Without layers, no batch is drawn.
    """
    if not layers:
        return
    device = next(network.parameters()).device
    training, momenta = network.training, [layer.momentum for layer in layers]
    network.train(False)
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # the plain mean of all batches
        layer.training = True
    with torch.no_grad(), devices.fast_arithmetic(device):
        for images in batches:
            network.outputs(images.to(device, memory_format=torch.channels_last))
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    network.train(training)
