"""What every network of the registry must do."""

from __future__ import annotations

import copy
import functools
from pathlib import Path

import pytest
import torch

from segdesk.core import loop
from segdesk.core.errors import ModelError
from segdesk.core.settings import Settings
from segdesk.nn import engine, model_file
from segdesk.nn.losses import masked_loss
from segdesk.nn.networks import registry
from segdesk.nn.networks.blocks import Network, initialise, parameters_of, place
from segdesk.nn.networks.group_norm import GroupNorm
from segdesk.nn.networks.u2net import FULL, SMALL, U2Net
from segdesk.nn.networks.unet import UNet
from segdesk.nn.spec import NetworkSpec

LARGE = {"u2net", "unet-64"}  # tens of millions of weights; they are built once


def build(name: str, channels: int = 3, classes: int = 2) -> Network:
    torch.manual_seed(0)
    return registry.build(name, channels, classes, {})


shared = functools.cache(build)  # for tests that leave the network as it was


@pytest.mark.parametrize("name", list(registry.REGISTRY))
class TestEveryNetwork:
    def test_any_size_comes_out_as_it_went_in(self, name: str) -> None:
        network = shared(name).eval()
        for height, width in ((64, 64), (61, 45), (7, 90)):
            with torch.inference_mode():
                outputs = network.outputs(torch.randn(1, 3, height, width))
            assert {tuple(y.shape) for y in outputs} == {(1, 2, height, width)}

    @pytest.mark.parametrize(("channels", "classes"), [(1, 3), (5, 1)])
    def test_any_number_of_channels_and_classes(self, name: str, channels: int, classes: int) -> None:
        if name in LARGE:
            pytest.skip("the same code as its smaller sister")
        with torch.inference_mode():
            y = build(name, channels, classes).eval()(torch.randn(1, channels, 32, 32))
        assert y.shape == (1, classes, 32, 32)

    def test_every_weight_gets_a_gradient(self, name: str) -> None:
        network = shared(name)
        network.zero_grad()
        sum(y.square().mean() for y in network.outputs(torch.randn(1, 3, 64, 64))).backward()  # type: ignore[union-attr]
        silent = [key for key, p in network.named_parameters() if p.grad is None or not p.grad.any()]
        assert silent == []

    def test_the_same_twice(self, name: str) -> None:
        if name in LARGE:
            pytest.skip("the same code as its smaller sister")
        x = torch.randn(1, 3, 40, 40)
        with torch.inference_mode():
            assert torch.equal(build(name).eval()(x), build(name).eval()(x))

    def test_half_precision_and_channels_last_stay_near(self, name: str) -> None:
        network, x = copy.deepcopy(shared(name)).eval(), torch.randn(1, 3, 64, 64)
        with torch.inference_mode():
            exact = network(x)
            place(network, torch.device("cpu"))
            with torch.autocast("cpu", torch.bfloat16):
                y = network(x.contiguous(memory_format=torch.channels_last)).float()
        assert torch.isfinite(y).all()
        assert (y - exact).abs().mean() < 0.1 * exact.abs().mean()

    def test_saved_and_loaded_it_says_the_same(self, name: str, tmp_path: Path) -> None:
        spec = NetworkSpec(name, 3, ("background", "thing"))
        network = shared(name).eval()
        model_file.save(tmp_path / "m.safetensors", spec, network.state_dict())
        again_spec, again = model_file.load(tmp_path / "m.safetensors")
        x = torch.randn(1, 3, 33, 40)
        with torch.inference_mode():
            assert torch.equal(again.eval()(x), network(x))
        assert again_spec == spec


@pytest.mark.parametrize(("name", "rate", "steps"), [("unet", 3e-3, 25), ("u2net-small", 3e-3, 25)])
def test_one_tile_is_learned_by_heart(name: str, rate: float, steps: int) -> None:
    network = build(name)
    x = torch.randn(1, 3, 64, 64)
    labels = torch.zeros(1, 64, 64, dtype=torch.int64)
    labels[:, 16:40, 20:50] = 1
    x[:, 0] += 2.0 * labels
    optimiser = torch.optim.AdamW(network.parameters(), rate)
    for _ in range(steps):
        loss = torch.stack([masked_loss(y, labels, torch.ones(1, 64, 64)) for y in network.outputs(x)]).mean()
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    said = network.eval()(x).argmax(1)
    assert (said == labels).float().mean() > 0.97


def test_published_sizes() -> None:
    with torch.device("meta"):
        assert parameters_of(U2Net(3, 1, table=FULL, norm="batch")) == 44_009_869
        assert parameters_of(U2Net(3, 1, table=SMALL, norm="batch")) == 1_131_181
        original = UNet(3, 1, width=64, norm="batch", up_slope=0.01, head=3)
        assert parameters_of(original) == 31_038_145
        assert parameters_of(registry.build("unet-64", 3, 1, {})) == 31_038_145


def test_bilinear_unet() -> None:
    network = UNet(3, 2, width=4, depth=3, up="bilinear", norm="none", bias=True)
    assert network(torch.randn(1, 3, 21, 50)).shape == (1, 2, 21, 50)


def test_unknown_networks_and_options_are_named() -> None:
    with pytest.raises(ModelError, match="magic"):
        registry.build("magic", 3, 2, {})
    for options in ({"flavour": 3}, {"norm": "odd"}, {"up": "odd"}):
        with pytest.raises(ModelError, match="unet"):
            registry.build("unet", 3, 2, options)


def test_every_network_says_what_it_is_good_for() -> None:
    words = [entry.description() for entry in registry.REGISTRY.values()]
    assert all(words)
    assert len(set(words)) == len(words)


def test_the_fast_group_norm_has_the_same_gradients() -> None:
    torch.manual_seed(0)
    ours, theirs = GroupNorm(4, 8), torch.nn.GroupNorm(4, 8)
    torch.nn.init.uniform_(ours.weight)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 8, 9, 7)
    weight = torch.randn(2, 8, 9, 7)
    half = x.bfloat16().requires_grad_()
    full = half.detach().float().requires_grad_()
    torch.autograd.backward((ours(half).float() * weight).sum())
    torch.autograd.backward((theirs(full) * weight).sum())
    for a, b in ((half, full), (ours.weight, theirs.weight), (ours.bias, theirs.bias)):
        assert a.grad is not None
        assert b.grad is not None
        torch.testing.assert_close(a.grad.float(), b.grad, rtol=0.05, atol=0.05)


def test_fresh_biases_are_zero() -> None:
    network = UNet(1, 2, width=4, depth=1, bias=True)
    initialise(network)
    assert not network.head.bias.any()  # type: ignore[union-attr]


def test_all_rooms_mean_the_same_network_by_default() -> None:
    assert loop.DEFAULT_NETWORK == Settings().network == engine.DEFAULT_NETWORK
