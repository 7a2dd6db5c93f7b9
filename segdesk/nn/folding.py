"""Batch normalisation, worked into the convolution before it: a frozen network has it for nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from segdesk.nn.networks.resnet import Block
from segdesk.nn.networks.unet import Up

_Convolution = nn.Conv2d | nn.ConvTranspose2d


def fold_batch_norm(network: nn.Module) -> int:
    """Fold each batch normalisation that directly follows a convolution into it; gives how many.

    In evaluation it is a factor and a summand for each channel, which the convolution's weights take in
    (Jacob et al. 2018). The network is changed, and must not be trained any more.
    """
    folded = 0
    for parent, before, after in list(_neighbours(network)):
        conv, norm = getattr(parent, before), getattr(parent, after)
        if (
            isinstance(conv, _Convolution)
            and isinstance(norm, nn.BatchNorm2d)
            and norm.running_var is not None
        ):
            _fold(conv, norm)
            setattr(parent, after, nn.Identity())
            folded += 1
    return folded


def _neighbours(network: nn.Module) -> Iterator[tuple[nn.Module, str, str]]:
    """Modules whose children of two names are called one right after the other."""
    for module in network.modules():
        # A subclass may call its children in any order.
        if type(module) is nn.Sequential:
            names = list(module._modules)
            yield from ((module, *pair) for pair in itertools.pairwise(names))
        elif type(module) is Block:
            for number in range(1, module.count + 1):
                yield module, f"conv{number}", f"norm{number}"
        elif type(module) is Up:
            # What lies between, an interpolation, neither knows of channels nor changes a constant.
            yield module, "conv", "norm"


def _fold(conv: _Convolution, norm: nn.BatchNorm2d) -> None:
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None
    assert variance is not None
    factor: Tensor = torch.rsqrt(variance.double() + norm.eps)
    if norm.weight is not None:
        factor = factor * norm.weight.detach().double()
    bias = conv.bias.detach().double() if conv.bias is not None else torch.zeros_like(factor)
    bias = (bias - mean.double()) * factor
    if norm.bias is not None:
        bias = bias + norm.bias.detach().double()
    weight = conv.weight.detach()
    # A transposed convolution has its output channels second, within each group.
    if isinstance(conv, nn.ConvTranspose2d):
        grouped = weight.double().reshape(conv.groups, -1, *weight.shape[1:])
        scaled = (grouped * factor.reshape(conv.groups, 1, -1, 1, 1)).flatten(0, 1)
    else:
        scaled = weight.double() * factor[:, None, None, None]
    conv.weight = nn.Parameter(scaled.to(weight.dtype), requires_grad=False)
    conv.bias = nn.Parameter(bias.to(weight.dtype), requires_grad=False)
