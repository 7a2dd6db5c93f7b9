"""A batch shared among the processor's cores: each learns from crops of its own.

Cores that work on one crop wait for each other after every layer, forward and backward; with crops of their
own they meet twice a step (on two cores, a step takes about four fifths of the time).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor, nn

from segdesk.nn import devices
from segdesk.nn.lanes import narrow
from segdesk.nn.networks.blocks import Network
from segdesk.nn.networks.fixed_norm import FixedNorm

# What one crop becomes depends on the others, or on chance, of which no two threads take turns.
_TOGETHER = (nn.modules.batchnorm._BatchNorm, nn.modules.dropout._DropoutNd)

Criterion: TypeAlias = Callable[[list[Tensor]], Tensor]


def can_be_shared(network: Network, batch: int, device: torch.device) -> bool:
    """Whether several cores may each take a part of a batch, and the gradients are those of the whole."""
    several = device.type == "cpu" and min(batch, torch.get_num_threads()) > 1
    parts = (part for part in network.modules() if not isinstance(part, FixedNorm))
    return several and not any(isinstance(part, _TOGETHER) for part in parts)


class SharedBatch:
    """Threads that learn side by side from one batch after the other; close them in the end.

    batch: how many crops it has.
    """

    def __init__(self, network: Network, batch: int) -> None:
        cores = torch.get_num_threads()
        self._count = min(batch, cores)
        self._network = network
        self._parameters = [p for p in network.parameters() if p.requires_grad]
        self._threads = narrow(self._count, "share", cores // self._count)

    def learn(self, images: Tensor, criterion: Criterion) -> None:
        """Set the parameters' gradients by what `criterion` makes of the outputs of (B, C, H, W) images.

        It sees the outputs for the whole batch, so that the gradients are the same as without threads.
        """
        parts = images.chunk(self._count)
        outputs = list(self._threads.map(self._forward, parts))
        whole = [torch.cat(same).detach().requires_grad_() for same in zip(*outputs, strict=True)]
        wanted = torch.autograd.grad(criterion(whole), whole)
        of_parts = zip(*(gradient.chunk(self._count) for gradient in wanted), strict=True)
        gradients = list(self._threads.map(self._backward, outputs, of_parts))
        for parameter, *shares in zip(self._parameters, *gradients, strict=True):
            parameter.grad = None
            for share in shares:
                if share is not None:
                    # Laid out like the weights: a fused optimiser walks through both in the order of memory.
                    parameter.grad = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
                    parameter.grad += share

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown()

    def _forward(self, images: Tensor) -> list[Tensor]:
        with devices.fast_arithmetic(images.device):  # each thread has its own precision
            return self._network.outputs(images)

    def _backward(self, outputs: list[Tensor], wanted: tuple[Tensor, ...]) -> tuple[Tensor | None, ...]:
        return torch.autograd.grad(outputs, self._parameters, wanted, allow_unused=True)
