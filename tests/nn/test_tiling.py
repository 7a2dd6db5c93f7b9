"""Large images in tiles."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Generator

import numpy as np
import pytest
import torch
from torch import Tensor

from segdesk.core.geometry import Box
from segdesk.nn.networks.blocks import Network, freeze
from segdesk.nn.networks.unet import UNet
from segdesk.nn.normalise import Normalised
from segdesk.nn.tiling import Said, cuts, predict_image


class Threshold(Network):
    """Class 1 where the image is bright; sees one pixel at a time, so that tiles cannot matter."""

    def __init__(self) -> None:
        super().__init__(1, 2)
        self.scale = torch.nn.Parameter(torch.ones(1))

    def logits(self, x: Tensor) -> list[Tensor]:
        return [torch.cat([-x, x], dim=1) * self.scale]


class ByTile(Network):
    """Class 0 for the first tile it is shown, class 1 for the next."""

    def __init__(self) -> None:
        super().__init__(1, 2)
        self.unused = torch.nn.Parameter(torch.ones(1))
        self.asked = 0

    def logits(self, x: Tensor) -> list[Tensor]:
        self.asked += 1
        sign = 1.0 if self.asked == 1 else -1.0
        return [torch.cat([torch.full_like(x, sign), torch.full_like(x, -sign)], dim=1)]


class Slope(Network):
    """Class 1 is as probable as the image is bright."""

    def __init__(self) -> None:
        super().__init__(1, 2)
        self.scale = torch.nn.Parameter(torch.ones(1))

    def logits(self, x: Tensor) -> list[Tensor]:
        return [torch.cat([torch.zeros_like(x), x], dim=1) * self.scale]


def run_to_end(job: Generator[float, None, Said]) -> Said:
    while True:
        try:
            next(job)
        except StopIteration as stop:
            said: Said = stop.value
            return said


def image_of(pixels: np.ndarray, channels: int = 1) -> Normalised:
    return Normalised.of(pixels, channels, "channel")


@pytest.mark.parametrize("length", [1, 31, 32, 33, 57, 58, 200, 1000])
def test_tiles_cover_and_overlap(length: int) -> None:
    starts = cuts(length, 32, 6)
    assert starts[0] == 0
    assert starts[-1] + 32 >= length
    assert all(later - earlier <= 26 for earlier, later in itertools.pairwise(starts))


@pytest.mark.parametrize("shape", [(20, 20), (70, 33), (32, 101), (97, 150)])
def test_tiles_say_what_the_whole_says(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    job = predict_image(freeze(Threshold()), image_of(pixels), tile=32, overlap=6)
    fractions = []
    while True:
        try:
            fractions.append(next(job))
        except StopIteration as stop:
            labels = stop.value.labels
            break
    assert np.array_equal(labels, pixels > pixels.mean())
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)


def test_tiles_that_disagree_are_blended_and_not_cut() -> None:
    network = freeze(ByTile())
    pixels = np.zeros((32, 58), np.uint8)
    labels = run_to_end(predict_image(network, image_of(pixels), tile=32, overlap=6)).labels
    # Two tiles overlap in columns 26 to 31; one says 0 and the other 1, and they meet in the middle.
    assert not labels[:, :29].any()
    assert labels[:, 29:].all()


def test_a_box_is_read_as_the_whole_is() -> None:
    pixels = np.random.default_rng(0).integers(0, 60000, (30, 40, 3)).astype(np.uint16)
    whole = image_of(pixels, 3)
    box = Box(5, 7, 12, 9)
    assert np.array_equal(whole.read(box), whole.read(Box(0, 0, 40, 30))[:, 7:16, 5:17])
    assert np.array_equal(whole.part(box).read(Box(0, 0, 12, 9)), whole.read(box))


@pytest.mark.parametrize("shape", [(20, 20), (70, 101)])
def test_the_uncertainty_is_that_of_the_blended_probabilities(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    image = image_of(pixels)
    x = image.read(Box(0, 0, shape[1], shape[0]))[0]
    expected = 1 - np.abs(2 / (1 + np.exp(-x)) - 1)  # of two classes: twice the smaller probability
    job = predict_image(freeze(Slope()), image, tile=32, overlap=6, with_map=True)
    said = run_to_end(job)
    assert said.uncertainty == pytest.approx(expected.mean(), abs=1e-4)
    assert said.uncertainty_map is not None
    assert np.abs(said.uncertainty_map - 255 * expected).max() < 1.5
    assert run_to_end(predict_image(freeze(Slope()), image)).uncertainty_map is None


@pytest.mark.parametrize("shape", [(20, 20), (70, 101)])
def test_probabilities_are_those_that_the_labels_come_from(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    image = image_of(pixels)
    x = image.read(Box(0, 0, shape[1], shape[0]))[0]
    job = predict_image(freeze(Slope()), image, tile=32, overlap=6, with_probabilities=True)
    said = run_to_end(job).probabilities
    assert said is not None
    assert said.shape == (2, *shape)
    assert said.dtype == np.uint8
    assert np.abs(said[1] - 255 / (1 + np.exp(-x))).max() < 1.5
    assert np.abs(said.astype(int).sum(0) - 255).max() <= 1
    assert run_to_end(predict_image(freeze(Slope()), image)).probabilities is None


def test_tiles_without_padding_see_their_neighbours_and_not_a_mirror() -> None:
    torch.manual_seed(0)
    network = UNet(1, 2, width=4, depth=2, norm="none", encoder_padding="valid", decoder_padding="valid")
    freeze(network)
    image = image_of(np.random.default_rng(0).integers(0, 255, (112, 112)).astype(np.uint8))
    options = {"with_probabilities": True}
    whole = run_to_end(predict_image(network, image, 112, 16, **options)).probabilities
    parts = run_to_end(predict_image(network, image, 48, 16, **options)).probabilities
    assert whole is not None
    assert parts is not None
    # Alike but for rounding: the network reads the same pixels for each, in whichever tile it lies.
    assert np.abs(whole.astype(int) - parts).max() <= 4


def helpers() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("tiles-")}


def test_no_thread_is_left_whether_it_ends_or_is_stopped() -> None:
    image = image_of(np.zeros((100, 100), np.uint8))
    job = predict_image(freeze(Slope()), image, tile=32, overlap=6)
    next(job)
    assert helpers()
    job.close()
    assert not helpers()
    run_to_end(predict_image(freeze(Slope()), image, tile=32, overlap=6))
    assert not helpers()


def test_no_more_is_read_than_what_comes_next() -> None:
    class Counted:
        height = width = 320
        read_so_far = 0

        def read(self, box: Box) -> np.ndarray:
            self.read_so_far += 1
            return np.zeros((1, box.height, box.width), np.float32)

    image = Counted()
    job = predict_image(freeze(Slope()), image, tile=32, overlap=0)
    next(job)
    job.close()
    assert image.read_so_far <= 4
