"""What a round is asked with, and the words in which its end is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from segdesk.core.document import Document
from segdesk.core.errors import LearningError
from segdesk.core.images import ImageSource
from segdesk.core.jobs import ModelChoice, Prediction, TrainResult
from segdesk.core.loop import (
    DEFAULT_NETWORK,
    keep_prediction,
    keep_round,
    prediction_request,
    training_request,
)
from segdesk.core.patch import State
from segdesk.core.project import NewSample, Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project.create(tmp_path / "p.segdesk", ["a"])
    project.samples.add([NewSample(ImageSource(tmp_path / f"{n}.png"), 8, 6) for n in range(4)])
    yield project
    project.close()


def correct(project: Project, number: int) -> None:
    box = Document(project, project.samples.all()[number]).mask.box
    Document(project, project.samples.all()[number]).correct(
        "Brush", lambda edit: edit.assert_class(box, np.eye(6, 8, dtype=np.bool_), 1)
    )


def finish(project: Project, result: TrainResult) -> str:
    request = training_request(project, seconds=1)
    if result.accepted:
        request.out.write_bytes(b"weights")
    return keep_round(project, request, result).sentence


def test_learning_without_corrections_says_what_to_do_first(project: Project) -> None:
    with pytest.raises(LearningError, match="paint a little of each class first"):
        training_request(project, seconds=1)


def test_predicting_without_a_model_says_what_to_do_first(project: Project) -> None:
    with pytest.raises(LearningError, match="then retrain"):
        prediction_request(project, project.samples.all())


def test_only_what_a_person_touched_is_learned_from(project: Project) -> None:
    correct(project, 1)
    Document(project, project.samples.all()[2]).confirm()
    keep_prediction(project, Prediction(4, np.ones((6, 8), np.uint8)), 1)
    request = training_request(project, seconds=1)
    assert [(s.sample_id, s.confirmed, s.predicted) for s in request.samples] == [
        (2, False, False),
        (3, True, False),
    ]
    assert request.start == ModelChoice(network=DEFAULT_NETWORK)
    assert request.classes == ("background", "a")


def test_a_request_does_not_follow_later_strokes(project: Project) -> None:
    correct(project, 0)
    request = training_request(project, seconds=1)
    Document(project, project.samples.all()[0]).confirm()
    assert request.samples[0].mask.unpack().corrected.sum() == 6


def test_the_next_round_goes_on_from_the_version_in_use(project: Project) -> None:
    correct(project, 0)
    assert finish(project, TrainResult(True, None, 0.5, "unet", {})) == (
        "Learned: 0.50 on held-out corrections; in use as version 1."
    )
    in_use = project.versions.in_use()
    assert in_use is not None
    request = training_request(project, seconds=1)
    assert request.start.file == request.baseline == in_use.file
    assert finish(project, TrainResult(True, 0.5, 0.75, "unet", {})) == (
        "Better: 0.50 to 0.75 on held-out corrections; in use as version 2."
    )
    made_by = project.versions.all()[1].round
    assert made_by is not None
    assert made_by.parent == 1


def test_a_refused_candidate_leaves_the_version_in_use(project: Project) -> None:
    correct(project, 0)
    finish(project, TrainResult(True, None, 0.5, "unet", {}))
    assert finish(project, TrainResult(False, 0.5, 0.4, "unet", {}, note="The batch was halved.")) == (
        "Not better (0.50 to 0.40 on held-out corrections): version 1 stays. The batch was halved."
    )
    in_use = project.versions.in_use()
    assert in_use is not None
    assert in_use.number == 1


def test_a_prediction_of_a_sample_off_screen_is_kept(project: Project) -> None:
    keep_prediction(project, Prediction(2, np.ones((6, 8), np.uint8)), 5)
    sample = project.samples.get(2)
    assert sample.state is State.PREDICTED
    assert sample.status.predicted_by == 5
    assert project.masks.load(sample).labels.all()


def test_what_a_round_learned_from_is_counted_at_its_start(project: Project) -> None:
    correct(project, 0)
    project.samples.spend(1, 4.0)
    request = training_request(project, seconds=1)
    correct(project, 1)
    project.samples.spend(2, 9.0)
    keep_round(project, request, TrainResult(False, None, None, "unet", {}))
    learned = project.versions.rounds()[-1].learned
    assert (learned.samples, learned.corrections, learned.seconds) == ((1,), 1, 4.0)
