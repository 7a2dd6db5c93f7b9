"""What layers remember of the images is measured where a network is fresh, or its weights are final."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from segdesk.nn.material import LEARNED, Piece
from segdesk.nn.networks.blocks import Network, freeze
from segdesk.nn.networks.fixed_norm import FixedNorm
from segdesk.nn.networks.registry import build
from segdesk.nn.normalise import Normalised
from segdesk.nn.running_statistics import RunningStatistics
from segdesk.nn.sampling import Sampler


def pieces() -> list[Piece]:
    rng = np.random.default_rng(1)
    found = []
    for number in range(3):
        image = Normalised.of(rng.normal(50 * number, 9, (96, 80)).astype(np.float32), 3, "range")
        roles = np.full((96, 80), LEARNED, np.uint8)
        found.append(Piece(number, False, image, np.zeros((96, 80), np.uint8), roles))
    return found


def draw(rng: np.random.Generator) -> Sampler:
    return Sampler(pieces(), rng)


def network(norm: str) -> Network:
    torch.manual_seed(0)
    return build("unet", 3, 2, {"width": 4, "depth": 2, "norm": norm})


def first_layer(net: Network) -> nn.BatchNorm2d:
    return next(part for part in net.modules() if isinstance(part, nn.BatchNorm2d))


def mean_of(net: Network) -> torch.Tensor:
    mean = first_layer(net).running_mean
    assert mean is not None
    return mean.clone()


def test_the_statistics_become_those_of_the_samples() -> None:
    net = freeze(network("batch"))
    seen: list[torch.Tensor] = []
    hook = first_layer(net).register_forward_hook(lambda layer, inputs, out: seen.append(inputs[0].float()))
    RunningStatistics(draw, 64, 64, 5).renew(net)
    hook.remove()
    means = torch.stack([batch.mean((0, 2, 3)) for batch in seen]).mean(0)
    mean = mean_of(net)
    assert len(seen) > 2
    assert torch.allclose(mean, means, atol=1e-2)
    assert mean.abs().max() > 1e-3
    assert not net.training
    assert first_layer(net).momentum == 0.1


def test_every_network_is_shown_the_same_and_weights_stay() -> None:
    one, other = network("batch"), network("batch")
    before = {name: value.clone() for name, value in one.named_parameters()}
    statistics = RunningStatistics(draw, 64, 64, 5)
    statistics.renew(one)
    statistics.renew(other)
    assert all(torch.equal(value, other.state_dict()[name]) for name, value in one.state_dict().items())
    assert all(torch.equal(value, before[name]) for name, value in one.named_parameters())


def test_fixed_statistics_are_measured_once_however_little_time_there_is() -> None:
    net = freeze(network("fixed"))
    other = freeze(network("fixed"))
    RunningStatistics(draw, 64, 1, 5).fix(net)
    first = {name: value.clone() for name, value in net.state_dict().items()}
    assert mean_of(net).abs().max() > 1e-3
    RunningStatistics(draw, 64, 64, 6).fix(net)
    RunningStatistics(draw, 64, 64, 6).renew(net)
    assert all(torch.equal(value, first[name]) for name, value in net.state_dict().items())
    RunningStatistics(draw, 64, 64, 6).renew(other)
    assert not mean_of(other).any()


def test_a_fresh_network_begins_with_channels_alike() -> None:
    """After measuring, what each layer hands on has about mean 0 and deviation 1, in learning as well."""
    net = network("fixed")
    RunningStatistics(draw, 64, 64, 5).fix(net)
    layers = [part for part in net.modules() if isinstance(part, FixedNorm)]
    seen: list[torch.Tensor] = []
    for layer in layers:
        layer.register_forward_hook(lambda layer, inputs, out: seen.append(out.detach().float()))
    before = mean_of(net)
    images = torch.from_numpy(draw(np.random.default_rng(8)).batch(8, 64).images)
    net.train().outputs(images)
    assert len(seen) == len(layers)
    assert all(0.3 < out.std() < 3 and abs(float(out.mean())) < 0.7 for out in seen)
    assert torch.equal(mean_of(net), before)


def test_with_too_little_time_and_without_such_layers_nothing_changes() -> None:
    for net, tiles in ((network("batch"), 1), (network("group"), 64)):
        before = {name: value.clone() for name, value in net.state_dict().items()}
        RunningStatistics(draw, 128, tiles, 5).renew(net)
        assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
