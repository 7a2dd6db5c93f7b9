"""One U-Net whose options give the whole family (Ronneberger, Fischer and Brox 2015)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from segdesk.nn.networks.blocks import (
    Network,
    at_least,
    conv_norm_relu,
    initialise,
    make_norm,
)

UPS = ("transpose", "bilinear", "nearest")
PADDINGS = ("same", "valid")
ODDS = ("mirror", "zeros")


class Up(nn.Module):
    """Twice the size: a transposed 2x2 convolution, or interpolation and a convolution of `kernel`.

    A 1x1 convolution comes before the interpolation: the two commute, and so it costs a quarter.
    Kernel 0 leaves the convolution out.
    """

    def __init__(
        self,
        inside: int,
        outside: int,
        kind: str,
        slope: float,
        *,
        kernel: int = 1,
        norm: str = "none",
        aligned: bool = False,
    ) -> None:
        super().__init__()
        if kind not in UPS:
            raise ValueError(f"up is one of {UPS}, not {kind!r}")
        self.kind = kind
        self.slope = slope
        self.aligned = aligned
        self.conv: nn.Module
        if kind == "transpose":
            self.conv = nn.ConvTranspose2d(inside, outside, 2, stride=2)
        elif kernel:
            self.conv = nn.Conv2d(inside, outside, kernel, padding=kernel // 2)
        else:
            self.conv = nn.Identity()
        self.conv_first = kernel == 1
        self.norm = make_norm(norm, outside)

    def forward(self, x: Tensor) -> Tensor:
        if self.kind == "transpose":
            x = self.conv(x)
        elif self.conv_first:
            x = self._double(self.conv(x))
        else:
            x = self.conv(self._double(x))
        x = self.norm(x)
        return x if self.slope == 1.0 else functional.leaky_relu(x, self.slope)

    def _double(self, x: Tensor) -> Tensor:
        if self.kind == "nearest":
            return functional.interpolate(x, scale_factor=2.0, mode="nearest")
        return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=self.aligned)


class UNet(Network):
    """U-Net, padded or not; whatever its convolutions cut off, `outputs` has the size of the image.

    width: channels of the first level; each level below has twice as many.
    depth: how often the size is halved.
    norm: "fixed", "group", "batch" or "none".   bias: whether the 3x3 convolutions have one.
    up: "transpose", "bilinear" or "nearest".   up_aligned: whether bilinear keeps the corners in place.
    up_kernel: of the convolution beside an interpolation: 1, 3, or 0 for none. Without one, the deepest level
        is no wider than the one above, and each level hands on as many channels as the next one has.
    up_norm: what follows the upward convolution.   up_slope: and then: 0 ReLU, between LeakyReLU, 1 nothing.
    head: kernel size of the last convolution.
    encoder_padding, decoder_padding: "same", or "valid": each 3x3 convolution takes a pixel off each side,
        and the skips are cropped. The image is then mirrored at its borders, so that the output covers all
        of it: the overlap-tile strategy of the paper.
    odd: how sides that 2 ** depth does not divide are met: "mirror" grows the image, "zeros" lets pooling
        drop the last row, and pads what comes up to the size of its skip with zeros.
    """

    heads: ClassVar[Mapping[str, int]] = {"head": 0}

    def __init__(
        self,
        in_channels: int,
        classes: int,
        *,
        width: int = 16,
        depth: int = 4,
        norm: str = "fixed",
        up: str = "transpose",
        up_slope: float = 1.0,
        head: int = 1,
        bias: bool = False,
        up_kernel: int = 1,
        up_norm: str = "none",
        up_aligned: bool = False,
        encoder_padding: str = "same",
        decoder_padding: str = "same",
        odd: str = "mirror",
    ) -> None:
        super().__init__(in_channels, classes)
        valid_down, valid_up = (_one_of(p, PADDINGS) == "valid" for p in (encoder_padding, decoder_padding))
        self.cropped = valid_down or valid_up
        self.zeros = _one_of(odd, ODDS) == "zeros"
        if self.cropped and self.zeros:
            raise ValueError("odd sides cannot be padded with zeros where convolutions are valid")
        if head % 2 == 0 or (up_kernel % 2 == 0 and up_kernel):
            raise ValueError("kernels have a pixel in their middle")
        halving: int = 2**depth
        self.stride = 1 if self.zeros else halving
        self.least = 2 * halving  # one pixel at the bottom has no spread to normalise
        self._set_margins(halving, 4 * valid_down, 4 * valid_up)

        bare = up != "transpose" and up_kernel == 0
        widths = [width * 2**level for level in range(depth + 1)]
        if bare and depth:
            widths[-1] = widths[-2]

        def double(inside: int, middle: int, outside: int, valid: bool) -> nn.Sequential:
            return nn.Sequential(
                *conv_norm_relu(inside, middle, norm, bias=bias, valid=valid),
                *conv_norm_relu(middle, outside, norm, bias=bias, valid=valid),
            )

        self.down = nn.ModuleList(
            double(inside, outside, outside, valid_down)
            for inside, outside in zip([in_channels, *widths], widths, strict=False)
        )
        self.up, self.join = nn.ModuleList(), nn.ModuleList()
        below = widths[-1]
        for level in reversed(range(depth)):
            here = widths[level]
            self.up.append(Up(below, here, up, up_slope, kernel=up_kernel, norm=up_norm, aligned=up_aligned))
            below = widths[max(level - 1, 0)] if bare else here
            self.join.append(double(2 * here, here, below, valid_up))
        self.head = nn.Conv2d(below, classes, head, padding=head // 2)
        initialise(self)

    def _set_margins(self, halving: int, lost_down: int, lost_up: int) -> None:
        """What `halving` times a side at the bottom is short of the image's side, and above the logits'.

        lost_down, lost_up: pixels that a level's convolutions take off a side.
        """
        self.more_in = lost_down * (2 * halving - 1)
        self.less_out = lost_up * (halving - 1)

    def context(self, length: int) -> tuple[int, int]:
        if not self.cropped:
            return super().context(length)
        before = (self.more_in + self.less_out) // 2
        return before, self._side(length) - length - before

    def _side(self, length: int) -> int:
        """Of the smallest image whose logits have `length` pixels or more a side."""
        bottom = at_least(2, -(-(length + self.less_out) // self.stride))
        return bottom * self.stride + self.more_in

    def logits(self, x: Tensor) -> list[Tensor]:
        skips: list[Tensor] = []
        for level, block in enumerate(self.down):
            x = block(x if level == 0 else functional.max_pool2d(x, 2))
            skips.append(x)
        skips.pop()
        for up, join in zip(self.up, self.join, strict=True):
            skip, x = skips.pop(), up(x)
            if self.cropped:
                skip = _resized(skip, x)
            elif self.zeros:
                x = _resized(x, skip)
            x = join(torch.cat([skip, x], dim=1))
        return [self.head(x)]


def _one_of(choice: str, choices: tuple[str, ...]) -> str:
    if choice not in choices:
        raise ValueError(f"{choice!r} is none of {choices}")
    return choice


def _resized(x: Tensor, like: Tensor) -> Tensor:
    """Cropped, or padded with zeros, to the size of `like`, as evenly as can be."""
    down, right = like.shape[-2] - x.shape[-2], like.shape[-1] - x.shape[-1]
    return functional.pad(x, (right // 2, right - right // 2, down // 2, down - down // 2))
