"""The networks as they were published, written out from their layer tables with plain functions.

They read our state dicts, so that both sides have the same weights, and share no code with our networks.
Where a publication concatenates the other way round, so does its function, with the weight's halves swapped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as functional
from torch import Tensor

State = dict[str, Tensor]


def conv(s: State, name: str, x: Tensor, padding: int = 0, *, stride: int = 1, dilation: int = 1) -> Tensor:
    return functional.conv2d(x, s[f"{name}.weight"], s.get(f"{name}.bias"), stride, padding, dilation)


def norm(s: State, name: str, x: Tensor) -> Tensor:
    mean, variance = s[f"{name}.running_mean"], s[f"{name}.running_var"]
    return functional.batch_norm(x, mean, variance, s[f"{name}.weight"], s[f"{name}.bias"], eps=1e-5)


def conv_norm(s: State, name: str, number: int, x: Tensor, padding: int = 1) -> Tensor:
    return norm(s, f"{name}.{number + 1}", conv(s, f"{name}.{number}", x, padding))


def two(s: State, name: str, x: Tensor, padding: int = 1) -> Tensor:
    """Conv, BatchNorm, ReLU, twice."""
    return conv_norm(s, name, 3, conv_norm(s, name, 0, x, padding).relu(), padding).relu()


def two_bare(s: State, name: str, x: Tensor, padding: int) -> Tensor:
    """Conv, ReLU, twice."""
    return conv(s, f"{name}.3", conv(s, f"{name}.0", x, padding).relu(), padding).relu()


def swapped(s: State, joins: int = 4) -> State:
    """With the halves of what each join reads the other way round."""
    changed = dict(s)
    for number in range(joins):
        skip, up = s[f"join.{number}.0.weight"].chunk(2, dim=1)
        changed[f"join.{number}.0.weight"] = torch.cat([up, skip], dim=1)
    return changed


def transposed(s: State, name: str, x: Tensor) -> Tensor:
    return functional.conv_transpose2d(x, s[f"{name}.weight"], s[f"{name}.bias"], stride=2)


def going_down(s: State, x: Tensor, padding: int, block: Callable[..., Tensor]) -> list[Tensor]:
    levels = [block(s, "down.0", x, padding)]
    for number in range(1, 5):
        levels.append(block(s, f"down.{number}", functional.max_pool2d(levels[-1], 2), padding))
    return levels


def padded(s: State, x: Tensor) -> Tensor:
    """Width 64: LeakyReLU after the transposed convolution, (skip, up), 3x3 head."""
    *skips, y = going_down(s, x, 1, two)
    for number in range(4):
        up = functional.leaky_relu(transposed(s, f"up.{number}.conv", y), 0.01)
        y = two(s, f"join.{number}", torch.cat([skips[3 - number], up], 1))
    return conv(s, "head", y, 1)


def unpadded(s: State, x: Tensor) -> Tensor:
    """Ronneberger 2015: no padding, no normalisation, crops of 4, 16, 40 and 88, (up, skip), 1x1 head."""
    s = swapped(s)
    *skips, y = going_down(s, x, 0, two_bare)
    for number, crop in enumerate((4, 16, 40, 88)):
        up = transposed(s, f"up.{number}.conv", y).relu()
        skip = skips[3 - number][:, :, crop:-crop, crop:-crop]
        y = two_bare(s, f"join.{number}", torch.cat([up, skip], 1), 0)
    return conv(s, "head", y)


def valid_down(s: State, x: Tensor) -> Tensor:
    """Valid encoder, same decoder: skips cropped by negative padding."""
    *skips, y = going_down(s, x, 0, two)
    for number, crop in enumerate((4, 12, 28, 60)):
        up = transposed(s, f"up.{number}.conv", y).relu()
        skip = functional.pad(skips[3 - number], [-crop] * 4)
        y = two(s, f"join.{number}", torch.cat([skip, up], 1))
    return conv(s, "head", y)


def width_32(s: State, x: Tensor) -> Tensor:
    """Biases, a plain transposed convolution, (up, skip), 1x1 head."""
    s = swapped(s)
    *skips, y = going_down(s, x, 1, two)
    for number in range(4):
        up = transposed(s, f"up.{number}.conv", y)
        y = two(s, f"join.{number}", torch.cat([up, skips[3 - number]], 1))
    return conv(s, "head", y)


def width_8(s: State, x: Tensor) -> Tensor:
    """BatchNorm and ReLU after the transposed convolution, 3x3 head."""
    *skips, y = going_down(s, x, 1, two)
    for number in range(4):
        up = norm(s, f"up.{number}.norm", transposed(s, f"up.{number}.conv", y)).relu()
        y = two(s, f"join.{number}", torch.cat([skips[3 - number], up], 1))
    return conv(s, "head", y, 1)


def interpolated(s: State, x: Tensor) -> Tensor:
    """Bilinear, and then a 1x1 convolution."""
    *skips, y = going_down(s, x, 1, two)
    for number in range(4):
        up = conv(s, f"up.{number}.conv", doubled(y, aligned=False))
        y = two(s, f"join.{number}", torch.cat([skips[3 - number], up], 1))
    return conv(s, "head", y)


def nearest(s: State, x: Tensor) -> Tensor:
    """Every pixel four times, then a 3x3 convolution, BatchNorm and ReLU."""
    *skips, y = going_down(s, x, 1, two)
    for number in range(4):
        larger = y.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
        up = norm(s, f"up.{number}.norm", conv(s, f"up.{number}.conv", larger, 1)).relu()
        y = two(s, f"join.{number}", torch.cat([skips[3 - number], up], 1))
    return conv(s, "head", y)


def floored(s: State, x: Tensor) -> Tensor:
    """Any size: pooling drops the last row, and what comes up is padded with zeros to its skip.

    With transposed convolutions where there are weights for them, else bilinear with the corners in place.
    """
    *skips, y = going_down(s, x, 1, two)
    for number in range(4):
        name, skip = f"up.{number}.conv", skips[3 - number]
        up = transposed(s, name, y) if f"{name}.weight" in s else doubled(y, aligned=True)
        rows, columns = skip.shape[2] - up.shape[2], skip.shape[3] - up.shape[3]
        up = functional.pad(up, [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2])
        y = two(s, f"join.{number}", torch.cat([skip, up], 1))
    return conv(s, "head", y)


def doubled(x: Tensor, *, aligned: bool) -> Tensor:
    size = [2 * x.shape[2], 2 * x.shape[3]]
    return functional.interpolate(x, size, mode="bilinear", align_corners=aligned)


def to_size(x: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(x, like.shape[2:], mode="bilinear", align_corners=False)


def rsu(s: State, name: str, height: int, x: Tensor, ceil: bool) -> Tensor:
    """RSU-7 to RSU-4."""

    def layer(key: str, y: Tensor, dilation: int = 1) -> Tensor:
        y = conv(s, f"{name}.{key}.0", y, dilation, dilation=dilation)
        return norm(s, f"{name}.{key}.1", y).relu()

    first = layer("enter", x)
    ways = [layer("down.0", first)]
    for k in range(1, height - 1):
        ways.append(layer(f"down.{k}", functional.max_pool2d(ways[-1], 2, 2, ceil_mode=ceil)))
    y = layer(f"down.{height - 1}", ways[-1], 2)
    for k in range(height - 1):
        skip = ways[height - 2 - k]
        y = layer(f"up.{k}", torch.cat([to_size(y, skip), skip], 1))
    return y + first


def rsu_4f(s: State, name: str, x: Tensor) -> Tensor:
    """RSU-4F: dilations 1, 2, 4, 8, 4, 2, 1 at one size."""

    def layer(key: str, y: Tensor, dilation: int) -> Tensor:
        y = conv(s, f"{name}.{key}.0", y, dilation, dilation=dilation)
        return norm(s, f"{name}.{key}.1", y).relu()

    first = layer("enter", x, 1)
    one = layer("down.0", first, 1)
    two_ = layer("down.1", one, 2)
    three = layer("down.2", two_, 4)
    four = layer("down.3", three, 8)
    y = layer("up.0", torch.cat([four, three], 1), 4)
    y = layer("up.1", torch.cat([y, two_], 1), 2)
    return layer("up.2", torch.cat([y, one], 1), 1) + first


def u2net(s: State, x: Tensor, *, ceil: bool = True) -> list[Tensor]:
    """The fusion and six sides."""

    def half(y: Tensor) -> Tensor:
        return functional.max_pool2d(y, 2, 2, ceil_mode=ceil)

    e1 = rsu(s, "down.0", 7, x, ceil)
    e2 = rsu(s, "down.1", 6, half(e1), ceil)
    e3 = rsu(s, "down.2", 5, half(e2), ceil)
    e4 = rsu(s, "down.3", 4, half(e3), ceil)
    e5 = rsu_4f(s, "down.4", half(e4))
    e6 = rsu_4f(s, "down.5", half(e5))
    d5 = rsu_4f(s, "up.0", torch.cat([to_size(e6, e5), e5], 1))
    d4 = rsu(s, "up.1", 4, torch.cat([to_size(d5, e4), e4], 1), ceil)
    d3 = rsu(s, "up.2", 5, torch.cat([to_size(d4, e3), e3], 1), ceil)
    d2 = rsu(s, "up.3", 6, torch.cat([to_size(d3, e2), e2], 1), ceil)
    d1 = rsu(s, "up.4", 7, torch.cat([to_size(d2, e1), e1], 1), ceil)
    sides = [to_size(conv(s, f"sides.{k}", d, 1), d1) for k, d in enumerate((d1, d2, d3, d4, d5, e6))]
    return [conv(s, "fusion", torch.cat(sides, 1)), *sides]


def vgg16(s: State, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """What the five levels give, before and after their poolings."""
    before: list[Tensor] = []
    after: list[Tensor] = []
    for level, count in enumerate((2, 2, 3, 3, 3)):
        for number in range(count):
            x = conv(s, f"body.{level}.{3 * number}", x, 1).relu()
        before.append(x)
        x = functional.max_pool2d(x, 2)
        after.append(x)
    return before, after


def fcn(s: State, x: Tensor) -> Tensor:
    """FCN-32s, and FCN-16s and FCN-8s where there are weights for them."""
    _, (_, _, pool3, pool4, pool5) = vgg16(s, x)
    y = conv(s, "score", conv(s, "fc7.0", conv(s, "fc6.0", pool5, 3).relu()).relu())
    for name, pool in (("score4", pool4), ("score3", pool3)):
        if f"{name}.weight" in s:
            finer = conv(s, name, pool)
            y = to_size(y, finer) + finer
    return to_size(y, x)


def residual_levels(
    s: State, x: Tensor, steps: Sequence[tuple[int, int]], pool: Callable[..., Tensor]
) -> list[Tensor]:
    """ResNet with blocks of (kernel, padding) convolutions; the stride is the first 3x3's."""
    x = norm(s, "body.stem.1", conv(s, "body.stem.0", x, 3, stride=2)).relu()
    levels = [x]
    x = pool(x)
    strided = [kernel for kernel, _ in steps].index(3)
    for level, count in enumerate((3, 4, 6, 3)):
        for block in range(count):
            name = f"body.levels.{level}.{block}"
            stride = 2 if level > 0 and block == 0 else 1
            y = x
            for k, (_, padding) in enumerate(steps):
                y = conv(s, f"{name}.conv{k + 1}", y, padding, stride=stride if k == strided else 1)
                y = norm(s, f"{name}.norm{k + 1}", y)
                if k + 1 < len(steps):
                    y = y.relu()
            if f"{name}.shortcut.0.weight" in s:
                x = norm(s, f"{name}.shortcut.1", conv(s, f"{name}.shortcut.0", x, stride=stride))
            x = (y + x).relu()
        levels.append(x)
    return levels


def resnet34_unet(s: State, x: Tensor) -> Tensor:
    def pool(y: Tensor) -> Tensor:
        return functional.max_pool2d(y, 3, 2, 1)

    _, e1, e2, e3, y = residual_levels(s, x, ((3, 1), (3, 1)), pool)
    for number, skip in enumerate((e3, e2, e1, None)):
        name = f"decoder.{number}"
        y = conv_norm(s, name, 0, y, 0).relu()
        weight, bias = s[f"{name}.3.weight"], s[f"{name}.3.bias"]
        y = norm(s, f"{name}.4", functional.conv_transpose2d(y, weight, bias, 2, 1, 1)).relu()
        y = conv_norm(s, name, 6, y, 0).relu()
        if skip is not None:
            y = y + skip
    y = functional.conv_transpose2d(y, s["last.0.weight"], s["last.0.bias"], 2, 1).relu()
    return conv(s, "head", conv(s, "last.2", y, 1).relu(), 1)


def on_vgg16(s: State, x: Tensor) -> Tensor:
    (*skips, y), _ = vgg16(s, x)
    for number in range(4):
        joined = torch.cat([skips[3 - number], doubled(y, aligned=True)], 1)
        y = two_bare(s, f"join.{number}", joined, 1)
    return conv(s, "head", y)


def on_resnet50(s: State, x: Tensor) -> Tensor:
    def pool(y: Tensor) -> Tensor:
        return functional.max_pool2d(y, 3, 2, 0, ceil_mode=True)

    *skips, y = residual_levels(s, x, ((1, 0), (3, 1), (1, 0)), pool)
    for number in range(4):
        joined = torch.cat([skips[3 - number], doubled(y, aligned=True)], 1)
        y = two_bare(s, f"join.{number}", joined, 1)
    y = conv(s, "last.2", conv(s, "last.0", doubled(y, aligned=True), 1).relu(), 1).relu()
    return conv(s, "head", y)
