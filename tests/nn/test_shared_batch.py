"""Cores that learn side by side learn what one would."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from segdesk.nn.learner import Learner, Plan
from segdesk.nn.networks.blocks import Network, place
from segdesk.nn.networks.unet import UNet
from segdesk.nn.sampling import Batch
from segdesk.nn.shared_batch import SharedBatch, can_be_shared
from tests.nn.makers import tiny_unet

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def two_cores() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segdesk.nn.devices.cpu_has_bfloat16", lambda: False)


def criterion(outputs: list[Tensor]) -> Tensor:
    """One that is no sum over the batch."""
    return torch.stack([(logits.softmax(1)[:, 1].mean() - 0.3) ** 2 for logits in outputs]).sum()


def batch(size: int, seed: int = 0) -> Batch:
    rng = np.random.default_rng(seed)
    images = rng.normal(size=(size, 3, 32, 32)).astype(np.float32)
    return Batch(images, (images[:, 0] > 0).astype(np.int64), np.ones((size, 32, 32), np.float32))


@pytest.mark.parametrize("size", [2, 3, 4])
def test_the_gradients_are_those_of_the_whole_batch(size: int) -> None:
    network = tiny_unet()
    place(network, CPU)
    images = torch.from_numpy(batch(size).images).contiguous(memory_format=torch.channels_last)
    torch.autograd.backward(criterion(network.outputs(images)))
    alone = [p.grad.clone() for p in network.parameters() if p.grad is not None]
    shared = SharedBatch(network, size)
    shared.learn(images, criterion)
    shared.close()
    for parameter, gradient in zip(network.parameters(), alone, strict=True):
        assert parameter.grad is not None
        assert parameter.grad.stride() == parameter.stride()
        torch.testing.assert_close(parameter.grad, gradient, rtol=1e-4, atol=1e-6)


def test_a_learner_learns_the_same_with_its_cores_side_by_side() -> None:
    torch.manual_seed(0)
    networks = [tiny_unet(), tiny_unet()]
    networks[1].load_state_dict(networks[0].state_dict())
    losses = []
    for cores, network in zip((1, 2), networks, strict=True):
        torch.set_num_threads(cores)
        learner = Learner(network, Plan(4, 32, CPU), 1e-4)
        losses.append([learner.step(batch(4, seed), 1e-3) for seed in range(6)])
        learner.close()
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)
    assert losses[0][-1] != pytest.approx(losses[0][0], rel=1e-3)


def test_no_thread_is_left() -> None:
    before = threading.active_count()
    learner = Learner(tiny_unet(), Plan(4, 32, CPU), 0.0)
    learner.step(batch(4), 1e-3)
    assert threading.active_count() > before
    learner.close()
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("network", "size"),
    [
        (UNet(3, 2, width=4, depth=2, norm="batch"), 4),  # each crop is normalised by the others
        (tiny_unet(), 1),
    ],
)
def test_what_would_not_be_the_same_is_not_shared(network: Network, size: int) -> None:
    assert not can_be_shared(network, size, CPU)


def test_chance_is_not_shared() -> None:
    network = tiny_unet()
    assert can_be_shared(network, 2, CPU)
    network.extra = nn.Dropout2d()
    assert not can_be_shared(network, 2, CPU)
    assert not can_be_shared(tiny_unet(), 4, torch.device("cuda"))


@pytest.mark.parametrize(("norm", "shared"), [("fixed", True), ("group", True), ("batch", False)])
def test_crops_that_depend_on_each_other_stay_together(norm: str, shared: bool) -> None:
    network = UNet(3, 2, width=4, depth=2, norm=norm)
    assert can_be_shared(network, 2, CPU) is shared
