"""One U-Net whose options give the whole family (Ronneberger, Fischer and Brox 2015)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from segdesk.nn.networks.blocks import Network, conv_norm_relu, initialise

UPS = ("transpose", "bilinear")


class Up(nn.Module):
    """Twice the size, half the channels: a transposed 2x2 convolution, or bilinear and a 1x1 convolution.

    The 1x1 convolution comes before the interpolation: the two commute, and so it costs a quarter.
    """

    def __init__(self, inside: int, kind: str, slope: float) -> None:
        super().__init__()
        if kind not in UPS:
            raise ValueError(f"up is one of {UPS}, not {kind!r}")
        outside = inside // 2
        self.bilinear = kind == "bilinear"
        self.slope = slope
        self.conv = (
            nn.Conv2d(inside, outside, 1)
            if self.bilinear
            else nn.ConvTranspose2d(inside, outside, 2, stride=2)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        if self.bilinear:
            x = functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        return x if self.slope == 1.0 else functional.leaky_relu(x, self.slope)


class UNet(Network):
    """Padded U-Net.

    width: channels of the first level; each level below has twice as many.
    depth: how often the size is halved; the sides are padded to multiples of 2 ** depth.
    norm: "group", "batch" or "none".   up: "transpose" or "bilinear".
    up_slope: what follows the upward convolution: 0 ReLU, between LeakyReLU, 1 nothing.
    head: kernel size of the last convolution.   bias: whether the 3x3 convolutions have one.
    """

    heads: ClassVar[Mapping[str, int]] = {"head": 0}

    def __init__(
        self,
        in_channels: int,
        classes: int,
        *,
        width: int = 16,
        depth: int = 4,
        norm: str = "group",
        up: str = "transpose",
        up_slope: float = 1.0,
        head: int = 1,
        bias: bool = False,
    ) -> None:
        super().__init__(in_channels, classes)
        self.stride = 2**depth
        self.least = 2 * self.stride  # one pixel at the bottom has no spread to normalise
        widths = [width * 2**level for level in range(depth + 1)]

        def double(inside: int, outside: int) -> nn.Sequential:
            return nn.Sequential(
                *conv_norm_relu(inside, outside, norm, bias=bias),
                *conv_norm_relu(outside, outside, norm, bias=bias),
            )

        self.down = nn.ModuleList(
            double(inside, outside) for inside, outside in zip([in_channels, *widths], widths, strict=False)
        )
        self.up = nn.ModuleList(Up(outside, up, up_slope) for outside in widths[:0:-1])
        self.join = nn.ModuleList(double(outside, outside // 2) for outside in widths[:0:-1])
        self.head = nn.Conv2d(width, classes, head, padding=head // 2)
        initialise(self)

    def logits(self, x: Tensor) -> list[Tensor]:
        skips: list[Tensor] = []
        for level, block in enumerate(self.down):
            x = block(x if level == 0 else functional.max_pool2d(x, 2))
            skips.append(x)
        skips.pop()
        for up, join in zip(self.up, self.join, strict=True):
            x = join(torch.cat([skips.pop(), up(x)], dim=1))
        return [self.head(x)]
