"""Large images in tiles."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from segdesk.core.geometry import Box
from segdesk.nn.networks.blocks import Network, freeze
from segdesk.nn.normalise import Normalised
from segdesk.nn.tiling import cuts, predict_labels
from tests.nn.makers import tiny_unet


class Threshold(Network):
    """Class 1 where the image is bright; sees one pixel at a time, so that tiles cannot matter."""

    def __init__(self) -> None:
        super().__init__(1, 2)
        self.scale = torch.nn.Parameter(torch.ones(1))

    def logits(self, x: Tensor) -> list[Tensor]:
        return [torch.cat([-x, x], dim=1) * self.scale]


def image_of(pixels: np.ndarray, channels: int = 1) -> Normalised:
    return Normalised.of(pixels, channels, "channel")


@pytest.mark.parametrize("length", [1, 31, 32, 33, 57, 58, 200, 1000])
def test_tiles_cover_and_overlap(length: int) -> None:
    starts = cuts(length, 32, 6)
    assert starts[0] == 0
    assert starts[-1] + 32 >= length
    assert all(later - earlier <= 26 for earlier, later in zip(starts, starts[1:], strict=False))


@pytest.mark.parametrize("shape", [(20, 20), (70, 33), (32, 101), (97, 150)])
def test_tiles_say_what_the_whole_says(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    job = predict_labels(freeze(Threshold()), image_of(pixels), tile=32, overlap=6)
    fractions = []
    while True:
        try:
            fractions.append(next(job))
        except StopIteration as stop:
            labels = stop.value
            break
    assert np.array_equal(labels, pixels > pixels.mean())
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)


def test_a_network_that_sees_around_itself_has_no_seams() -> None:
    torch.manual_seed(0)
    network = freeze(tiny_unet())
    gradient = np.tile(np.linspace(0, 255, 120), (90, 1)).astype(np.uint8)
    job = predict_labels(network, image_of(gradient, 3), tile=64, overlap=32)
    while True:
        try:
            next(job)
        except StopIteration as stop:
            labels: np.ndarray = stop.value
            break
    # The image has no change from row to row, so neither has a blended prediction, apart from its border.
    changes = (np.diff(labels[16:-16, 16:-16].astype(int), axis=0) != 0).mean()
    assert changes < 0.05


def test_a_box_is_read_as_the_whole_is() -> None:
    pixels = np.random.default_rng(0).integers(0, 60000, (30, 40, 3)).astype(np.uint16)
    whole = image_of(pixels, 3)
    box = Box(5, 7, 12, 9)
    assert np.array_equal(whole.read(box), whole.read(Box(0, 0, 40, 30))[:, 7:16, 5:17])
    assert np.array_equal(whole.part(box).read(Box(0, 0, 12, 9)), whole.read(box))
