"""Several tiles at a time on a processor: the same masks, in order, and nothing is left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
import torch
from torch import Tensor

from segdesk.nn import lanes
from segdesk.nn.lanes import Lanes
from segdesk.nn.mosaic import Said
from segdesk.nn.networks.blocks import Network, freeze
from segdesk.nn.networks.unet import UNet
from segdesk.nn.stream import Stream
from tests.nn.test_stream import Listed, pictures
from tests.nn.test_tiling import Slope

CPU = torch.device("cpu")


@pytest.fixture
def cores() -> Iterator[None]:
    """Two, whatever there are."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


class Watched(Slope):
    """Knows which threads it was shown tiles in, and how many cores these computed with."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[tuple[str, int]] = set()

    def logits(self, x: Tensor) -> list[Tensor]:
        self.seen.add((threading.current_thread().name.partition("_")[0], torch.get_num_threads()))
        return super().logits(x)


class Tight(Slope):
    """Has no memory for a batch unless nobody else is at work."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = 0

    def logits(self, x: Tensor) -> list[Tensor]:
        if threading.current_thread().name.startswith("lane"):
            self.refused += 1
            raise MemoryError
        return super().logits(x)


def said(images: Sequence[object], network: Network) -> list[Said]:
    freeze(network)
    steps = list(Stream(lambda _: network, Listed(images)).run())  # type: ignore[arg-type]
    found = [step for step in steps if step.said is not None or step.error is not None]
    assert [step.number for step in found] == list(range(len(images)))
    return [step.said for step in found if step.said is not None]


def test_many_tiles_go_through_the_network_at_a_time_and_say_the_same(cores: None) -> None:
    torch.manual_seed(0)
    network, images = UNet(1, 3, width=4, depth=2), [*pictures(16, 128), *pictures(1, 600)]
    abreast = said(images, network)
    torch.set_num_threads(1)
    for one, other in zip(abreast, said(images, network), strict=True):
        assert np.array_equal(one.labels, other.labels)
        assert one.uncertainty == pytest.approx(other.uncertainty, abs=1e-6)


def test_each_has_cores_of_its_own_and_nobody_else_loses_any(cores: None) -> None:
    network = Watched()
    before = set(threading.enumerate())
    said(pictures(40, 128), network)
    assert ("lane", 1) in network.seen
    assert {threads for name, threads in network.seen if name == "lane"} == {1}
    assert set(threading.enumerate()) <= before
    later: list[int] = []
    thread = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert [torch.get_num_threads(), *later] == [2, 2]


def test_what_memory_does_not_suffice_for_at_a_time_is_tried_alone(cores: None) -> None:
    network, images = Tight(), pictures(24, 128)
    found = said(images, network)
    assert network.refused
    for one, other in zip(found, said(images, Slope()), strict=True):
        assert np.array_equal(one.labels, other.labels)


def test_a_stream_that_is_closed_leaves_no_thread(cores: None) -> None:
    before = set(threading.enumerate())
    network = freeze(Watched())
    steps = Stream(lambda _: network, Listed(pictures(40, 128))).run()
    next(steps)
    steps.close()
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("count", [1, 2, 3, 8, 16, 64])
@pytest.mark.parametrize("side", [128, 272, 512, 864])
def test_memory_and_cores_suffice_for_all_that_go_at_a_time(count: int, side: int) -> None:
    abreast, width = lanes._shares(count, side**2)
    assert count // 2 < abreast * width <= count
    assert abreast * side**2 <= 864**2


def test_little_and_large_batches_are_looked_at_with_all_cores(cores: None) -> None:
    found = Lanes(CPU)
    assert found.abreast(40**2) == 1
    assert found.abreast(512**2) == 2
    assert found.abreast(864**2) == 1
    assert Lanes(torch.device("meta")).abreast(272**2) == 1
    assert found.submit(272**2, torch.get_num_threads).result() == 1
    assert found.abreast(864**2) == 1
    found.close()
