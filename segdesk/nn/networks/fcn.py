"""Fully convolutional networks on VGG16 (Long, Shelhamer and Darrell 2015)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch.nn.functional as functional
from torch import Tensor, nn

from segdesk.nn.networks.blocks import Network, conv_norm_relu, initialise
from segdesk.nn.networks.vgg import vgg16, widths

_DEEPEST = 32  # pixels of the image that one of the last pooling's sees
_FINEST = {32: (), 16: ("score4",), 8: ("score4", "score3")}


class FCN(Network):
    """Scores of VGG16's last layer, and of the fourth and third pooling, added up and enlarged.

    stride: 32, 16 or 8 pixels between the finest scores (FCN-32s, -16s, -8s); bilinear from there.
    norm: "none" (as in VGG16), "group" or "batch".
    width: channels of the first level.   hidden: channels of the two layers that were VGG16's classifier.

    Pooling drops the last row of an odd side; a classifier's first layer looks at 7 x 7 places, padded by 3.
    """

    heads: ClassVar[Mapping[str, int]] = {"score": 0, "score4": 0, "score3": 0}

    def __init__(
        self,
        in_channels: int,
        classes: int,
        *,
        stride: int = 8,
        norm: str = "none",
        width: int = 64,
        hidden: int = 4096,
    ) -> None:
        super().__init__(in_channels, classes)
        if stride not in _FINEST:
            raise ValueError(f"stride is one of {tuple(_FINEST)}, not {stride!r}")
        # One pixel at the bottom is enough, except that it has no spread to normalise.
        self.least = _DEEPEST if norm == "none" else 2 * _DEEPEST
        self.body = vgg16(in_channels, width, norm)
        self.fc6 = conv_norm_relu(widths(width)[-1], hidden, norm, kernel=7)
        self.fc7 = conv_norm_relu(hidden, hidden, norm, kernel=1)
        self.score = nn.Conv2d(hidden, classes, 1)
        for name, level in zip(_FINEST[stride], (3, 2), strict=False):
            self.add_module(name, nn.Conv2d(widths(width)[level], classes, 1))
        self.finer = _FINEST[stride]
        initialise(self)

    def logits(self, x: Tensor) -> list[Tensor]:
        image = x
        pooled: list[Tensor] = []
        for level in self.body:
            x = functional.max_pool2d(level(x), 2)
            pooled.append(x)
        scores: Tensor = self.score(self.fc7(self.fc6(pooled.pop())))
        for name in self.finer:
            finer = self.get_submodule(name)(pooled.pop())
            scores = finer + _enlarged(scores, finer)
        return [_enlarged(scores, image)]


def _enlarged(x: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(x, size=like.shape[-2:], mode="bilinear", align_corners=False)
