"""ResNet (He et al. 2016) as an encoder, and the U-Net with added skips on ResNet34."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch.nn.functional as functional
from torch import Tensor, nn

from segdesk.nn.networks.blocks import Network, conv_norm_relu, initialise, make_norm

RESNET34 = RESNET50 = (3, 4, 6, 3)  # blocks of each level: plain ones, or bottlenecks


class Block(nn.Module):
    """Two 3x3 convolutions, or 1x1, 3x3, 1x1 around a `bottleneck`, whose output is added to what came in.

    The (first) 3x3 convolution has the stride.
    """

    def __init__(self, inside: int, outside: int, stride: int, bottleneck: bool, norm: str) -> None:
        super().__init__()
        middle = outside // 4 if bottleneck else outside
        kernels = (1, 3, 1) if bottleneck else (3, 3)
        self.count = len(kernels)
        for number, kernel in enumerate(kernels, 1):
            before = inside if number == 1 else middle
            after = outside if number == self.count else middle
            step = stride if number == (2 if bottleneck else 1) else 1
            conv = nn.Conv2d(before, after, kernel, stride=step, padding=kernel // 2, bias=False)
            self.add_module(f"conv{number}", conv)
            self.add_module(f"norm{number}", make_norm(norm, after))
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inside != outside:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inside, outside, 1, stride=stride, bias=False), make_norm(norm, outside)
            )

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for number in range(1, self.count + 1):
            y = self.get_submodule(f"norm{number}")(self.get_submodule(f"conv{number}")(y))
            if number < self.count:
                y = functional.relu(y)
        return functional.relu(y + self.shortcut(x))


class ResNet(nn.Module):
    """A 7x7 convolution of stride 2, a 3x3 pooling of stride 2, and four levels of residual blocks.

    width: channels of the first convolution (64 in the original).   blocks: of each level.
    bottleneck: as in ResNet50: levels have 4, 8, 16 and 32 times `width` channels instead of 1, 2, 4 and 8.
    ceil_pool: whether the pooling is not padded but takes in incomplete windows.

    Gives the first convolution's output and the four levels', at a half, a 4th, 8th, 16th and 32nd.
    """

    def __init__(
        self,
        in_channels: int,
        width: int,
        blocks: Sequence[int],
        norm: str,
        *,
        bottleneck: bool = False,
        ceil_pool: bool = False,
    ) -> None:
        super().__init__()
        self.ceil_pool = ceil_pool
        self.stem = nn.Sequential(
            nn.Conv2d(in_channels, width, 7, stride=2, padding=3, bias=False),
            make_norm(norm, width),
            nn.ReLU(inplace=True),
        )
        self.channels = [width]
        self.levels = nn.ModuleList()
        for level, count in enumerate(blocks):
            outside = width * 2**level * (4 if bottleneck else 1)
            made = nn.Sequential()
            for number in range(count):
                inside = outside if number else self.channels[-1]
                made.append(Block(inside, outside, 2 if level and not number else 1, bottleneck, norm))
            self.levels.append(made)
            self.channels.append(outside)

    def forward(self, x: Tensor) -> list[Tensor]:
        features: list[Tensor] = [self.stem(x)]
        x = functional.max_pool2d(
            features[0], 3, stride=2, padding=0 if self.ceil_pool else 1, ceil_mode=self.ceil_pool
        )
        for level in self.levels:
            x = level(x)
            features.append(x)
        return features


class ResNet34UNet(Network):
    """ResNet34 going down; going up, blocks that double the size, each added to what has its size below.

    After LinkNet (Chaurasia and Culurciello 2017); what the first convolution gives is not handed across.
    norm: "group", "batch" or "none"; published weights have "batch".   width: channels of the first level.
    """

    stride = 32
    least = 64  # one pixel at the bottom has no spread to normalise
    heads: ClassVar[Mapping[str, int]] = {"head": 0}

    def __init__(self, in_channels: int, classes: int, *, norm: str = "group", width: int = 64) -> None:
        super().__init__(in_channels, classes)
        self.body = ResNet(in_channels, width, RESNET34, norm)
        after = [*self.body.channels[-2:0:-1], width]
        self.decoder = nn.ModuleList(
            _doubled(inside, outside, norm)
            for inside, outside in zip(self.body.channels[:0:-1], after, strict=True)
        )
        thin = width // 2
        self.last = nn.Sequential(
            nn.ConvTranspose2d(width, thin, 4, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(thin, thin, 3, padding=1),
            nn.ReLU(inplace=True),
        )
        self.head = nn.Conv2d(thin, classes, 3, padding=1)
        initialise(self)

    def logits(self, x: Tensor) -> list[Tensor]:
        _, *skips, x = self.body(x)
        for block in self.decoder:
            x = block(x)
            if skips:
                x = x + skips.pop()
        return [self.head(self.last(x))]


def _doubled(inside: int, outside: int, norm: str) -> nn.Sequential:
    """1x1 to a quarter of the channels, 3x3 transposed of stride 2, 1x1; each normalised and with ReLU."""
    quarter = inside // 4
    return nn.Sequential(
        *conv_norm_relu(inside, quarter, norm, kernel=1),
        nn.ConvTranspose2d(quarter, quarter, 3, stride=2, padding=1, output_padding=1),
        make_norm(norm, quarter),
        nn.ReLU(inplace=True),
        *conv_norm_relu(quarter, outside, norm, kernel=1),
    )
