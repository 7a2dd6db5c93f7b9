"""Batches that are cut on a device, or drawn ahead on another thread, are those of the plain sampler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from segdesk.core.jobs import ModelChoice, run
from segdesk.nn import model_file
from segdesk.nn.ahead import Ahead
from segdesk.nn.device_sampling import DeviceBatch, DeviceSampler, batches
from segdesk.nn.material import LEARNED, Piece, gather
from segdesk.nn.normalise import Normalised
from segdesk.nn.recipes import Recipe
from segdesk.nn.sampling import Batch, Sampler
from segdesk.nn.train import train
from tests.nn.makers import request, sample
from tests.nn.train_until_killed import request_in

CPU = torch.device("cpu")


@pytest.fixture
def pieces(tmp_path: Path) -> tuple[Piece, ...]:
    """A large one, and one that is smaller than a crop."""
    samples = (
        sample(tmp_path, 1),
        sample(tmp_path, 2, size=40, count=2),
        sample(tmp_path, 3, confirmed=True),
    )
    return run(gather(request(tmp_path, samples), None, "channel", np.random.default_rng(0))).pieces


def plain(pieces: Sequence[Piece], seed: int = 0) -> Sampler:
    return Sampler(pieces, np.random.default_rng(seed))


def agree(here: Batch, there: DeviceBatch) -> None:
    labels, weights = there.labels.numpy(), there.weights.numpy()
    assert there.images.shape == here.images.shape
    assert there.labels.dtype == torch.int64
    # A nearest neighbour may fall to the other side where sizes do not divide.
    assert (labels == here.labels).mean() > 0.995
    assert (weights == here.weights).mean() > 0.995
    assert np.abs(there.images.numpy() - here.images).max() < 0.01


@pytest.mark.parametrize("crop", [32, 64, 160])
def test_the_same_seed_gives_the_same_batches(pieces: tuple[Piece, ...], crop: int) -> None:
    sampler, device = plain(pieces), DeviceSampler(plain(pieces), pieces, CPU)
    for _ in range(4):
        agree(sampler.batch(6, crop), device.batch(6, crop))
    assert device.facts() == sampler.facts()


def test_nothing_is_learned_beyond_the_edge(pieces: tuple[Piece, ...]) -> None:
    small = [piece for piece in pieces if piece.image.width == 40]
    batch = DeviceSampler(plain(small), small, CPU).batch(4, 128)
    assert (batch.weights > 0).float().mean() < 0.4


@pytest.mark.parametrize(("dtype", "channels"), [(np.uint8, 3), (np.uint16, 1), (np.float64, 2)])
def test_any_image_is_read_as_elsewhere(
    pieces: tuple[Piece, ...], dtype: type[np.generic], channels: int
) -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(0, 250, (50, 60, channels)).astype(dtype)
    if dtype is np.float64:
        values[3, 4], values[5, 6] = np.nan, np.inf
    image = Normalised.of(values, 3, "percentile")
    labels = rng.integers(0, 2, (50, 60)).astype(np.uint8)
    piece = Piece(1, True, image, labels, np.full_like(labels, LEARNED))
    agree(plain([piece]).batch(4, 32), DeviceSampler(plain([piece]), [piece], CPU).batch(4, 32))


def test_renewed_anchors_are_taken_over(pieces: tuple[Piece, ...]) -> None:
    sampler, device = plain(pieces), DeviceSampler(plain(pieces), pieces, CPU)
    for piece in pieces:
        if not piece.confirmed:
            piece.labels[:] = 1 - piece.labels
    device.renewed()
    agree(sampler.batch(8, 64), device.batch(8, 64))


def test_ahead_of_the_step_the_order_stays(pieces: tuple[Piece, ...]) -> None:
    sampler, ahead = plain(pieces), Ahead(plain(pieces))
    for _ in range(3):
        assert np.array_equal(ahead.batch(2, 32).images, sampler.batch(2, 32).images)
    sampler.batch(2, 32)  # it has been drawn already, for a plan that changes now
    assert ahead.batch(1, 16).images.shape == (1, 3, 16, 16)
    ahead.close()


def test_what_is_kept_does_not_move_while_a_batch_is_drawn(pieces: tuple[Piece, ...]) -> None:
    ahead = Ahead(plain(pieces))
    ahead.batch(2, 32)
    facts = ahead.facts()
    assert facts == ahead.facts()
    expected = plain(pieces)
    expected.batch(2, 32)
    expected.batch(2, 32)
    assert facts == expected.facts()
    again = Ahead(plain(pieces, seed=5))
    again.restore({}, facts)
    assert np.array_equal(again.batch(2, 32).images, expected.batch(2, 32).images)
    ahead.close()
    again.close()


def test_a_resumed_training_draws_from_the_anchors_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "segdesk.nn.train.batches", lambda sampler, pieces, device: DeviceSampler(sampler, pieces, device)
    )
    asked = replace(request_in(tmp_path), samples=(sample(tmp_path, 2, seen=np.zeros((96, 96), np.uint8)),))
    asked = replace(asked, start=ModelChoice(network="unet"), baseline=None)
    recipe = Recipe(crop=32, batch=1, renewals=(0.1, 0.4))
    run(train(replace(asked, checkpoint=None), recipe))
    expected = model_file.load(asked.out)[1].state_dict()
    job = train(asked, recipe)
    assert asked.checkpoint is not None
    while not asked.checkpoint.exists():
        next(job)
    job.close()
    assert "went on" in run(train(asked, recipe)).note
    found = model_file.load(asked.out)[1].state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_the_processor_draws_its_own_batches(pieces: tuple[Piece, ...]) -> None:
    sampler = plain(pieces)
    assert batches(sampler, pieces, CPU) is sampler
    other = batches(sampler, pieces, torch.device("mps"))
    assert isinstance(other, Ahead)
    other.close()
