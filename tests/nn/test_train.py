"""A whole round: what it learns, what it says on the way, and what it leaves behind."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from segdesk.core.errors import LearningError, ModelError
from segdesk.core.geometry import Box
from segdesk.core.jobs import (
    ModelChoice,
    Predicted,
    PredictItem,
    PredictRequest,
    Progress,
    TrainRequest,
    TrainResult,
    View,
    run,
)
from segdesk.nn import engine, model_file
from segdesk.nn.learner import Learner, Plan
from segdesk.nn.recipes import RECIPES, Recipe
from segdesk.nn.sampling import Batch
from tests.nn.makers import CLASSES, Plane, dice, discs, request, sample, tiny_unet

SMALL = Recipe(crop=48, batch=2)
NO_BATCH = Batch(
    np.zeros((0, 3, 8, 8), np.float32), np.zeros((0, 8, 8), np.int64), np.zeros((0, 8, 8), np.float32)
)


def learn(asked: TrainRequest, recipe: Recipe = SMALL) -> TrainResult:
    return run(engine.train(asked, recipe))


def predicted(model: Path, asked: TrainRequest) -> dict[int, Plane]:
    items = tuple(PredictItem(one.sample_id, one.source) for one in asked.samples)
    found = {}
    for progress in engine.predict(PredictRequest(model, items, "cpu")):
        if isinstance(progress, Predicted) and progress.prediction is not None:
            found[progress.sample_id] = progress.prediction.labels
    return found


class Later:
    """Seconds to add to the time."""

    by = 0.0


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    later, monotonic = Later(), time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + later.by)
    return later


def test_one_corrected_image_alone_trains(tmp_path: Path) -> None:
    asked = request(tmp_path, (sample(tmp_path, 1),), steps=40)
    result = learn(asked)
    assert result.accepted
    assert result.network == "unet"
    assert result.figures["steps"] == 40
    assert dice(predicted(asked.out, asked)[1], discs(1)[1]) > 0.8
    assert engine.describe_model(asked.out).classes == CLASSES


def test_two_rounds_in_a_row(tmp_path: Path) -> None:
    first = request(tmp_path, (sample(tmp_path, 1, confirmed=True),), steps=25, name="1.safetensors")
    learn(first)
    seen = predicted(first.out, request(tmp_path, (sample(tmp_path, 2),)))[2]
    samples = (sample(tmp_path, 1, confirmed=True), sample(tmp_path, 2, seen=seen))
    second = request(tmp_path, samples, steps=25, baseline=first.out, name="2.safetensors")
    result = learn(second)
    assert result.before is not None
    assert result.after is not None
    if result.accepted:
        assert result.after >= result.before
    best = second.out if result.accepted else first.out
    assert dice(predicted(best, request(tmp_path, (sample(tmp_path, 3),)))[3], discs(3)[1]) > 0.7


def test_a_model_that_predicts_nothing_is_replaced(tmp_path: Path, start: Path) -> None:
    spec, network = model_file.load(start)
    state = network.state_dict()
    state["head.bias"][:] = torch.tensor([50.0, -50.0])
    model_file.save(start, spec, state)
    samples = tuple(sample(tmp_path, seed, confirmed=True, size=150) for seed in (1, 2))
    asked = replace(request(tmp_path, samples, steps=25, baseline=start), start=ModelChoice(network="unet"))
    assert not predicted(start, asked)[1].any()
    result = learn(asked)
    assert result.accepted
    assert predicted(asked.out, asked)[1].any()


def test_a_worse_candidate_leaves_no_file(tmp_path: Path) -> None:
    samples = tuple(sample(tmp_path, seed, confirmed=True, size=150) for seed in (1, 2))
    good = request(tmp_path, samples, steps=40, name="good.safetensors")
    assert learn(good).accepted
    # One step from fresh weights cannot be as good as forty.
    bad = replace(
        request(tmp_path, samples, steps=1, baseline=good.out), start=ModelChoice(network="unet-32")
    )
    result = learn(bad)
    assert not result.accepted
    assert not bad.out.exists()
    assert (result.after or 0) < (result.before or 0)


def test_the_anchor_holds_what_nobody_corrected(tmp_path: Path) -> None:
    _, truth = discs(1)
    painted = np.zeros_like(truth)
    painted[truth == 1] = 1  # errors of one class alone: without an anchor, everything would become a disc
    asked = request(tmp_path, (sample(tmp_path, 1, corrected=painted, seen=np.zeros_like(truth)),), steps=40)
    learn(asked)
    said = predicted(asked.out, asked)[1]
    assert (said[truth == 0] == 0).mean() > 0.9
    assert dice(said, truth) > 0.6


def test_by_steps_a_round_can_be_repeated_exactly(tmp_path: Path, start: Path) -> None:
    asked = request(tmp_path, (sample(tmp_path, 1),), steps=6, baseline=start)
    states = []
    for seed in (3, 3, 4):
        learn(replace(asked, seed=seed))
        states.append(model_file.load(asked.out)[1].state_dict())
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    assert not all(torch.equal(states[0][key], states[2][key]) for key in states[0])


def test_what_it_says_on_the_way(tmp_path: Path, start: Path) -> None:
    one = sample(tmp_path, 1, confirmed=True, size=150)
    view = View(1, one.source, Box(20, 30, 64, 48))
    asked = replace(request(tmp_path, (one,), steps=40, baseline=start), view=view)
    said: list[Progress] = list(engine.train(asked, SMALL))
    figures = [progress.figures for progress in said if progress.figures]
    assert all(math.isfinite(values["loss"]) for values in figures)
    assert any("dice" in values for values in figures)
    previews = [progress.preview for progress in said if progress.preview is not None]
    assert previews
    assert previews[0].sample_id == 1
    assert previews[0].box == Box(20, 30, 64, 48)
    assert previews[0].labels.shape == (48, 64)
    assert all(progress.fraction is None or 0 <= progress.fraction <= 1 for progress in said)


def test_a_round_takes_the_seconds_it_was_given(
    tmp_path: Path, start: Path, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    step: Callable[..., float] = Learner._step

    def slow(self: Learner, batch: Batch, rate: float) -> float:
        later.by += 100.0  # against which no machine's own speed counts
        return step(self, batch, rate)

    monkeypatch.setattr(Learner, "_step", slow)
    samples = (sample(tmp_path, 1), sample(tmp_path, 2, confirmed=True))
    asked = replace(request(tmp_path, samples, baseline=start), steps=None, seconds=2000.0)
    result = learn(asked)
    assert 18 <= result.figures["steps"] <= 20  # some of the time is kept for examining the result
    assert 1800 <= result.figures["seconds"] <= 2200
    assert result.curve
    assert all(a[0] <= b[0] for a, b in zip(result.curve, result.curve[1:], strict=False))
    assert not result.note
    hurried = learn(replace(asked, seconds=500.0))
    assert 5 <= hurried.figures["steps"] <= 6
    assert f"few steps ({hurried.figures['steps']:.0f})" in hurried.note


def test_it_can_be_cancelled_after_any_step(
    tmp_path: Path, start: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segdesk.nn.reports._BREATH", 0.0)
    steps = []
    step: Callable[..., float] = Learner._step

    def counted(self: Learner, batch: Batch, rate: float) -> float:
        steps.append(rate)
        return step(self, batch, rate)

    monkeypatch.setattr(Learner, "_step", counted)
    asked = request(tmp_path, (sample(tmp_path, 1),), steps=40, baseline=start)
    seen = [len(steps) for _ in engine.train(asked, SMALL)]
    assert set(range(1, 41)) <= set(seen)


def test_a_paused_round_has_as_much_time_to_learn(tmp_path: Path, start: Path, later: Later) -> None:
    asked = replace(request(tmp_path, (sample(tmp_path, 1),), baseline=start), steps=None, seconds=1.0)
    job = engine.train(asked, SMALL)
    while not next(job).figures:
        pass
    later.by += 1000.0
    result = run(job)
    assert result.figures["steps"] > 3
    assert result.figures["seconds"] < 100


def test_confirmed_samples_have_their_figures(tmp_path: Path, start: Path) -> None:
    samples = (sample(tmp_path, 1), sample(tmp_path, 2, confirmed=True))
    result = learn(request(tmp_path, samples, steps=3, baseline=start))
    assert set(result.confirmed) == {2}
    assert 0 <= result.confirmed[2] <= 1


@pytest.mark.parametrize("recipe", list(RECIPES))
def test_each_recipe_learns(recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPES, recipe, replace(RECIPES[recipe], crop=64))
    one = sample(tmp_path, 1, confirmed=True)
    asked = replace(request(tmp_path, (one,), steps=30), recipe=recipe, seed=1)
    result = run(engine.train(asked))
    assert result.accepted
    assert model_file.read_spec(asked.out).normalisation == RECIPES[recipe].normalisation
    assert dice(predicted(asked.out, asked)[1], discs(1)[1]) > 0.5


def test_an_unknown_recipe_is_told_the_known_ones(tmp_path: Path) -> None:
    asked = replace(request(tmp_path, (sample(tmp_path, 1),), steps=1), recipe="grandmother's")
    with pytest.raises(LearningError, match=r"grandmother's.*corrections.*tutorial"):
        run(engine.train(asked))


def test_cancelling_leaves_nothing_behind(tmp_path: Path, start: Path) -> None:
    asked = request(tmp_path, (sample(tmp_path, 1),), steps=10_000, baseline=start)
    job = engine.train(asked, SMALL)
    while not next(job).figures:
        pass
    job.close()
    assert not asked.out.exists()
    assert learn(replace(asked, steps=2)).figures["steps"] == 2


def test_nothing_painted_says_what_to_do_first(tmp_path: Path) -> None:
    empty = sample(tmp_path, 1, corrected=np.zeros((96, 96), np.uint8))
    with pytest.raises(LearningError, match="paint a little of each class"):
        learn(request(tmp_path, (empty,)))


@pytest.mark.parametrize(
    ("index", "words"), [(0, "Only background is marked yet"), (1, f"Only {CLASSES[1]} is painted yet")]
)
def test_one_class_alone_says_what_is_lacking(tmp_path: Path, index: int, words: str) -> None:
    there = (discs(1, 96, 5)[1] == index).astype(np.uint8)
    one = sample(tmp_path, 1, corrected=there)
    with pytest.raises(LearningError, match=words):
        learn(request(tmp_path, (one,)))


def test_a_class_more_than_the_model_knew(tmp_path: Path, start: Path) -> None:
    asked = request(tmp_path, (sample(tmp_path, 1),), steps=3, baseline=start, classes=(*CLASSES, "another"))
    learn(asked)
    assert model_file.read_spec(asked.out).classes == (*CLASSES, "another")


@pytest.mark.parametrize("network", ["u2net-small", "unet-32"])
def test_other_networks_of_the_registry_learn(network: str, tmp_path: Path) -> None:
    asked = request(tmp_path, (sample(tmp_path, 1, confirmed=True),), steps=2)
    result = learn(replace(asked, start=ModelChoice(network=network)))
    assert result.network == network
    assert model_file.read_spec(asked.out).network == network


def test_missing_models_and_devices_are_named(tmp_path: Path) -> None:
    asked = request(tmp_path, (sample(tmp_path, 1),), steps=1)
    with pytest.raises(ModelError, match="gone"):
        learn(replace(asked, start=ModelChoice(file=tmp_path / "gone.safetensors")))
    with pytest.raises(ModelError, match="warp"):
        learn(replace(asked, device="warp"))
    with pytest.raises(ModelError, match="magic"):
        learn(replace(asked, start=ModelChoice(network="magic")))


def test_want_of_memory_halves_the_batch_then_the_crop_then_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    learner = Learner(tiny_unet(), Plan(4, 128, torch.device("cpu")), 0.0)
    seen: list[tuple[int, int]] = []

    def too_much(*_: object) -> float:
        seen.append((learner.plan.batch, learner.plan.crop))
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(learner, "_step", too_much)
    with pytest.raises(LearningError, match="memory"):
        for _ in range(9):
            assert learner.step(NO_BATCH, 0.1) is None
    assert seen == [(4, 128), (2, 128), (1, 128), (1, 64)]
    assert "1 of 64" in learner.note


def test_another_error_is_no_want_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    learner = Learner(tiny_unet(), Plan(4, 128, torch.device("cpu")), 0.0)

    def broken(*_: object) -> float:
        raise RuntimeError("shapes differ")

    monkeypatch.setattr(learner, "_step", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        learner.step(NO_BATCH, 0.1)


def test_after_a_graphics_card_comes_the_processor() -> None:
    plan = Plan(1, 64, torch.device("cuda"))
    smaller = plan.smaller()
    assert smaller is not None
    assert smaller.device.type == "cpu"
    assert smaller.smaller() is None


def test_a_round_that_runs_short_of_memory_says_so(
    tmp_path: Path, start: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step: Callable[..., float] = Learner._step

    def tight(self: Learner, batch: Batch, rate: float) -> float:
        if len(batch.images) > 1:
            raise torch.OutOfMemoryError("out of memory")
        return step(self, batch, rate)

    monkeypatch.setattr(Learner, "_step", tight)
    result = learn(request(tmp_path, (sample(tmp_path, 1),), steps=3, baseline=start))
    assert result.figures["steps"] == 3
    assert "smaller batches" in result.note
