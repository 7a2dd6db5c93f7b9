"""`segdesk train`: how long it learns, by which recipe, and what it goes on from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from segdesk.cli.console import Console
from segdesk.core.jobs import Job, Progress, TrainRequest, TrainResult
from segdesk.core.project import Project
from segdesk.nn import engine
from tests.cli.test_cli import Cli, cli, project

__all__ = ["cli", "project"]  # fixtures


@pytest.fixture
def taught(cli: Cli, project: Path, tmp_path: Path) -> Path:
    cli("import", project, "--format", "mask", tmp_path / "masks")
    return project


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[TrainRequest]:
    """The requests that reach the engine, which then learns a single step for each."""
    requests: list[TrainRequest] = []
    train = engine.train

    def one_step(request: TrainRequest) -> Job[TrainResult]:
        requests.append(request)
        return train(replace(request, seconds=None, steps=1))

    monkeypatch.setattr(engine, "train", one_step)
    return requests


def test_without_a_budget_it_trains_until_it_stops_rising(
    cli: Cli, taught: Path, asked: list[TrainRequest]
) -> None:
    cli("train", taught, "--device", "cpu")
    (request,) = asked
    assert request.thorough
    assert (request.seconds, request.steps) == (None, None)
    assert request.checkpoint == taught / "models" / "training.checkpoint"
    assert request.strips == taught / "strips"
    assert request.recipe == "corrections"


@pytest.mark.parametrize(
    ("arguments", "thorough", "seconds", "steps"),
    [
        (["--seconds", "9"], False, 9.0, None),
        (["--steps", "9"], False, None, 9),
        (["--thorough", "--seconds", "9"], True, 9.0, None),
        (["--thorough", "--steps", "9"], True, None, 9),
        (["--thorough"], True, None, None),
    ],
)
def test_a_budget_is_a_round_or_a_bound(
    arguments: list[str],
    thorough: bool,
    seconds: float | None,
    steps: int | None,
    cli: Cli,
    taught: Path,
    asked: list[TrainRequest],
) -> None:
    cli("train", taught, "--device", "cpu", *arguments)
    (request,) = asked
    assert (request.thorough, request.seconds, request.steps) == (thorough, seconds, steps)
    assert (request.checkpoint is None) == (not thorough)


def test_a_recipe_by_name(cli: Cli, taught: Path, asked: list[TrainRequest]) -> None:
    trained = cli("train", taught, "--steps", 1, "--recipe", "tutorial", "--device", "cpu")
    assert trained["recipe"] == "tutorial"
    assert set(trained["dice_confirmed"]) == {str(s.id) for s in Project(taught).samples.all()}
    assert "no recipe called 'x'" in cli.refusal("train", taught, "--steps", 1, "--recipe", "x")


def test_no_resume_begins_afresh(cli: Cli, taught: Path, asked: list[TrainRequest]) -> None:
    left = taught / "models" / "training.checkpoint"
    left.write_bytes(b"half a training")
    said = cli("train", taught, "--device", "cpu")
    assert "could not be read" in said["sentence"]
    left.write_bytes(b"half a training")
    said = cli("train", taught, "--device", "cpu", "--no-resume")
    assert "could not be read" not in said["sentence"]
    assert not left.exists()


def test_the_last_figures_stay_in_sight(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segdesk.cli.console._LINE_S", 0.0)

    def job() -> Job[None]:
        yield Progress(None, "Learning", figures={"loss": 0.5, "dice": 0.75})
        yield Progress(None, "Learning", figures={"loss": 0.25})
        yield Progress(None, "Learning")

    Console(as_json=False).drive(job())
    assert capsys.readouterr().err.splitlines()[-1] == "Learning  loss 0.250  dice 0.750"
