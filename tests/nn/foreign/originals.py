"""The original networks of the families, from their layers' names and sizes; they make their own weights.

Each is a function of an `Original`, which makes a layer's weights when it is first called, and of an image.
The result is what the original program returns before any sigmoid: a list, the main output first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torch.nn.functional as functional
from torch import Tensor


@dataclass
class Original:
    """Layers by name, with random weights and randomised statistics."""

    state: dict[str, Tensor] = field(default_factory=dict)
    random: torch.Generator = field(default_factory=lambda: torch.Generator().manual_seed(3))

    def conv(
        self,
        name: str,
        x: Tensor,
        outside: int,
        kernel: int = 3,
        *,
        padding: int | None = None,
        dilation: int = 1,
        stride: int = 1,
        bias: bool = True,
    ) -> Tensor:
        self._make(name, (outside, x.shape[1], kernel, kernel), x.shape[1] * kernel**2, outside, bias)
        pad = dilation * (kernel // 2) if padding is None else padding
        weight, shift = self.state[f"{name}.weight"], self.state.get(f"{name}.bias")
        return functional.conv2d(x, weight, shift, stride, pad, dilation)

    def up(
        self, name: str, x: Tensor, outside: int, kernel: int = 2, *, padding: int = 0, more: int = 0
    ) -> Tensor:
        self._make(name, (x.shape[1], outside, kernel, kernel), x.shape[1] * kernel**2 // 4, outside, True)
        weight, shift = self.state[f"{name}.weight"], self.state[f"{name}.bias"]
        return functional.conv_transpose2d(x, weight, shift, 2, padding, more)

    def norm(self, name: str, x: Tensor) -> Tensor:
        if f"{name}.weight" not in self.state:
            channels = x.shape[1]
            self.state[f"{name}.weight"] = torch.rand(channels, generator=self.random) * 0.6 + 0.4
            self.state[f"{name}.bias"] = torch.randn(channels, generator=self.random) * 0.1
            self.state[f"{name}.running_mean"] = torch.randn(channels, generator=self.random) * 0.1
            self.state[f"{name}.running_var"] = torch.rand(channels, generator=self.random) + 0.5
            self.state[f"{name}.num_batches_tracked"] = torch.tensor(7)
        weight, bias = self.state[f"{name}.weight"], self.state[f"{name}.bias"]
        mean, variance = self.state[f"{name}.running_mean"], self.state[f"{name}.running_var"]
        return functional.batch_norm(x, mean, variance, weight, bias)

    def _make(self, name: str, shape: tuple[int, ...], fan: int, outside: int, bias: bool) -> None:
        if f"{name}.weight" not in self.state:
            self.state[f"{name}.weight"] = torch.randn(shape, generator=self.random) * (1.5 / fan) ** 0.5
            if bias:
                self.state[f"{name}.bias"] = torch.randn(outside, generator=self.random) * 0.1


Network = Callable[[Original, Tensor], list[Tensor]]
relu, pool = functional.relu, functional.max_pool2d


def sequence(o: Original, name: str, x: Tensor, middle: int, outside: int, *, bias: bool) -> Tensor:
    """Convolution, normalisation, ReLU, twice, numbered as in a Sequential."""
    x = relu(o.norm(f"{name}.1", o.conv(f"{name}.0", x, middle, bias=bias)))
    return relu(o.norm(f"{name}.4", o.conv(f"{name}.3", x, outside, bias=bias)))


def bilinear(x: Tensor, like: Tensor, aligned: bool = False) -> Tensor:
    return functional.interpolate(x, like.shape[-2:], mode="bilinear", align_corners=aligned)


def milesial(width: int, classes: int, *, learned: bool, old: bool = False) -> Network:
    inside, below = ("conv", "mpconv.1.conv") if old else ("double_conv", "maxpool_conv.1.double_conv")
    first = "inc.conv.conv" if old else "inc.double_conv"

    def run(o: Original, x: Tensor) -> list[Tensor]:
        skips = [sequence(o, first, x, width, width, bias=False)]
        for n in range(1, 5):
            deep = width * 2**n // (2 if n == 4 and not learned else 1)
            skips.append(sequence(o, f"down{n}.{below}", pool(skips[-1], 2), deep, deep, bias=False))
        x = skips.pop()
        for n in range(1, 5):
            skip = skips.pop()
            here = width * 2 ** (4 - n)
            if learned:
                x, middle, outside = o.up(f"up{n}.up", x, here), here, here
            else:
                x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
                middle, outside = here, here // (2 if n < 4 else 1)
            down, right = skip.shape[2] - x.shape[2], skip.shape[3] - x.shape[3]
            x = functional.pad(x, [right // 2, right - right // 2, down // 2, down - down // 2])
            x = sequence(o, f"up{n}.conv.{inside}", torch.cat([skip, x], 1), middle, outside, bias=False)
        return [o.conv("outc.conv", x, classes, 1)]

    return run


def numbered(width: int, classes: int, *, tutorial: bool) -> Network:
    """The tutorial's and UNET-ZOO's, whose blocks are conv1 to conv9."""
    part = "layer" if tutorial else "conv"

    def run(o: Original, x: Tensor) -> list[Tensor]:
        skips: list[Tensor] = []
        for n in range(1, 6):
            wide = width * 2 ** (n - 1)
            x = sequence(o, f"conv{n}.{part}", pool(x, 2) if skips else x, wide, wide, bias=not tutorial)
            skips.append(x)
        skips.pop()
        for n in range(6, 10):
            wide = width * 2 ** (9 - n)
            name = f"up{n - 5}.layer.0" if tutorial else f"up{n}"
            x = o.up(name, x, wide)
            pair = [skips.pop(), functional.leaky_relu(x, 0.01)] if tutorial else [x, skips.pop()]
            x = sequence(o, f"conv{n}.{part}", torch.cat(pair, 1), wide, wide, bias=not tutorial)
        return [o.conv("predict.0", x, classes) if tutorial else o.conv("conv10", x, classes, 1)]

    return run


def width_8(classes: int) -> Network:
    def double(o: Original, n: int, x: Tensor, wide: int) -> Tensor:
        for k in (1, 2):
            x = relu(o.norm(f"layer{n}_conv.bn{k}", o.conv(f"layer{n}_conv.conv{k}", x, wide)))
        return x

    def run(o: Original, x: Tensor) -> list[Tensor]:
        skips = [double(o, 1, x, 8)]
        for n in range(2, 6):
            skips.append(double(o, n, pool(skips[-1], 2), 4 * 2**n))
        x = skips.pop()
        for n in range(1, 5):
            wide = 8 * 2 ** (4 - n)
            x = relu(o.norm(f"deconv{n}.bn1", o.up(f"deconv{n}.conv1", x, wide)))
            x = double(o, n + 5, torch.cat([x, skips.pop()], 1), wide)
        return [o.conv("layer10_conv", x, classes)]

    return run


def nearest(width: int, classes: int) -> Network:
    def run(o: Original, x: Tensor) -> list[Tensor]:
        skips: list[Tensor] = []
        for n in range(1, 6):
            wide = width * 2 ** (n - 1)
            x = sequence(o, f"Conv{n}.conv", pool(x, 2) if skips else x, wide, wide, bias=True)
            skips.append(x)
        skips.pop()
        for n in range(5, 1, -1):
            wide = width * 2 ** (n - 2)
            x = functional.interpolate(x, scale_factor=2)
            x = relu(o.norm(f"Up{n}.up.2", o.conv(f"Up{n}.up.1", x, wide)))
            x = sequence(o, f"Up_conv{n}.conv", torch.cat([skips.pop(), x], 1), wide, wide, bias=True)
        return [o.conv("Conv", x, classes, 1)]

    return run


def unpadded(width: int, classes: int) -> Network:
    """The paper's: no padding anywhere, crops, no normalisation; the cropped skip comes second."""

    def double(o: Original, name: str, x: Tensor, wide: int) -> Tensor:
        x = relu(o.conv(f"{name}.conv1.0", x, wide, padding=0))
        return relu(o.conv(f"{name}.conv2.0", x, wide, padding=0))

    def run(o: Original, x: Tensor) -> list[Tensor]:
        skips: list[Tensor] = []
        for n in range(1, 6):
            x = double(o, f"encode{n}", pool(x, 2) if skips else x, width * 2 ** (n - 1))
            skips.append(x)
        skips.pop()
        for n, crop in zip(range(4, 0, -1), (4, 16, 40, 88), strict=True):
            x = relu(o.up(f"up{n}.0", x, width * 2 ** (n - 1)))
            skip = skips.pop()[:, :, crop:-crop, crop:-crop]
            x = double(o, f"decode{n}", torch.cat([x, skip], 1), width * 2 ** (n - 1))
        return [o.conv("out", x, classes, 1)]

    return run


def mixed(width: int, classes: int) -> Network:
    """No padding going down, padding going up; skips are cropped by negative padding."""

    def run(o: Original, x: Tensor) -> list[Tensor]:
        skips: list[Tensor] = []
        for n in range(1, 6):
            x = pool(x, 2) if skips else x
            for k in (0, 3):
                name = f"encoder{n}.conv_relu"
                x = o.conv(f"{name}.{k}", x, width * 2 ** (n - 1), padding=0)
                x = relu(o.norm(f"{name}.{k + 1}", x))
            skips.append(x)
        skips.pop()
        for n in range(4, 0, -1):
            x, skip = o.up(f"decoder{n}.up", x, width * 2 ** (n - 1)), skips.pop()
            down, right = x.shape[2] - skip.shape[2], x.shape[3] - skip.shape[3]
            skip = functional.pad(skip, [right // 2, right - right // 2, down // 2, down - down // 2])
            wide = width * 2 ** (n - 1)
            x = sequence(o, f"decoder{n}.conv_relu", torch.cat([skip, x], 1), wide, wide, bias=True)
        return [o.conv("last", x, classes, 1)]

    return run


# Of each stage: its height (0 where it is dilated), channels in its middle and at its end, for width 64.
FULL = {
    "1": (7, 32, 64), "2": (6, 32, 128), "3": (5, 64, 256), "4": (4, 128, 512), "5": (0, 256, 512),
    "6": (0, 256, 512), "5d": (0, 256, 512), "4d": (4, 128, 256), "3d": (5, 64, 128), "2d": (6, 32, 64),
    "1d": (7, 16, 64),
}  # fmt: skip
SMALL = {name: (height, 16, 64) for name, (height, _, _) in FULL.items()}


def u2net(
    width: int, classes: int, table: dict[str, tuple[int, int, int]], *, tutorial: bool = False
) -> Network:
    def layer(o: Original, name: str, x: Tensor, wide: int, dilation: int = 1) -> Tensor:
        conv, norm = ("layer.0", "layer.1") if tutorial else ("conv_s1", "bn_s1")
        y = o.conv(f"{name}.{conv}", x, wide, dilation=dilation)
        if tutorial:  # it has these layers as well, and never uses what they give
            o.norm(f"{name}.bn_s1", o.conv(f"{name}.conv_s1", x, wide))
        return relu(o.norm(f"{name}.{norm}", y))

    def half(x: Tensor) -> Tensor:
        return pool(x, 2, ceil_mode=not tutorial)

    def block(o: Original, key: str, x: Tensor) -> Tensor:
        height, middle, end = table[key]
        middle, end = middle * width // 64, end * width // 64
        flat = height == 0
        height = height or 4
        if tutorial:
            stage = f"de_{key[0]}" if key.endswith("d") else f"en_{key}"
            names = [f"{stage}.conv{n}" for n in range(2 * height)]
        else:
            parts = ["in", *map(str, range(1, height + 1)), *(f"{n}d" for n in range(height - 1, 0, -1))]
            names = [f"stage{key}.rebnconv{part}" for part in parts]
        entered = layer(o, names[0], x, end)
        kept: list[Tensor] = []
        y = entered
        for n in range(1, height + 1):
            if n == height:
                y = layer(o, names[n], y, middle, 8 if flat else 2)
            else:
                y = layer(
                    o, names[n], half(y) if kept and not flat else y, middle, 2 ** (n - 1) if flat else 1
                )
                kept.append(y)
        for n in range(height + 1, 2 * height):
            skip = kept.pop()
            left = 2 * height - n
            y = layer(
                o,
                names[n],
                torch.cat([y if y.shape[2:] == skip.shape[2:] else bilinear(y, skip), skip], 1),
                end if left == 1 else middle,
                2 ** (left - 1) if flat else 1,
            )
        return y + entered

    def run(o: Original, x: Tensor) -> list[Tensor]:
        skips: list[Tensor] = []
        y = x
        for key in "123456":
            y = block(o, key, half(y) if skips else y)
            skips.append(y)
        found = [skips.pop()]
        for key in ("5d", "4d", "3d", "2d", "1d"):
            skip = skips.pop()
            found.append(block(o, key, torch.cat([bilinear(found[-1], skip), skip], 1)))
        sides = [bilinear(o.conv(f"side{n + 1}", y, classes), x) for n, y in enumerate(reversed(found))]
        return [o.conv("out_conv" if tutorial else "outconv", torch.cat(sides, 1), classes, 1), *sides]

    return run


VGG = ((1, 1), (2, 2), (4, 4, 4), (8, 8, 8), (8, 8, 8))


def vgg16(o: Original, name: str, x: Tensor, width: int) -> list[Tensor]:
    """The five levels before pooling."""
    levels: list[Tensor] = []
    number = 0
    for level in VGG:
        x = pool(x, 2) if levels else x
        for factor in level:
            x = relu(o.conv(f"{name}.{number}", x, width * factor))
            number += 2
        number += 1
        levels.append(x)
    return levels


def fcn(width: int, hidden: int, classes: int, stride: int) -> Network:
    def run(o: Original, x: Tensor) -> list[Tensor]:
        pools = [pool(level, 2) for level in vgg16(o, "vgg16.features", x, width)]
        y = relu(o.conv("fc6", pools[4], hidden, 7))
        y = o.conv("score", relu(o.conv("fc7", y, hidden, 1)), classes, 1)
        if stride <= 16:
            y = bilinear(y, pools[3]) + o.conv("score4", pools[3], classes, 1)
        if stride == 8:
            y = bilinear(y, pools[2]) + o.conv("score3", pools[2], classes, 1)
        return [bilinear(y, x)]

    return run


def resnet(
    o: Original, names: tuple[str, str, str], x: Tensor, width: int, *, deep: bool, ceil: bool = False
) -> list[Tensor]:
    """ResNet34 or (deep) ResNet50: the stem before pooling, and the four levels."""
    stem, norm, level = names
    x = relu(o.norm(norm, o.conv(stem, x, width, 7, stride=2, bias=False)))
    found = [x]
    x = pool(x, 3, 2, 0 if ceil else 1, ceil_mode=ceil)
    for n, count in enumerate((3, 4, 6, 3)):
        middle = width * 2**n
        end = middle * (4 if deep else 1)
        for b in range(count):
            name, step = f"{level}{n + 1}.{b}", 2 if n and not b else 1
            short = x
            if step == 2 or x.shape[1] != end:
                short = o.conv(f"{name}.downsample.0", x, end, 1, stride=step, bias=False)
                short = o.norm(f"{name}.downsample.1", short)
            plan = ((middle, 1, 1), (middle, 3, step), (end, 1, 1)) if deep else ((end, 3, step), (end, 3, 1))
            y = x
            for k, (wide, kernel, stride) in enumerate(plan, 1):
                y = o.conv(f"{name}.conv{k}", y, wide, kernel, stride=stride, bias=False)
                y = o.norm(f"{name}.bn{k}", y)
                y = relu(y) if k < len(plan) else y
            x = relu(y + short)
        found.append(x)
    return found


def resnet34_unet(width: int, classes: int) -> Network:
    def run(o: Original, x: Tensor) -> list[Tensor]:
        _, *skips, y = resnet(o, ("firstconv", "firstbn", "encoder"), x, width, deep=False)
        for n in range(4, 0, -1):
            quarter, end = y.shape[1] // 4, width * max(1, 2 ** (n - 2))
            y = relu(o.norm(f"decoder{n}.norm1", o.conv(f"decoder{n}.conv1", y, quarter, 1)))
            y = o.up(f"decoder{n}.deconv2", y, quarter, 3, padding=1, more=1)
            y = relu(o.norm(f"decoder{n}.norm2", y))
            y = relu(o.norm(f"decoder{n}.norm3", o.conv(f"decoder{n}.conv3", y, end, 1)))
            y = y + skips.pop() if skips else y
        y = relu(o.up("finaldeconv1", y, width // 2, 4, padding=1))
        return [o.conv("finalconv3", relu(o.conv("finalconv2", y, width // 2)), classes)]

    return run


def bubbliiiing(width: int, classes: int, *, deep: bool) -> Network:
    def double(x: Tensor) -> Tensor:
        return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)

    def run(o: Original, x: Tensor) -> list[Tensor]:
        if deep:
            skips = resnet(o, ("resnet.conv1", "resnet.bn1", "resnet.layer"), x, width, deep=True, ceil=True)
        else:
            skips = vgg16(o, "vgg.features", x, width)
        y = skips.pop()
        for n in range(4, 0, -1):
            wide = width * 2 ** (n - 1)
            y = torch.cat([skips.pop(), double(y)], 1)
            for k in (1, 2):
                y = relu(o.conv(f"up_concat{n}.conv{k}", y, wide))
        if deep:
            y = relu(o.conv("up_conv.3", relu(o.conv("up_conv.1", double(y), width)), width))
        return [o.conv("final", y, classes, 1)]

    return run
