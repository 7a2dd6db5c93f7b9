"""U-Net whose way down is a network that was made to classify."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from segdesk.nn.networks.blocks import Network, conv_norm_relu, initialise
from segdesk.nn.networks.resnet import RESNET50, ResNet
from segdesk.nn.networks.vgg import vgg16, widths

BACKBONES = ("vgg16", "resnet50")


class BackboneUNet(Network):
    """VGG16 or ResNet50 going down; bilinear interpolation and two 3x3 convolutions a level going up.

    backbone: "vgg16" or "resnet50".   width: channels of its first level.
    norm: of the backbone; published weights have "none" for VGG16 and "batch" for ResNet50.
    join_norm: of the way up; published weights have "none".
    """

    heads: ClassVar[Mapping[str, int]] = {"head": 0}

    def __init__(
        self,
        in_channels: int,
        classes: int,
        *,
        backbone: str = "vgg16",
        norm: str = "group",
        join_norm: str = "group",
        width: int = 64,
    ) -> None:
        super().__init__(in_channels, classes)
        if backbone not in BACKBONES:
            raise ValueError(f"backbone is one of {BACKBONES}, not {backbone!r}")
        self.body: nn.Module
        self.last: nn.Module = nn.Identity()
        if backbone == "vgg16":
            self.stride = 16
            self.body = vgg16(in_channels, width, norm)
            channels = widths(width)
        else:
            self.stride = 32
            self.body = ResNet(in_channels, width, RESNET50, norm, bottleneck=True, ceil_pool=True)
            channels = self.body.channels
            # Its first level has half the size of the image.
            self.last = nn.Sequential(
                nn.Conv2d(width, width, 3, padding=1),
                nn.ReLU(inplace=True),
                nn.Conv2d(width, width, 3, padding=1),
                nn.ReLU(inplace=True),
            )
        self.least = 2 * self.stride  # one pixel at the bottom has no spread to normalise
        self.join = nn.ModuleList()
        below = channels[-1]
        for skip, outside in zip(channels[-2::-1], widths(width)[-2::-1], strict=True):
            self.join.append(
                nn.Sequential(
                    *conv_norm_relu(skip + below, outside, join_norm),
                    *conv_norm_relu(outside, outside, join_norm),
                )
            )
            below = outside
        self.head = nn.Conv2d(width, classes, 1)
        initialise(self)

    def logits(self, x: Tensor) -> list[Tensor]:
        skips = self._features(x)
        x = skips.pop()
        for join in self.join:
            x = join(torch.cat([skips.pop(), _doubled(x)], dim=1))
        if not isinstance(self.last, nn.Identity):
            x = self.last(_doubled(x))
        return [self.head(x)]

    def _features(self, x: Tensor) -> list[Tensor]:
        """What each level of the backbone gives, the finest first."""
        if isinstance(self.body, ResNet):
            return self.body(x)  # type: ignore[no-any-return]
        features: list[Tensor] = []
        for level in self.body.children():
            x = level(functional.max_pool2d(x, 2) if features else x)
            features.append(x)
        return features


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=True)
