"""U2-Net (Qin et al. 2020): a U of small Us, all of them one block with a height."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from segdesk.nn.networks.blocks import Network, conv_norm_relu, initialise

FULL, SMALL = "full", "small"
_SIDES = 6
_WIDTH = 64

# Height and whether dilated, of the stages on the way down and the way up.
_HEIGHTS = ((7, False), (6, False), (5, False), (4, False), (4, True), (4, True))

# Channels in the middle and at the end of each stage: six down, then five up from the deepest.
_TABLES: dict[str, tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]] = {
    FULL: (
        ((32, 64), (32, 128), (64, 256), (128, 512), (256, 512), (256, 512)),
        ((256, 512), (128, 256), (64, 128), (32, 64), (16, 64)),
    ),
    SMALL: (((16, 64),) * 6, ((16, 64),) * 5),
}


def _like(x: Tensor, other: Tensor) -> Tensor:
    return functional.interpolate(x, size=other.shape[-2:], mode="bilinear", align_corners=False)


class RSU(nn.Module):
    """Residual U-block: a U-Net of `height` levels whose output is added to its first convolution's.

    The dilated one keeps the size and dilates by 1, 2, 4, 8 where the other halves it, rounding up (`ceil`)
    or down.
    """

    def __init__(
        self,
        height: int,
        inside: int,
        middle: int,
        outside: int,
        *,
        dilated: bool = False,
        norm: str,
        ceil: bool = True,
    ) -> None:
        super().__init__()
        self.dilated = dilated
        self.ceil = ceil
        step = [2**level if dilated else 1 for level in range(height)]
        if not dilated:
            step[-1] = 2  # the lowest level looks further instead of being halved once more
        self.enter = conv_norm_relu(inside, outside, norm)
        self.down = nn.ModuleList(
            conv_norm_relu(middle if level else outside, middle, norm, dilation=step[level])
            for level in range(height)
        )
        self.up = nn.ModuleList(
            conv_norm_relu(2 * middle, middle if level else outside, norm, dilation=step[level])
            for level in reversed(range(height - 1))
        )

    def forward(self, x: Tensor) -> Tensor:
        entered = self.enter(x)
        x = entered
        skips: list[Tensor] = []
        last = len(self.down) - 1
        for level, block in enumerate(self.down):
            if not self.dilated and 0 < level < last:
                x = functional.max_pool2d(x, 2, ceil_mode=self.ceil)
            x = block(x)
            skips.append(x)
        x = skips.pop()
        for block in self.up:
            skip = skips.pop()
            x = block(torch.cat([_like(x, skip) if x.shape != skip.shape else x, skip], dim=1))
        out: Tensor = x + entered
        return out


class U2Net(Network):
    """U2-Net with six side outputs and their 1x1 fusion.

    table: "full" (44.0 million parameters from 3 channels to 1) or "small" (1.13 million).
    width: channels of the first level, 64 in the original; all others go with it, so that the full table
        with a width from 11 to 63 lies between the two.
    norm: "group", "batch" or "none"; published weights have "batch".
    ceil: whether halving an odd side rounds up, as in the original; weights of some copies round down.

    `outputs` gives the fusion first and then the six sides, finest first.
    """

    least = 64  # its deepest stage sees the image at a 32nd of its size
    heads: ClassVar[Mapping[str, int]] = {
        **{f"sides.{number}": 0 for number in range(_SIDES)},
        "fusion": _SIDES,
    }

    def __init__(
        self,
        in_channels: int,
        classes: int,
        *,
        table: str = FULL,
        width: int = _WIDTH,
        norm: str = "group",
        ceil: bool = True,
    ) -> None:
        super().__init__(in_channels, classes)
        if table not in _TABLES:
            raise ValueError(f"table is one of {tuple(_TABLES)}, not {table!r}")
        self.ceil = ceil
        down, up = (
            [(max(1, middle * width // _WIDTH), outside * width // _WIDTH) for middle, outside in part]
            for part in _TABLES[table]
        )
        ends = [outside for _, outside in down]
        before_down = [in_channels, *ends[:-1]]
        # Going up, each stage reads what came from below beside the stage of its own level.
        below = [ends[-1], *(outside for _, outside in up[:-1])]
        before_up = [lower + skip for lower, skip in zip(below, ends[-2::-1], strict=True)]
        self.down = nn.ModuleList(
            RSU(height, inside, middle, outside, dilated=dilated, norm=norm, ceil=ceil)
            for (height, dilated), inside, (middle, outside) in zip(_HEIGHTS, before_down, down, strict=True)
        )
        self.up = nn.ModuleList(
            RSU(height, inside, middle, outside, dilated=dilated, norm=norm, ceil=ceil)
            for (height, dilated), inside, (middle, outside) in zip(
                _HEIGHTS[-2::-1], before_up, up, strict=True
            )
        )
        finest_first = [*(outside for _, outside in reversed(up)), ends[-1]]
        self.sides = nn.ModuleList(nn.Conv2d(outside, classes, 3, padding=1) for outside in finest_first)
        self.fusion = nn.Conv2d(_SIDES * classes, classes, 1)
        initialise(self)

    def logits(self, x: Tensor) -> list[Tensor]:
        image = x
        skips: list[Tensor] = []
        for level, stage in enumerate(self.down):
            x = stage(x if level == 0 else functional.max_pool2d(x, 2, ceil_mode=self.ceil))
            skips.append(x)
        coarse_first = [skips.pop()]
        for stage in self.up:
            skip = skips.pop()
            coarse_first.append(stage(torch.cat([_like(coarse_first[-1], skip), skip], dim=1)))
        finest_first = reversed(coarse_first)
        sides = [_like(side(x), image) for side, x in zip(self.sides, finest_first, strict=True)]
        return [self.fusion(torch.cat(sides, dim=1)), *sides]
