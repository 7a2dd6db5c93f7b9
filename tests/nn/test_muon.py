"""Muon: matrices take orthogonal steps, all else goes as with AdamW, and a kept state goes on as it was."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from segdesk.nn.muon import Muon, orthogonal


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def optimiser(network: nn.Module, rate: float = 2e-3) -> Muon:
    return Muon(network.parameters(), lr=rate, weight_decay=1e-4, fused=True)


def layers() -> nn.Sequential:
    wide, tall = nn.Conv2d(16, 32, 3), nn.Conv2d(32, 48, 1)
    return nn.Sequential(wide, nn.GroupNorm(8, 32), tall, nn.ReLU(), nn.Conv2d(48, 2, 1))


def learn(network: nn.Module, steps: int, *optimisers: torch.optim.Optimizer) -> Tensor:
    """The weights after so many steps on a task that is always the same."""
    chance = torch.Generator().manual_seed(1)
    for _ in range(steps):
        network.zero_grad()
        x = torch.randn(2, 16, 8, 8, generator=chance)
        (network(x) - x[:, :2, 1:-1, 1:-1]).square().mean().backward()
        for each in optimisers:
            each.step()
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


@pytest.mark.parametrize("shape", [(64, 576), (128, 32), (32, 32)])
def test_a_matrix_is_turned_into_one_that_stretches_nothing_much(shape: tuple[int, int]) -> None:
    rows, columns = shape
    steep = torch.diag(torch.logspace(0, -2, min(shape)))
    u, v = (torch.linalg.qr(torch.randn(side, min(shape)))[0] for side in (rows, columns))
    turned = orthogonal(u @ steep @ v.T)
    assert turned.shape == shape
    values = torch.linalg.svdvals(turned)
    assert values.min() > 0.4 and values.max() < 1.4
    assert torch.nn.functional.cosine_similarity(turned.flatten(), (u @ v.T).flatten(), dim=0) > 0.95


def test_nothing_is_turned_into_nothing() -> None:
    assert not orthogonal(torch.zeros(16, 144)).any()


def test_a_step_is_as_long_as_one_of_adamw() -> None:
    network = layers()
    weight = next(network.parameters())
    before = weight.detach().clone()
    learn(network, 1, optimiser(network, 1e-3))
    length = (weight.detach() - before).square().mean().sqrt()
    assert float(length) == pytest.approx(0.2e-3, rel=0.2)


def test_what_is_no_large_matrix_goes_as_with_adamw() -> None:
    ours, theirs = layers(), layers()
    theirs.load_state_dict(ours.state_dict())
    both = (ours, optimiser(ours)), (theirs, torch.optim.AdamW(theirs.parameters(), 2e-3, weight_decay=1e-4))
    for network, each in both:
        learn(network, 1, each)
    for name, weight in ours.state_dict().items():
        same = torch.allclose(weight, theirs.state_dict()[name], atol=1e-6)
        assert same == (name not in ("0.weight", "2.weight"))


def test_gradients_are_left_as_they_were() -> None:
    network = layers()
    learn(network, 1)
    before = [parameter.grad.clone() for parameter in network.parameters() if parameter.grad is not None]
    optimiser(network).step()
    after = [parameter.grad for parameter in network.parameters()]
    assert len(before) == len(after)
    assert all(grad is not None and torch.equal(grad, was) for grad, was in zip(after, before, strict=True))


def test_directions_with_small_gradients_are_learned_as_soon_as_the_others() -> None:
    """Inputs of very unlike strength: where AdamW has learned the strong ones, Muon has learned all."""
    mix = torch.linalg.qr(torch.randn(32, 32))[0] @ torch.diag(torch.logspace(0, -1.5, 32))
    goal = torch.linalg.qr(torch.randn(32, 32))[0]
    losses = []
    for kind in (Muon, torch.optim.AdamW):
        network = nn.Conv2d(32, 32, 1, bias=False)
        nn.init.zeros_(network.weight)
        each = kind(network.parameters(), lr=2e-2, weight_decay=0.0, fused=True)
        for _ in range(60):
            x = mix @ torch.randn(32, 256)
            network.zero_grad()
            (network(x.T[..., None, None])[..., 0, 0].T - goal @ x).square().mean().backward()
            each.step()
        losses.append(float((network.weight.detach()[..., 0, 0] - goal).square().mean()))
    assert losses[0] < 0.5 * losses[1]


def test_a_kept_state_goes_on_as_it_was() -> None:
    network = layers()
    straight = optimiser(network)
    learn(network, 5, straight)
    again = copy.deepcopy(network)
    resumed = optimiser(again)
    resumed.load_state_dict(copy.deepcopy(straight.state_dict()))
    assert torch.equal(learn(network, 5, straight), learn(again, 5, resumed))
