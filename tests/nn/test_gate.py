"""The gate: a candidate replaces the model in use only where it is as good."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from segdesk.core.jobs import run
from segdesk.nn.exam import Exam, Examiner, mean_dice
from segdesk.nn.gate import decide, finite, mixed, passes
from segdesk.nn.material import HELD, IGNORED, LEARNED, Piece
from segdesk.nn.networks.blocks import Network
from segdesk.nn.normalise import Normalised
from tests.nn.makers import NOTHING


class Level(Network):
    """Class 1 where the image is brighter than `level`."""

    def __init__(self, level: float) -> None:
        super().__init__(1, 2)
        self.level = torch.nn.Parameter(torch.tensor([level]))

    def logits(self, x: Tensor) -> list[Tensor]:
        return [torch.cat([self.level - x, x - self.level], dim=1)]


def piece(sample_id: int, border: float, role: int = HELD, confirmed: bool = False) -> Piece:
    """A ramp from -1.7 to 1.7 whose class 1 begins at `border`."""
    pixels = np.tile(np.linspace(0, 255, 100), (40, 1)).astype(np.float32)
    image = Normalised.of(pixels, 1, "channel")
    ramp = (pixels - image.centre[0]) / image.spread[0]
    labels = (ramp > border).astype(np.uint8)
    return Piece(sample_id, confirmed, image, labels, np.full(labels.shape, role, np.uint8))


def exam(network: Network, *pieces: Piece) -> Exam:
    return run(Examiner(pieces, 10).examine(network, NOTHING))


def test_a_perfect_network_and_a_poor_one() -> None:
    held = piece(1, 0.0)
    assert exam(Level(0.0), held).held == pytest.approx(1.0)
    assert (exam(Level(1.0), held).held or 0) < 0.8


def test_only_what_is_held_out_counts() -> None:
    wrong = piece(1, 0.0, LEARNED)
    assert exam(Level(5.0), wrong).held is None
    held = piece(1, 0.0, IGNORED)
    held.roles[:, :30] = HELD
    assert exam(Level(-0.5), held).held == pytest.approx(1.0)


def test_predicting_nothing_counts_as_a_figure_and_not_as_nan() -> None:
    dice = exam(Level(9.0), piece(1, 0.0)).held
    assert dice is not None
    assert 0.3 < dice < 0.4
    assert mean_dice(np.zeros((3, 3), np.int64)) == 0.0
    assert mean_dice(np.array([[0, 5], [0, 0]])) == 0.0


def test_whether_the_background_counts() -> None:
    counts = np.array([[90, 0], [10, 0]])
    assert mean_dice(counts) == pytest.approx(0.5 * 180 / 190)
    assert mean_dice(counts, background=False) == 0.0
    assert mean_dice(np.array([[9, 1], [0, 0]]), background=False) == pytest.approx(18 / 19)


def test_comparing() -> None:
    better, worse = Exam(0.8, {1: 0.9}), Exam(0.7, {1: 0.9})
    assert passes(None, worse)
    assert passes(worse, better)
    assert passes(worse, worse)
    assert not passes(better, worse)
    assert not passes(better, Exam(None, {1: 0.9}))
    assert passes(Exam(0.7, {1: 0.9}), Exam(0.9, {1: 0.895}))
    assert not passes(Exam(0.7, {1: 0.9, 2: 0.9}), Exam(0.9, {1: 0.95, 2: 0.88}))


def decided(candidate: Level, baseline: Level, *pieces: Piece) -> tuple[bool, float, float]:
    examiner = Examiner(pieces, 10)
    before = run(examiner.examine(baseline, NOTHING))
    verdict = run(decide(candidate, baseline.state_dict(), before, examiner, NOTHING))
    return verdict.accepted, verdict.share, float(candidate.level.detach())


def test_a_better_candidate_is_taken_as_it_is() -> None:
    accepted, share, level = decided(Level(0.1), Level(1.0), piece(1, 0.0))
    assert accepted
    assert share == 1.0
    assert level == pytest.approx(0.1)


def test_a_candidate_that_does_not_pass_is_mixed_with_what_it_came_from() -> None:
    accepted, share, level = decided(Level(-1.0), Level(0.8), piece(1, 0.0))
    assert accepted
    assert share == 0.7
    assert level == pytest.approx(0.7 * -1.0 + 0.3 * 0.8)


def test_where_the_candidate_goes_much_too_far_there_is_less_of_it() -> None:
    accepted, share, level = decided(Level(-2.4), Level(0.8), piece(1, 0.0))
    assert accepted
    assert share == 0.5
    assert level == pytest.approx(-0.8)


def test_a_candidate_that_began_afresh_is_taken_whole() -> None:
    examiner, candidate = Examiner([piece(1, 0.0)], 10), Level(0.1)
    before = run(examiner.examine(Level(1.0), NOTHING))
    verdict = run(decide(candidate, None, before, examiner, NOTHING))
    assert (verdict.accepted, verdict.share) == (True, 1.0)
    assert float(candidate.level.detach()) == pytest.approx(0.1)


def test_where_nothing_helps_the_old_one_stays() -> None:
    accepted, _, level = decided(Level(1.0), Level(0.0), piece(1, 0.0))
    assert not accepted
    assert level == 1.0


def test_a_confirmed_sample_is_protected() -> None:
    held, confirmed = piece(1, 0.0), piece(2, 1.0, LEARNED, confirmed=True)
    accepted, share, _ = decided(Level(0.0), Level(1.0), held, confirmed)
    assert not accepted or share < 1.0


def test_weights_that_are_no_numbers_never_pass() -> None:
    network = Level(math.nan)
    assert not finite(network)
    verdict = run(decide(network, None, None, Examiner([piece(1, 0.0)], 10), NOTHING))
    assert not verdict.accepted


def test_mixing_leaves_counters_alone() -> None:
    own = {"w": torch.ones(2), "n": torch.tensor(7)}
    other = {"w": torch.zeros(2), "n": torch.tensor(3)}
    blend = mixed(own, other, 0.75)
    assert torch.equal(blend["w"], torch.full((2,), 0.75))
    assert int(blend["n"]) == 7


def test_with_little_time_the_richest_tiles_are_asked_first() -> None:
    poor, rich = piece(1, 0.0, IGNORED), piece(2, 0.0)
    poor.roles[0, 0] = HELD
    assert exam(Level(0.0), poor, rich).held == pytest.approx(1.0)
    one = Examiner([poor, rich], 1)
    assert one.tiles == 1
    assert run(one.examine(Level(0.0), NOTHING)).held == pytest.approx(1.0)
    assert Examiner([piece(1, 0.0, LEARNED)], 9).tiles == 0


def wide(sample_id: int, tiles_across: int) -> Piece:
    """A confirmed ramp that takes so many tiles."""
    pixels = np.tile(np.linspace(0, 255, 208 * tiles_across), (40, 1)).astype(np.float32)
    labels = (pixels > 127).astype(np.uint8)
    image = Normalised.of(pixels, 1, "channel")
    return Piece(sample_id, True, image, labels, np.full(labels.shape, LEARNED, np.uint8))


def test_confirmed_samples_are_examined_whole_where_there_is_room() -> None:
    assert Examiner([wide(1, 4), wide(2, 2)], 2).tiles == 6
    assert Examiner([wide(1, 9), wide(2, 2)], 2).tiles == 6  # the small one whole, and a part of the other
    found = run(Examiner([wide(1, 9), wide(2, 2)], 2).examine(Level(0.0), NOTHING))
    assert set(found.samples) == {1, 2}


def test_an_error_in_the_last_tile_of_a_confirmed_sample_is_noticed() -> None:
    confirmed = wide(2, 4)
    confirmed.labels[:, 600:620] = 0
    before = exam(Level(0.0), confirmed).samples[2]
    confirmed.labels[:, 600:620] = 1
    assert exam(Level(0.0), confirmed).samples[2] > before + 0.008
