"""What every network of the registry must do."""

from __future__ import annotations

import copy
import functools
import warnings
from pathlib import Path

import pytest
import torch
from torch import Tensor

from segdesk.core import loop
from segdesk.core.errors import ModelError
from segdesk.core.settings import Settings
from segdesk.nn import engine, model_file
from segdesk.nn.losses import masked_loss
from segdesk.nn.networks import registry
from segdesk.nn.networks.blocks import Network, initialise, place
from segdesk.nn.networks.entry import Option
from segdesk.nn.networks.group_norm import GroupNorm
from segdesk.nn.networks.unet import UNet
from segdesk.nn.spec import NetworkSpec

# Each network, made narrow, so that all of it can be tried in no time.
NARROW: dict[str, dict[str, Option]] = {
    "unet": {"width": 8},
    "unet-32": {"width": 8, "up": "bilinear", "norm": "batch"},
    "unet-64": {"width": 8},
    "unet-unpadded": {"width": 8, "depth": 2},
    "u2net-small": {"width": 16},
    "u2net": {"width": 8},
    "resnet34-unet": {"width": 8},
    "unet-vgg16": {"width": 8},
    "unet-resnet50": {"width": 8},
    "fcn-8s": {"width": 8, "hidden": 32},
    "fcn-16s": {"width": 8, "hidden": 32},
    "fcn-32s": {"width": 8, "hidden": 32},
}


def build(name: str, channels: int = 3, classes: int = 2) -> Network:
    torch.manual_seed(0)
    return registry.build(name, channels, classes, NARROW[name])


shared = functools.cache(build)  # for tests that leave the network as it was


def shapes(outputs: list[Tensor]) -> set[tuple[int, ...]]:
    return {tuple(y.shape) for y in outputs}


def assert_near(y: Tensor, exact: Tensor) -> None:
    """But for rounding, which narrow groups to be normalised make more of than wide ones would."""
    assert y.shape == exact.shape
    assert (y - exact).abs().max() < 1e-3 * exact.abs().max()


@pytest.mark.parametrize("name", list(registry.REGISTRY))
class TestEveryNetwork:
    @pytest.mark.parametrize("size", [(64, 64), (61, 45), (7, 90), (2, 3), (1, 1)])
    def test_any_size_comes_out_as_it_went_in(self, name: str, size: tuple[int, int]) -> None:
        network = shared(name).eval()
        with torch.inference_mode():
            outputs = network.outputs(torch.randn(1, 3, *size))
        assert shapes(outputs) == {(1, 2, *size)}
        assert all(y.isfinite().all() for y in outputs)

    def test_one_pixel_can_be_learned_from(self, name: str) -> None:
        outputs = copy.deepcopy(shared(name)).train().outputs(torch.randn(1, 3, 1, 1))
        assert shapes(outputs) == {(1, 2, 1, 1)}

    @pytest.mark.parametrize(("channels", "classes"), [(1, 3), (4, 1), (7, 5)])
    def test_any_number_of_channels_and_classes(self, name: str, channels: int, classes: int) -> None:
        with torch.inference_mode():
            outputs = build(name, channels, classes).eval().outputs(torch.randn(2, channels, 40, 32))
        assert shapes(outputs) == {(2, classes, 40, 32)}

    def test_as_registered_it_keeps_the_size(self, name: str) -> None:
        with torch.device("meta"):
            outputs = registry.build(name, 4, 3, {}).outputs(torch.empty(1, 4, 37, 50))
        assert shapes(outputs) == {(1, 3, 37, 50)}

    def test_every_weight_gets_a_gradient(self, name: str) -> None:
        network = copy.deepcopy(shared(name)).train()
        losses = [y.square().mean() for y in network.outputs(torch.randn(2, 3, 65, 64))]
        torch.autograd.backward(torch.stack(losses).sum())
        silent = [key for key, p in network.named_parameters() if p.grad is None or not p.grad.any()]
        assert silent == []

    def test_the_same_twice(self, name: str) -> None:
        x = torch.randn(1, 3, 40, 40)
        with torch.inference_mode():
            assert torch.equal(build(name).eval()(x), build(name).eval()(x))

    def test_an_image_does_not_change_its_neighbour_in_the_batch(self, name: str) -> None:
        network, x = shared(name).eval(), torch.randn(2, 3, 48, 40)
        with torch.inference_mode():
            assert_near(network(x)[1:], network(x[1:]))

    def test_channels_last_stays_the_same(self, name: str) -> None:
        network, x = copy.deepcopy(shared(name)).eval(), torch.randn(1, 3, 64, 64)
        with torch.inference_mode():
            exact = network(x)
            place(network, torch.device("cpu"))
            y = network(x.contiguous(memory_format=torch.channels_last))
        assert_near(y, exact)

    def test_half_precision_stays_near(self, name: str) -> None:
        network, x = shared(name).eval(), torch.randn(1, 3, 64, 64)
        with torch.inference_mode():
            exact = network(x)
            with torch.autocast("cpu", torch.bfloat16):
                y = network(x).float()
        assert torch.isfinite(y).all()
        assert (y - exact).abs().mean() < 0.1 * exact.abs().mean()

    def test_traced_once_it_still_takes_any_size(self, name: str) -> None:
        network = shared(name).eval()
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")  # what tracing warns of is seen below
            example = torch.randn(1, 3, 90, 70)
            traced = torch.jit.trace(network, example, check_trace=False)  # type: ignore[no-untyped-call]
            for size in ((64, 64), (61, 130), (7, 90), (1, 1)):
                x = torch.randn(1, 3, *size)
                assert torch.equal(traced(x), network(x))
        assert "Device" not in str(traced.inlined_graph)  # it goes wherever it is moved to

    def test_one_tile_is_learned_by_heart(self, name: str) -> None:
        network = build(name).train()
        x = torch.randn(1, 3, 64, 64)
        labels = torch.zeros(1, 64, 64, dtype=torch.int64)
        labels[:, :, 32:] = 1  # an outline that even a stride of 32 can draw
        x[:, 0] += 2.0 * labels
        optimiser = torch.optim.AdamW(network.parameters(), 3e-3)
        for _ in range(80):
            losses = [masked_loss(y, labels, torch.ones(1, 64, 64)) for y in network.outputs(x)]
            optimiser.zero_grad()
            torch.autograd.backward(torch.stack(losses).mean())
            optimiser.step()
            said = network.outputs(x)[0].argmax(1)
            if (said == labels).float().mean() > 0.97:
                return
        pytest.fail("it was not learned")

    def test_saved_and_loaded_it_says_the_same(self, name: str, tmp_path: Path) -> None:
        spec = NetworkSpec(name, 3, ("background", "thing"), NARROW[name])
        network = shared(name).eval()
        model_file.save(tmp_path / "m.safetensors", spec, network.state_dict())
        again_spec, again = model_file.load(tmp_path / "m.safetensors")
        x = torch.randn(1, 3, 33, 40)
        with torch.inference_mode():
            assert torch.equal(again.eval()(x), network(x))
        assert again_spec == spec

    def test_a_class_more_leaves_the_others_as_they_were(self, name: str, tmp_path: Path) -> None:
        spec = NetworkSpec(name, 3, ("background", "thing"), NARROW[name])
        network = shared(name).eval()
        model_file.save(tmp_path / "m.safetensors", spec, network.state_dict())
        _, wider = model_file.load(tmp_path / "m.safetensors", ("background", "thing", "another"))
        x = torch.randn(1, 3, 64, 64)
        with torch.inference_mode():
            assert_near(wider.eval()(x)[:, :2], network(x))


def test_every_network_is_tried() -> None:
    assert set(NARROW) == set(registry.REGISTRY)


def test_fine_outlines_are_learned_by_heart() -> None:
    network = build("unet")
    x = torch.randn(1, 3, 64, 64)
    labels = torch.zeros(1, 64, 64, dtype=torch.int64)
    labels[:, 16:40, 20:50] = 1
    x[:, 0] += 2.0 * labels
    optimiser = torch.optim.AdamW(network.parameters(), 3e-3)
    for _ in range(40):
        loss = masked_loss(network(x), labels, torch.ones(1, 64, 64))
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    said = network.eval()(x).argmax(1)
    assert (said == labels).float().mean() > 0.97


# What the weights of models that people have are called: (key, shape) of networks as registered.
KEPT = {
    "unet": [
        ("down.0.0.weight", (16, 3, 3, 3)),
        ("down.0.1.weight", (16,)),
        ("down.4.3.weight", (256, 256, 3, 3)),
        ("up.0.conv.weight", (256, 128, 2, 2)),
        ("up.3.conv.bias", (16,)),
        ("join.0.0.weight", (128, 256, 3, 3)),
        ("join.3.4.bias", (16,)),
        ("head.weight", (2, 16, 1, 1)),
    ],
    "u2net-small": [
        ("down.0.enter.0.weight", (64, 3, 3, 3)),
        ("down.0.down.6.1.weight", (16,)),
        ("up.4.up.5.0.weight", (64, 32, 3, 3)),
        ("sides.5.weight", (2, 64, 3, 3)),
        ("fusion.weight", (2, 12, 1, 1)),
    ],
}


@pytest.mark.parametrize("name", list(KEPT))
def test_weights_keep_their_names(name: str) -> None:
    with torch.device("meta"):
        state = registry.build(name, 3, 2, {}).state_dict()
    assert {key: tuple(state[key].shape) for key, _ in KEPT[name]} == dict(KEPT[name])
    assert len(state) == {"unet": 118, "u2net-small": 462}[name]


def test_unknown_networks_and_options_are_named() -> None:
    with pytest.raises(ModelError, match="magic"):
        registry.build("magic", 3, 2, {})
    wrong: tuple[dict[str, Option], ...] = (
        {"flavour": 3},
        {"norm": "odd"},
        {"up": "odd"},
        {"odd": "odd"},
        {"head": 2},
        {"up": "nearest", "up_kernel": 2},
        {"encoder_padding": "odd"},
        {"encoder_padding": "valid", "odd": "zeros"},
    )
    for options in wrong:
        with pytest.raises(ModelError, match="unet"):
            registry.build("unet", 3, 2, options)
    for name, option in (
        ("fcn-8s", {"stride": 7}),
        ("unet-vgg16", {"backbone": "x"}),
        ("u2net", {"table": "x"}),
    ):
        with pytest.raises(ModelError, match=name):
            registry.build(name, 3, 2, option)


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
