"""The form of a network that predicts the fastest, tried against the network itself before it is used."""

from __future__ import annotations

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from segdesk.nn import devices
from segdesk.nn.folding import fold_batch_norm
from segdesk.nn.networks.blocks import Network, freeze, place

PROBE = 128  # pixels a side of what the fast form is tried on
_MOST_APART = 0.02  # mean difference of the probabilities that bfloat16 may make; it makes 0.002 or less
_MEASURED = (nn.GroupNorm, nn.LayerNorm, nn.InstanceNorm2d, nn.BatchNorm2d)


def fast_form(network: Network, device: torch.device, probe: NDArray[np.float32] | None = None) -> Network:
    """A copy of a network, on `device`, that gives the same and costs least; for prediction alone.

    Batch normalisation is folded into the convolutions, channels come last, and on a processor that computes
    in bfloat16 the weights are of that type, except for what normalises: statistics are taken in float32.

    probe: (channels, H, W) float32, a piece of a real image on which bfloat16 has to agree with float32;
        noise is used where there is none. Where it does not agree, the weights stay float32.
    """
    plain = freeze(copy.deepcopy(network))
    fold_batch_norm(plain)
    place(plain, device)
    learned = any(parameter.is_floating_point() for parameter in plain.parameters())  # a program has none
    if device.type != "cpu" or not devices.cpu_has_bfloat16() or not learned:
        return plain
    half = copy.deepcopy(plain)
    for module in half.modules():
        if not isinstance(module, _MEASURED):
            for tensor in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
                if tensor.is_floating_point():
                    tensor.data = tensor.data.to(torch.bfloat16)
    return half if _agree(plain, half, probe) else plain


def is_half(network: Network) -> bool:
    """Whether the weights are bfloat16, so that the images must be, too."""
    return any(parameter.dtype == torch.bfloat16 for parameter in network.parameters())


def look(network: Network, x: Tensor) -> Tensor:
    """The probabilities (B, classes, H, W) float32 of prepared images, on the network's device.

    x: (B, channels, H, W) float32 as `Network.enlarge` gives it, anywhere; H and W are those of the logits.
    """
    device = next(network.parameters()).device
    x = x.to(device, memory_format=torch.channels_last)
    with torch.inference_mode():
        if is_half(network):
            logits = network.logits(x.to(torch.bfloat16))[0]
        else:
            with devices.fast_arithmetic(device):
                logits = network.logits(x)[0]
        # The one place where logits become probabilities.
        return network.probabilities(logits.float())


def _agree(plain: Network, half: Network, probe: NDArray[np.float32] | None) -> bool:
    if probe is None:
        noise = np.random.default_rng(0).normal(0, 1, (plain.in_channels, PROBE, PROBE))
        probe = noise.astype(np.float32)
    with torch.inference_mode():
        x = plain.enlarge(torch.from_numpy(probe)[None]).contiguous(memory_format=torch.channels_last)
        exact = plain.logits(x)[0].softmax(1)
        try:
            said = look(half, x)
        except RuntimeError:  # a network of another package need not take bfloat16
            return False
    return bool(said.isfinite().all()) and float((said - exact).abs().mean()) < _MOST_APART
