"""The form of a network that predicts the fastest says what the network says."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from segdesk.core.images import ImageSource, read_image
from segdesk.nn import devices, starters
from segdesk.nn.fast import fast_form, is_half, look
from segdesk.nn.folding import fold_batch_norm
from segdesk.nn.learner import Learner, Plan
from segdesk.nn.model_file import load
from segdesk.nn.networks import registry
from segdesk.nn.networks.blocks import Network, freeze
from segdesk.nn.networks.unet import UNet
from segdesk.nn.normalise import Normalised
from segdesk.nn.sampling import Batch
from tests.data import data_dir
from tests.nn.makers import discs
from tests.nn.test_networks import NARROW

CPU = torch.device("cpu")
half_only = pytest.mark.skipif(not devices.cpu_has_bfloat16(), reason="this processor has no bfloat16")


def randomised(network: Network) -> Network:
    """With statistics as if it had been trained."""
    torch.manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2.0)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.3)
    return freeze(network)


def norms(network: nn.Module) -> int:
    return sum(isinstance(module, nn.BatchNorm2d) for module in network.modules())


@pytest.mark.parametrize("name", list(registry.REGISTRY))
def test_folding_leaves_no_norm_and_the_same_numbers(name: str) -> None:
    torch.manual_seed(0)
    options = {**NARROW[name], "norm": "batch"}
    if name in ("unet-vgg16", "unet-resnet50"):
        options["join_norm"] = "batch"
    network = randomised(registry.build(name, 3, 2, options))
    x = torch.randn(1, 3, 64, 70)
    with torch.inference_mode():
        exact = network(x)
        count = norms(network)
        assert fold_batch_norm(network) == count > 0
        assert norms(network) == 0
        assert (network(x) - exact).abs().max() < 1e-4 * exact.abs().max()


@pytest.mark.parametrize("up", ["transpose", "bilinear", "nearest"])
@pytest.mark.parametrize("kernel", [1, 3])
def test_what_goes_up_is_folded_too(up: str, kernel: int) -> None:
    torch.manual_seed(0)
    network = UNet(3, 2, width=4, depth=2, norm="batch", up=up, up_kernel=kernel, up_norm="batch")
    x = torch.randn(1, 3, 32, 32)
    with torch.inference_mode():
        exact = randomised(network)(x)
        fold_batch_norm(network)
        assert norms(network) == 0
        assert (network(x) - exact).abs().max() < 1e-4 * exact.abs().max()


def test_the_network_itself_stays_as_it_was() -> None:
    network = randomised(UNet(3, 2, width=4, depth=2, norm="batch"))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    fast_form(network, CPU)
    after = network.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


@functools.cache
def taught(norm: str) -> Network:
    """A small network that finds discs."""
    torch.manual_seed(0)
    network = UNet(3, 2, width=8, depth=2, norm=norm)
    learner = Learner(network, Plan(2, 96, CPU), 1e-4)
    for step in range(25):
        drawn = [discs(10 * step + number) for number in range(2)]
        images = np.stack([Normalised.of(image, 3, "channel").pixels for image, _ in drawn])
        values = np.repeat((images.transpose(0, 3, 1, 2) - 80.0) / 40.0, 3, axis=1).astype(np.float32)
        truths = np.stack([truth for _, truth in drawn]).astype(np.int64)
        learner.step(Batch(values, truths, np.ones(truths.shape, np.float32)), 3e-3)
    return freeze(network)


def shown(seed: int, size: int = 256) -> Tensor:
    image, _ = discs(seed, size, 30)
    return torch.from_numpy(np.repeat((image.astype(np.float32)[None, None] - 80) / 40, 3, axis=1))


def agreement(a: Tensor, b: Tensor) -> float:
    """Dice of class 1 of two (B, 2, H, W) outputs."""
    said, exact = (values.argmax(1) == 1 for values in (a, b))
    return float(2 * (said & exact).sum() / (said.sum() + exact.sum()))


@pytest.mark.parametrize("norm", ["fixed", "batch", "group", "none"])
def test_masks_agree_with_float32(norm: str) -> None:
    network, x = taught(norm), shown(999)
    with torch.inference_mode():
        exact = network(x)
    assert 0.05 < (exact.argmax(1) == 1).float().mean() < 0.6  # it has learned something
    assert agreement(look(fast_form(network, CPU), x), exact) >= 0.998


@half_only
def test_statistics_stay_float32() -> None:
    fast = fast_form(taught("group"), CPU)
    assert is_half(fast)
    measured = [module for module in fast.modules() if isinstance(module, nn.GroupNorm)]
    assert measured
    assert all(module.weight.dtype == torch.float32 for module in measured)


class Fussy(Network):
    """Says something else where its numbers are rounded to bfloat16."""

    def __init__(self) -> None:
        super().__init__(3, 2)
        self.scale = nn.Parameter(torch.tensor(1.001))  # 1 in bfloat16

    def logits(self, x: Tensor) -> list[Tensor]:
        large = (self.scale.float() - 1.0005) * 1e6
        return [torch.stack([large.expand(x[:, 0].shape), -large.expand(x[:, 0].shape)], dim=1)]


class Stubborn(Network):
    """Does not take bfloat16 at all."""

    def __init__(self) -> None:
        super().__init__(3, 2)
        self.scale = nn.Parameter(torch.ones(2, 3))

    def logits(self, x: Tensor) -> list[Tensor]:
        if x.dtype != torch.float32:
            raise RuntimeError("float32 only")
        return [torch.einsum("bchw,kc->bkhw", x, self.scale.float())]


@pytest.mark.parametrize("kind", [Fussy, Stubborn])
def test_where_bfloat16_does_not_agree_it_is_not_used(kind: Callable[[], Network]) -> None:
    assert not is_half(fast_form(freeze(kind()), CPU))


def test_without_bfloat16_weights_stay_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "cpu_has_bfloat16", lambda: False)
    network, x = taught("batch"), shown(5)
    fast = fast_form(network, CPU)
    assert not is_half(fast)
    with torch.inference_mode():
        exact = network(x).softmax(1)
    assert (look(fast, x) - exact).abs().max() < 1e-3


@pytest.mark.parametrize("folder", ["drive", "dsb2018_nuclei"])
def test_the_starter_agrees_with_float32_on_real_images(folder: str) -> None:
    file = starters.starter_file("unet")
    if file is None:
        pytest.skip("there is no starter model here")
    spec, network = load(file)
    freeze(network)
    fast = fast_form(network, CPU)
    for path in sorted((data_dir(folder) / "images").iterdir())[:2]:
        image = Normalised.of(read_image(ImageSource(path)), spec.in_channels, spec.normalisation)
        side = 16 * (min(image.height, image.width, 256) // 16)
        pixels = (image.pixels[:side, :side].astype(np.float32) - image.centre) / image.spread
        x = torch.from_numpy(np.broadcast_to(pixels.transpose(2, 0, 1), (3, side, side)).copy())[None]
        with torch.inference_mode():
            exact = network(x).softmax(1)
        said = look(fast, x)
        # A starter's classes mean nothing in these images, so that it is sure of little.
        assert (said - exact).abs().mean() < 0.003
        assert (said.argmax(1) == exact.argmax(1)).float().mean() >= 0.994
