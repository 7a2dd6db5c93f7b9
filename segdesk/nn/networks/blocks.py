"""What all networks are built from: convolution blocks, and the frame that lets them take any size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, cast

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from segdesk.nn.networks.fixed_norm import FixedNorm
from segdesk.nn.networks.group_norm import GroupNorm

NORMS = ("fixed", "group", "batch", "none")


def make_norm(kind: str, channels: int) -> nn.Module:
    """A normalisation layer for `channels` channels: "fixed", "group" (at most 8 groups), "batch" or "none".

    FixedNorm and GroupNorm (Wu and He 2018) do not depend on the batch, so they stay sound where a network is
    trained again on a handful of tiles; BatchNorm is what published networks carry.

    Raises:
        ValueError: no such kind.
    """
    if kind == "fixed":
        return FixedNorm(channels)
    if kind == "group":
        return GroupNorm(math.gcd(8, channels), channels)
    if kind == "batch":
        return nn.BatchNorm2d(channels)
    if kind == "none":
        return nn.Identity()
    raise ValueError(f"norm is one of {NORMS}, not {kind!r}")


def conv_norm_relu(
    inside: int,
    outside: int,
    norm: str,
    *,
    bias: bool = True,
    dilation: int = 1,
    kernel: int = 3,
    valid: bool = False,
) -> nn.Sequential:
    """Convolution that keeps the size (unless `valid`: no padding at all), normalisation, ReLU."""
    padding = 0 if valid else dilation * (kernel // 2)
    return nn.Sequential(
        nn.Conv2d(inside, outside, kernel, padding=padding, dilation=dilation, bias=bias),
        make_norm(norm, outside),
        nn.ReLU(inplace=True),
    )


def mirror(x: Tensor, rows: tuple[int, int], columns: tuple[int, int]) -> Tensor:
    """Grow (B, C, H, W) by `rows` (above, below) and `columns` (left, right), as between two mirrors.

    Any image will do: a small one is mirrored again and again.
    """
    height, width = x.shape[-2:]
    # A network that is exported takes any size, so no branch may depend on the one that is at hand.
    tracing: bool = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
    if not tracing and not torch.compiler.is_compiling():
        if not any((*rows, *columns)):
            return x
        if max(rows) < height and max(columns) < width:
            return functional.pad(x, (*columns, *rows), mode="reflect")
    down, across = (
        _there_and_back(x, length, before, after)
        for length, (before, after) in ((height, rows), (width, columns))
    )
    return x.index_select(-2, down).index_select(-1, across)


def _there_and_back(x: Tensor, length: int, before: int, after: int) -> Tensor:
    """Places 0 to length - 1, met on the way from -before to length + after while turning at both ends."""
    # Counted by adding up ones of x's own, for a program that is traced to follow x to another device.
    place = x.new_ones(before + length + after, dtype=torch.int64).cumsum(0) - (before + 1)
    period = at_least(1, 2 * (length - 1))
    place = place % period
    return torch.minimum(place, period - place)


def at_least(least: int, number: int) -> int:
    """The larger of a constant and a number that was reckoned from the sides of an image."""
    # While a network is traced such numbers are tensors, and only what tensors do is written down.
    reckoned: Any = number
    if isinstance(reckoned, Tensor):
        return cast(int, reckoned.clamp(min=least))
    return max(least, number)


class Network(nn.Module):
    """A segmentation network: images (B, in_channels, H, W) to logits (B, classes, H, W), any H and W.

    Subclasses set `stride` (what sides must be a multiple of inside) and `least` (the smallest side), and
    write `logits`. `heads` names the convolutions whose outputs are one channel a class, and how many groups
    of such channels each of them reads (0 where its inputs are plain features). Several threads may call
    `logits` at a time, so it leaves nothing behind.
    """

    stride: int = 1
    least: int = 1
    heads: ClassVar[Mapping[str, int]] = {}
    output = "softmax"  # or "sigmoid", see `probabilities`

    def __init__(self, in_channels: int, classes: int) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.classes = classes

    def forward(self, x: Tensor) -> Tensor:
        return self.outputs(x)[0]

    def outputs(self, x: Tensor) -> list[Tensor]:
        """The logits, and after them those of any side outputs, all of the input's size.

        A trainer sums the losses of all of them (deep supervision); a predictor reads the first.
        """
        height, width = x.shape[-2:]
        return [y[..., :height, :width] for y in self.logits(self.enlarge(x))]

    def enlarge(self, x: Tensor) -> Tensor:
        """The image, grown to a size that `logits` takes, so that its logits begin at the image's corner."""
        return mirror(x, self.context(x.shape[-2]), self.context(x.shape[-1]))

    def context(self, length: int) -> tuple[int, int]:
        """Pixels beyond both ends of a side that `logits` reads to give `length` pixels of it or more."""
        return 0, at_least(self.least, -(-length // self.stride) * self.stride) - length

    def probabilities(self, logits: Tensor) -> Tensor:
        """What logits (B, classes, H, W) float32 say, from 0 to 1.

        As a softmax they sum to 1. As a sigmoid a class, each is how likely it is there rather than the
        background, and the background is what the most likely of them leaves.
        """
        if self.output == "softmax":
            return logits.softmax(1)
        there = (logits[:, 1:] - logits[:, :1]).sigmoid()
        return torch.cat([1 - there.amax(1, keepdim=True), there], 1)

    def logits(self, x: Tensor) -> list[Tensor]:
        """What `outputs` gives, of an image that `enlarge` has grown (to sides that `stride` divides)."""
        raise NotImplementedError


def initialise(network: nn.Module) -> None:
    """He initialisation of all convolutions, for ReLU (He et al. 2015); biases start at zero."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def adopt(
    network: Network, state: Mapping[str, Tensor], old_classes: int, *, fresh_heads: bool = False
) -> None:
    """Load `state` of the same network with another number of classes; outputs that are new stay as built.

    Class i of the old network becomes class i of the new one: indices never change their meaning within a
    project. New classes start with a bias below the others', so that they show up only once they are learned.
    With fresh heads, all outputs stay as built.

    Raises:
        RuntimeError: the weights do not fit for another reason.
    """
    merged = dict(network.state_dict())
    kept = min(old_classes, network.classes)
    for name, value in state.items():
        head = name.rpartition(".")[0]
        groups = network.heads.get(head)
        if fresh_heads and groups is not None:
            continue
        if groups is None or network.classes == old_classes:
            merged[name] = value
            continue
        fresh = merged[name].clone() * 0.1
        if name.endswith("bias"):
            fresh[:] = float(value.min()) - 2.0
            fresh[:kept] = value[:kept]
        elif groups == 0:
            fresh[:kept] = value[:kept]
        else:
            side = fresh.view(-1, groups, network.classes, *fresh.shape[2:])
            side[:kept] = 0.0
            side[:kept, :, :kept] = value.reshape(-1, groups, old_classes, *value.shape[2:])[:kept, :, :kept]
        merged[name] = fresh
    network.load_state_dict(merged)


def parameters_of(network: nn.Module) -> int:
    """How many numbers the network learns."""
    return sum(p.numel() for p in network.parameters())


def freeze(network: Network) -> Network:
    """Make ready for prediction: no gradients, no running statistics."""
    return network.eval().requires_grad_(False)


def place(network: Network, device: torch.device) -> None:
    """Move to a device, channels last, which convolutions are faster with everywhere."""
    network.to(device)
    for parameter in network.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)


__all__ = [
    "NORMS",
    "Network",
    "adopt",
    "at_least",
    "conv_norm_relu",
    "freeze",
    "initialise",
    "make_norm",
    "mirror",
    "parameters_of",
    "place",
]
