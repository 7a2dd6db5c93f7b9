"""Our networks give what the published ones give, to the last digits, and have as many parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor

from segdesk.nn.networks import registry
from segdesk.nn.networks.blocks import Network, parameters_of
from segdesk.nn.networks.entry import Option
from tests.nn.networks import originals

EVEN = ((64, 64), (96, 64))
ODD = ((64, 64), (65, 97), (90, 71))
BATCH: dict[str, Option] = {"norm": "batch"}


class Family(NamedTuple):
    """A published network: how we build it, how it was written, and sizes that it takes as they are."""

    network: str
    options: dict[str, Option]
    original: Callable[..., Tensor | list[Tensor]]
    sizes: tuple[tuple[int, int], ...] = EVEN
    channels: int = 3
    classes: int = 1


TUTORIAL = BATCH
UNPADDED: dict[str, Option] = {"norm": "none"}
VALID_DOWN: dict[str, Option] = {
    "width": 64,
    "norm": "batch",
    "bias": True,
    "up_slope": 0.0,
    "encoder_padding": "valid",
}
WIDTH_32: dict[str, Option] = {"width": 32, "norm": "batch", "bias": True}
WIDTH_8: dict[str, Option] = {
    "width": 8,
    "norm": "batch",
    "bias": True,
    "up_norm": "batch",
    "up_slope": 0.0,
    "head": 3,
}
NEAREST: dict[str, Option] = {
    **WIDTH_32,
    "width": 64,
    "up": "nearest",
    "up_kernel": 3,
    "up_norm": "batch",
    "up_slope": 0.0,
}
ZEROS: dict[str, Option] = {"width": 64, "norm": "batch", "odd": "zeros"}
ZEROS_BILINEAR: dict[str, Option] = {**ZEROS, "up": "bilinear", "up_kernel": 0, "up_aligned": True}
ON_VGG16: dict[str, Option] = {"norm": "none", "join_norm": "none"}
ON_RESNET50: dict[str, Option] = {"norm": "batch", "join_norm": "none"}


def floor(state: originals.State, x: Tensor) -> list[Tensor]:
    return originals.u2net(state, x, ceil=False)


FAMILIES = {
    "padded": Family("unet-64", {**TUTORIAL, "width": 8}, originals.padded),
    "padded, 64 wide": Family("unet-64", TUTORIAL, originals.padded, ((32, 48),)),
    "unpadded": Family(
        "unet-unpadded", {**UNPADDED, "width": 4}, originals.unpadded, ((188, 204), (236, 188)), 3, 2
    ),
    "unpadded, 572": Family(
        "unet-unpadded", {**UNPADDED, "width": 2}, originals.unpadded, ((572, 572),), 1, 2
    ),
    "valid encoder": Family(
        "unet", {**VALID_DOWN, "width": 4}, originals.valid_down, ((188, 204), (572, 236)), 1, 2
    ),
    "width 32": Family("unet", WIDTH_32, originals.width_32),
    "width 8": Family("unet", WIDTH_8, originals.width_8, channels=1),
    "bilinear": Family("unet", {**WIDTH_32, "width": 8, "up": "bilinear"}, originals.interpolated),
    "nearest": Family("unet", {**NEAREST, "width": 8}, originals.nearest, classes=3),
    "floored": Family("unet", {**ZEROS, "width": 8}, originals.floored, ODD, classes=2),
    "floored, bilinear": Family("unet", {**ZEROS_BILINEAR, "width": 8}, originals.floored, ODD, classes=2),
    "u2net": Family("u2net", BATCH, originals.u2net, ((64, 64), (65, 97))),
    "u2net, 3 classes": Family("u2net", {**BATCH, "width": 8}, originals.u2net, ODD, 4, 3),
    "u2net-small": Family("u2net-small", BATCH, originals.u2net, ODD),
    "u2net-small, floor": Family("u2net-small", {**BATCH, "ceil": False}, floor, ODD),
    "resnet34-unet": Family("resnet34-unet", {**BATCH, "width": 16}, originals.resnet34_unet),
    "resnet34-unet, 64 wide": Family("resnet34-unet", BATCH, originals.resnet34_unet, ((64, 64),)),
    "fcn-32s": Family("fcn-32s", {"width": 8, "hidden": 32}, originals.fcn, ODD, classes=5),
    "fcn-16s": Family("fcn-16s", {"width": 8, "hidden": 32}, originals.fcn, EVEN, classes=5),
    "fcn-8s": Family("fcn-8s", {"width": 8, "hidden": 32}, originals.fcn, ODD, classes=5),
    "unet-vgg16": Family("unet-vgg16", {**ON_VGG16, "width": 8}, originals.on_vgg16, classes=4),
    "unet-resnet50": Family("unet-resnet50", {**ON_RESNET50, "width": 8}, originals.on_resnet50, classes=4),
}


def randomised(network: Network) -> Network:
    """As after some training: nothing at its first value, the statistics of BatchNorm least of all."""
    generator = torch.Generator().manual_seed(3)

    def uniform(tensor: Tensor, low: float, high: float) -> None:
        tensor.data.uniform_(low, high, generator=generator)

    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            uniform(module.weight, 0.6, 1.4)
            uniform(module.bias, -0.3, 0.3)
            uniform(module.running_mean, -0.5, 0.5)
            uniform(module.running_var, 0.5, 2.0)
        elif isinstance(module, torch.nn.Conv2d | torch.nn.ConvTranspose2d) and module.bias is not None:
            uniform(module.bias, -0.2, 0.2)
    return network.eval()


def assert_same(ours: Tensor, theirs: Tensor) -> None:
    """Probabilities within 1e-6, and logits within 1e-6 of the largest.

    Float32 cannot say more where sums are taken in another order.
    """
    assert ours.shape == theirs.shape
    largest = float(theirs.abs().max())
    assert largest > 1e-2  # zeros would agree with anything
    assert float((ours - theirs).abs().max()) <= 1e-6 * max(1.0, largest)
    assert float((ours.sigmoid() - theirs.sigmoid()).abs().max()) <= 1e-6


@pytest.mark.parametrize("name", list(FAMILIES))
def test_outputs_equal_the_originals(name: str) -> None:
    family = FAMILIES[name]
    torch.manual_seed(5)
    built = registry.build(family.network, family.channels, family.classes, family.options)
    network = randomised(built)
    for height, width in family.sizes:
        x = torch.randn(2, family.channels, height, width)
        with torch.inference_mode():
            ours, theirs = network.logits(x), family.original(network.state_dict(), x)
        for a, b in zip(ours, theirs if isinstance(theirs, list) else [theirs], strict=True):
            assert_same(a, b)


def test_rounding_down_is_not_rounding_up() -> None:
    torch.manual_seed(5)
    network = randomised(registry.build("u2net-small", 3, 1, BATCH))
    x = torch.randn(1, 3, 90, 71)
    with torch.inference_mode():
        assert (network(x) - floor(network.state_dict(), x)[0]).abs().max() > 1e-4


@pytest.mark.parametrize(("height", "width"), [(80, 70), (5, 9), (1, 1)])
def test_the_unpadded_network_covers_the_image_by_mirroring_it(height: int, width: int) -> None:
    torch.manual_seed(5)
    for options, original, margin in (
        ({**UNPADDED, "width": 4}, originals.unpadded, 92),
        ({**VALID_DOWN, "width": 4}, originals.valid_down, 62),
    ):
        network = randomised(registry.build("unet-unpadded" if margin == 92 else "unet", 1, 2, options))
        image = np.random.default_rng(2).standard_normal((height, width)).astype(np.float32)
        # Sides of 16 n + 12 it is, and the smallest that covers the image.
        least = 188 if margin == 92 else 156
        more = [next(k for k in range(least, 999, 16) if k - 2 * margin >= n) - n for n in image.shape]
        padded = np.pad(image, [(margin, k - margin) for k in more], mode="reflect")
        with torch.inference_mode():
            ours = network(torch.from_numpy(image)[None, None])
            theirs = original(network.state_dict(), torch.from_numpy(padded)[None, None])
        assert_same(ours, theirs[..., :height, :width])


def count(network: str, channels: int, classes: int, options: dict[str, Option]) -> int:
    with torch.device("meta"):
        return parameters_of(registry.build(network, channels, classes, options))


@pytest.mark.parametrize(
    ("network", "channels", "classes", "options", "expected"),
    [
        ("unet-64", 3, 1, TUTORIAL, 31_038_145),
        ("unet-64", 3, 1, {}, 31_038_145),
        ("unet-unpadded", 3, 2, UNPADDED, 31_031_810),
        ("unet", 1, 2, VALID_DOWN, 31_042_434),
        ("unet", 3, 1, WIDTH_32, 7_765_985),
        ("unet", 1, 1, WIDTH_8, 487_449),
        ("unet", 3, 1, NEAREST, 34_527_041),
        ("unet", 3, 2, ZEROS, 31_037_698),
        ("unet", 3, 2, ZEROS_BILINEAR, 17_263_042),
        ("u2net", 3, 1, BATCH, 44_009_869),
        ("u2net-small", 3, 1, BATCH, 1_131_181),
        ("resnet34-unet", 3, 1, BATCH, 21_656_897),
        # VGG16 without its classifier's last layer, and 1x1 scores of 21 classes.
        ("fcn-32s", 3, 21, {}, 134_260_544 + 21 * (4096 + 1)),
        ("fcn-16s", 3, 21, {}, 134_260_544 + 21 * (4096 + 512 + 2)),
        ("fcn-8s", 3, 21, {}, 134_260_544 + 21 * (4096 + 512 + 256 + 3)),
    ],
)
def test_parameters(
    network: str, channels: int, classes: int, options: dict[str, Option], expected: int
) -> None:
    assert count(network, channels, classes, options) == expected


def test_any_width_between_the_two_u2nets() -> None:
    counts = [count("u2net", 3, 1, {"width": width}) for width in (11, 24, 40, 63)]
    assert counts == sorted(counts)
    assert counts[0] > 1_131_181
    assert counts[-1] < 44_009_869


@pytest.mark.parametrize(
    ("network", "options", "inside", "outside"),
    [
        ("unet-unpadded", {}, 572, 388),
        ("unet", {"encoder_padding": "valid"}, 572, 448),
        ("unet", {"decoder_padding": "valid"}, 560, 500),
        ("unet-64", {}, 576, 576),
        ("u2net", {}, 320, 320),
        ("fcn-8s", {}, 500, 500),
    ],
)
def test_bare_sizes_at_full_width(
    network: str, options: dict[str, Option], inside: int, outside: int
) -> None:
    with torch.device("meta"):
        y = registry.build(network, 1, 2, options).logits(torch.empty(1, 1, inside, inside))
    assert {tuple(part.shape) for part in y} == {(1, 2, outside, outside)}
