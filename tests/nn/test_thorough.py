"""Training until it stops rising: when it ends, what it keeps, and going on after an interruption."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from segdesk.core.jobs import Job, Progress, TrainRequest, TrainResult, run
from segdesk.nn import checkpoint, engine, model_file
from segdesk.nn.recipes import Recipe
from tests.nn.makers import discs, request, sample, tiny_spec
from tests.nn.train_until_killed import SMALL, request_in

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def asked(tmp_path: Path, start: Path) -> TrainRequest:
    """A round of steps with a checkpoint, from strokes and a confirmed sample."""
    seen = np.zeros_like(discs(2)[1])
    samples = (sample(tmp_path, 1, confirmed=True, size=200), sample(tmp_path, 2, seen=seen))
    of_steps = request(tmp_path, samples, steps=120, baseline=start)
    return replace(of_steps, checkpoint=tmp_path / "training.checkpoint")


def weights(asked: TrainRequest) -> dict[str, Tensor]:
    return model_file.load(asked.out)[1].state_dict()


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def interrupted(asked: TrainRequest, recipe: Recipe = SMALL) -> None:
    """Begin, and stop some steps after the first checkpoint has been written."""
    job: Job[TrainResult] = engine.train(asked, recipe)
    assert asked.checkpoint is not None
    while not asked.checkpoint.exists():
        next(job)
    for _ in range(3):
        next(job)
    job.close()
    assert asked.checkpoint.exists()
    assert not asked.out.exists()


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step is told, so that a job can be interrupted anywhere."""
    monkeypatch.setattr("segdesk.nn.reports._BREATH", 0.0)


def test_without_a_budget_it_ends_by_itself(asked: TrainRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segdesk.nn.plateau._PATIENCE", 2)
    monkeypatch.setattr("segdesk.nn.train._EXAMINE_LEAST", 20)
    result = run(engine.train(replace(asked, steps=None, thorough=True), SMALL))
    assert result.accepted
    assert (result.after or 0) > 0.8
    dice = [point[2] for point in result.curve if not np.isnan(point[2])]
    assert len(dice) > 5
    assert max(dice) > dice[0]
    assert result.after == pytest.approx(max(dice), abs=0.02)  # the best of them was kept
    assert asked.checkpoint is not None
    assert not asked.checkpoint.exists()


def test_a_budget_ends_it_earlier(asked: TrainRequest) -> None:
    result = run(engine.train(replace(asked, steps=60, thorough=True), SMALL))
    assert result.figures["steps"] == 60


def test_the_end_is_unknown_and_said_to_be(asked: TrainRequest) -> None:
    job = engine.train(replace(asked, steps=None, thorough=True), SMALL)
    said: Progress = next(job)
    while not said.figures:
        said = next(job)
    job.close()
    assert said.fraction is None
    assert said.seconds_left is None


def test_where_nothing_can_be_held_out_it_is_a_short_round(
    tmp_path: Path, start: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segdesk.nn.train.SECONDS_CPU", 0.5)
    little = request(tmp_path, (sample(tmp_path, 1, size=40, count=2),), baseline=start)
    result = run(engine.train(replace(little, steps=None, thorough=True), SMALL))
    assert "Too little is corrected" in result.note


@pytest.mark.parametrize("thorough", [False, True])
def test_interrupted_and_resumed_the_weights_are_the_same_to_the_bit(
    thorough: bool, asked: TrainRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segdesk.nn.schedule._RENEW_EVERY", 30)
    asked = replace(asked, thorough=thorough)
    whole = run(engine.train(replace(asked, checkpoint=None), SMALL))
    expected = weights(asked)
    asked.out.unlink()
    interrupted(asked)
    result = run(engine.train(asked, SMALL))
    assert same(weights(asked), expected)
    assert result.figures["loss"] == whole.figures["loss"]
    assert result.figures["steps"] == 120
    assert "went on" in result.note
    assert asked.checkpoint is not None
    assert not asked.checkpoint.exists()


def test_stopped_by_a_person_it_goes_on_from_the_very_step(asked: TrainRequest) -> None:
    run(engine.train(replace(asked, checkpoint=None), SMALL))
    expected = weights(asked)
    asked.out.unlink()
    assert asked.checkpoint is not None
    job = engine.train(asked, SMALL)
    while next(job).fraction != 17 / 120:
        assert not asked.checkpoint.exists()
    job.close()
    assert "after 17 steps" in run(engine.train(asked, SMALL)).note
    assert same(weights(asked), expected)


def other_seed(asked: TrainRequest) -> TrainRequest:
    return replace(asked, seed=5)


def other_classes(asked: TrainRequest) -> TrainRequest:
    return replace(asked, classes=("background", "another"))


def fewer_samples(asked: TrainRequest) -> TrainRequest:
    return replace(asked, samples=asked.samples[:1])


def fresh_start(asked: TrainRequest) -> TrainRequest:
    start = asked.start.file
    assert start is not None
    torch.manual_seed(9)
    model_file.save(start, tiny_spec(), tiny_spec().build().state_dict())
    return asked


def painted_more(asked: TrainRequest) -> TrainRequest:
    folder = asked.out.parent
    return replace(asked, samples=(asked.samples[0], sample(folder, 2)))


@pytest.mark.parametrize("change", [other_seed, other_classes, fewer_samples, fresh_start, painted_more])
def test_a_checkpoint_of_another_training_is_not_used(
    change: Callable[[TrainRequest], TrainRequest], asked: TrainRequest
) -> None:
    interrupted(asked)
    result = run(engine.train(replace(change(asked), steps=2), SMALL))
    assert result.figures["steps"] == 2
    assert "other corrections or settings" in result.note
    assert asked.checkpoint is not None
    assert not asked.checkpoint.exists()


def test_a_checkpoint_of_another_recipe_is_not_used(asked: TrainRequest) -> None:
    interrupted(asked)
    result = run(engine.train(asked, replace(SMALL, rate_on=1e-4, batch=1)))
    assert "other corrections or settings" in result.note


@pytest.mark.parametrize("where", [0, 20, 0.3, 0.9, None])
def test_a_damaged_checkpoint_is_not_used(where: float | None, asked: TrainRequest) -> None:
    interrupted(asked)
    assert asked.checkpoint is not None
    data = bytearray(asked.checkpoint.read_bytes())
    if where is None:
        del data[len(data) // 2 :]
    else:
        place = int(where * len(data)) if isinstance(where, float) else where
        data[place] ^= 0xFF
    asked.checkpoint.write_bytes(bytes(data))
    result = run(engine.train(replace(asked, steps=2), SMALL))
    assert "could not be read" in result.note
    assert result.figures["steps"] == 2


def test_another_budget_bounds_the_same_thorough_training(asked: TrainRequest) -> None:
    interrupted(replace(asked, thorough=True))
    result = run(engine.train(replace(asked, thorough=True, steps=60), SMALL))
    assert "went on" in result.note
    assert result.figures["steps"] == 60


def test_checkpoints_come_by_the_clock_where_no_steps_are_counted(
    asked: TrainRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "_SECONDS", 0.05)
    interrupted(replace(asked, steps=None, thorough=True))


def test_strips_are_kept_and_shown(asked: TrainRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segdesk.nn.strip._FIRST", 10)
    monkeypatch.setattr("segdesk.nn.strip._MOST", 5)
    folder = asked.out.parent / "strips"
    folder.mkdir()
    (folder / "step-000009.png").write_bytes(b"of an earlier training")
    (folder / "mine.png").write_bytes(b"not ours")
    said = list(engine.train(replace(asked, strips=folder), SMALL))
    shown = [progress.strip for progress in said if progress.strip is not None]
    assert shown
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["mine.png", "step-000040.png", "step-000080.png", "step-000120.png"]
    with Image.open(folder / "step-000120.png") as kept:
        assert np.array_equal(np.asarray(kept), shown[-1])
    assert shown[-1].dtype == np.uint8
    assert shown[-1].shape == (404, 608, 3)  # two samples by three pictures of 200 pixels
    image, truth = shown[-1][:200, :200], shown[-1][:200, 204:404]
    disc = discs(1, 200)[1] == 1
    assert image[disc].mean() > image[~disc].mean() + 40
    assert truth[disc].any(1).all()
    assert not truth[~disc].any()


def test_what_cannot_be_written_does_not_end_it(asked: TrainRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segdesk.nn.strip._FIRST", 10)
    monkeypatch.setattr("segdesk.nn.checkpoint._LEAST_STEPS", 5)
    file = asked.out.parent / "file"
    file.touch()
    result = run(engine.train(replace(asked, steps=20, checkpoint=file / "c", strips=file / "strips"), SMALL))
    assert result.figures["steps"] == 20
    assert str(file / "c") in result.note
    assert "step-000010" in result.note


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_in_the_middle_it_goes_on(tmp_path: Path, start: Path) -> None:
    asked = request_in(tmp_path)
    assert asked.checkpoint is not None
    run(engine.train(replace(asked, checkpoint=None), SMALL))
    expected = weights(asked)
    asked.out.unlink()

    program = [sys.executable, "-m", "tests.nn.train_until_killed", str(tmp_path)]
    with subprocess.Popen(program, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as training:
        assert training.stdout is not None
        for _ in training.stdout:
            if asked.checkpoint.exists():
                training.kill()
                break
    assert training.returncode == -signal.SIGKILL
    assert not asked.out.exists()
    again = subprocess.run(program, cwd=_ROOT, capture_output=True, text=True, check=True)
    assert "went on" in again.stdout
    assert same(weights(asked), expected)
    assert not asked.checkpoint.exists()
