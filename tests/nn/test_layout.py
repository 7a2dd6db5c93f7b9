"""How images are cut into tiles."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from segdesk.nn.layout import evenly, fixed, layout_for
from segdesk.nn.networks.unet import UNet
from tests.nn.makers import tiny_unet

LENGTHS = [1, 16, 256, 288, 289, 300, 512, 565, 584, 1000, 4096, 20_000]


@pytest.mark.parametrize("length", LENGTHS)
def test_spans_cover_overlap_and_lie_on_the_grid(length: int) -> None:
    spans = evenly(length, 256, 288, 16)
    assert spans.starts[0] == 0
    assert spans.starts[-1] + spans.size == length
    assert len(spans.starts) == 1 or (256 <= spans.size <= 288 and spans.size % 16 == 0)
    assert all(start % 16 == 0 for start in spans.starts[:-1])
    assert all(later - earlier <= spans.size - 16 for earlier, later in itertools.pairwise(spans.starts))


@pytest.mark.parametrize("spans", [*(evenly(n, 256, 288, 16) for n in LENGTHS), fixed(58, 32, 6)])
def test_weights_add_up_to_one(spans: object) -> None:
    total = np.zeros(spans.length)  # type: ignore[attr-defined]
    for start, weight in zip(spans.starts, spans.weights, strict=True):  # type: ignore[attr-defined]
        assert (weight > 0).all()
        total[start : start + len(weight)] += weight
    assert total == pytest.approx(np.ones(len(total)), abs=1e-5)


@pytest.mark.parametrize(
    ("norm", "most"), [("group", 1.13), ("batch", 1.05), ("fixed", 1.05), ("none", 1.05)]
)
def test_little_of_a_large_image_is_predicted_twice(norm: str, most: float) -> None:
    network = UNet(3, 2, width=4, depth=2, norm=norm)
    layout = layout_for(network, 4096, 4096, torch.device("cpu"))
    pixels = (layout.rows.size * len(layout.rows.starts)) * (layout.columns.size * len(layout.columns.starts))
    assert pixels <= most * 4096**2


def test_a_graphics_card_gets_several_tiles_at_once() -> None:
    assert layout_for(tiny_unet(), 2048, 2048, torch.device("cpu")).batch == 1
    assert layout_for(tiny_unet(), 2048, 2048, torch.device("cuda")).batch > 4
