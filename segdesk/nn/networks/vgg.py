"""The convolutions of VGG16 (Simonyan and Zisserman 2015), which other networks are built on."""

from __future__ import annotations

from torch import nn

from segdesk.nn.networks.blocks import conv_norm_relu

_CONVOLUTIONS = (2, 2, 3, 3, 3)  # of each level; the size is halved between levels


def widths(width: int) -> list[int]:
    """Channels of the five levels, `width` in the first (64 in the original)."""
    return [width * factor for factor in (1, 2, 4, 8, 8)]


def vgg16(in_channels: int, width: int, norm: str) -> nn.ModuleList:
    """The five levels: thirteen 3x3 convolutions, each with a bias, `norm` and ReLU, without the poolings."""
    levels = nn.ModuleList()
    inside = in_channels
    for count, outside in zip(_CONVOLUTIONS, widths(width), strict=True):
        layers: list[nn.Module] = []
        for _ in range(count):
            layers += conv_norm_relu(inside, outside, norm)
            inside = outside
        levels.append(nn.Sequential(*layers))
    return levels
