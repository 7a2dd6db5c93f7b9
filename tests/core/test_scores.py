"""What is known about each prediction, and how predictions get into masks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from segdesk.core.document import Document
from segdesk.core.errors import ProjectError
from segdesk.core.images import ImageSource
from segdesk.core.incoming import (
    Arrived,
    ReadyPrediction,
    arriving,
    keep_ready,
    make_ready,
    take_prediction,
)
from segdesk.core.jobs import Job, Predicted, Prediction, Progress
from segdesk.core.loop import keep_prediction
from segdesk.core.metrics import disagreement
from segdesk.core.patch import State
from segdesk.core.project import NewSample, Project, Score

Plane = NDArray[np.uint8]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project.create(tmp_path / "p.segdesk", ["a", "b"])
    project.samples.add([NewSample(ImageSource(tmp_path / f"{n}.png"), 300, 280) for n in range(3)])
    yield project
    project.close()


def stripe(start: int, stop: int) -> Plane:
    """Class 1 in some rows, of which each holds 300 pixels."""
    labels = np.zeros((280, 300), np.uint8)
    labels[start:stop] = 1
    return labels


def document(project: Project, sample_id: int = 1) -> Document:
    return Document(project, project.samples.get(sample_id))


def ready(project: Project, prediction: Prediction, version: int) -> ReadyPrediction:
    made = make_ready(project, prediction, version)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([0, 0, 1, 1], [0, 0, 1, 1], 0.0),
        ([0, 0, 1, 1], [1, 1, 0, 0], 1.0),
        ([0, 0, 1, 1], [0, 1, 1, 0], 0.5),
        ([0, 0, 1, 1], [0, 0, 2, 2], 1.0),
        ([0, 0, 0, 0], [0, 0, 0, 0], 0.0),
        ([0, 1, 1, 2], [0, 1, 1, 1], 1 / 3),  # a class of one pixel does not count as much as one of three
    ],
)
def test_disagreement_is_about_objects_and_not_the_background(
    before: list[int], after: list[int], expected: float
) -> None:
    planes = (np.array([before], np.uint8), np.array([after], np.uint8))
    assert disagreement(*planes) == pytest.approx(expected)
    assert disagreement(*planes, np.zeros((1, 4), np.bool_)) == 0


def test_a_prediction_brings_its_score(project: Project) -> None:
    keep_prediction(project, Prediction(1, stripe(0, 10), 0.25), 1)
    assert project.scores.all() == {1: Score(1, 0.25, None)}
    assert project.scores.get(2) is None


def test_versions_are_compared_where_nobody_corrected(project: Project) -> None:
    keep_prediction(project, Prediction(1, stripe(0, 20), 0.25), 1)
    keep_prediction(project, Prediction(1, stripe(10, 30), 0.2), 2)
    assert project.scores.get(1) == Score(2, 0.2, 0.5)

    keep_prediction(project, Prediction(1, stripe(10, 30), 0.2), 2)
    assert project.scores.get(1) == Score(2, 0.2, 0.5)  # the same version tells nothing new

    open_ = document(project)
    box = open_.mask.box
    rows = np.zeros((280, 300), np.bool_)
    rows[30:] = True
    open_.correct("Brush", lambda edit: edit.assert_class(box, rows, 1))
    keep_prediction(project, Prediction(1, stripe(10, 30), 0.1), 3)
    assert project.scores.get(1) == Score(3, 0.1, 0.0)


def test_a_score_goes_with_its_prediction_and_with_the_work(project: Project) -> None:
    for sample_id in (1, 2):
        keep_prediction(project, Prediction(sample_id, stripe(0, 20), 0.25), 1)
    open_ = document(project)
    open_.confirm()
    assert set(project.scores.all()) == {2}
    open_.undo()
    assert set(project.scores.all()) == {1, 2}
    open_.undo()  # the prediction itself
    assert set(project.scores.all()) == {2}
    project.samples.remove(2)
    assert project.scores.all() == {}


def test_a_model_from_elsewhere_leaves_no_score(project: Project) -> None:
    keep_prediction(project, Prediction(1, stripe(0, 20), 0.25), None)
    assert project.scores.all() == {}


def test_a_confirmed_mask_is_left_alone(project: Project) -> None:
    document(project).confirm()
    assert make_ready(project, Prediction(1, stripe(0, 20), 0.25), 1) is None
    assert take_prediction(project, document(project), Prediction(1, stripe(0, 20), 0.25), 1) is None
    assert project.scores.all() == {}
    assert not project.masks.load(project.samples.get(1)).labels.any()


@pytest.mark.parametrize("on_screen", [False, True])
def test_what_was_made_ready_is_what_a_prediction_does(project: Project, on_screen: bool) -> None:
    open_ = document(project) if on_screen else None
    rng = np.random.default_rng(0)
    for version in (1, 2):
        labels = rng.integers(0, 3, (280, 300)).astype(np.uint8)
        labels[:256, :256] = version - 1  # a tile that becomes zero, and one that was
        made = ready(project, Prediction(1, labels, 0.3), version)
        assert keep_ready(project, made, open_)
        keep_prediction(project, Prediction(2, labels, 0.3), version)
        one, other = (project.masks.load(project.samples.get(i)) for i in (1, 2))
        assert np.array_equal(one.labels, other.labels)
        if open_ is not None:
            assert np.array_equal(open_.mask.labels, labels)
            assert open_.status == project.samples.get(1).status
    assert project.samples.get(1).status == project.samples.get(2).status
    assert project.scores.get(1) == project.scores.get(2)
    again = document(project)
    again.undo()
    again.undo()
    assert not again.mask.labels.any()
    assert again.status.state is State.NEW


def test_what_was_made_for_another_mask_is_not_written(project: Project) -> None:
    made = ready(project, Prediction(1, stripe(0, 20), 0.25), 1)
    open_ = document(project)
    open_.correct("Brush", lambda edit: edit.assert_class(open_.mask.box, stripe(5, 9) == 1, 2))
    before = open_.mask.labels.copy()
    assert not keep_ready(project, made)
    assert not keep_ready(project, made, open_)
    assert np.array_equal(open_.mask.labels, before)
    assert np.array_equal(project.masks.load(project.samples.get(1)).labels, before)
    assert project.scores.all() == {}

    made = ready(project, Prediction(1, stripe(0, 20), 0.25), 1)
    edit = open_.begin()
    assert not keep_ready(project, made, open_)  # under the brush
    edit.assert_class(open_.mask.box, stripe(0, 1) == 1, 1)
    open_.cancel()
    assert keep_ready(project, made, open_)


def test_a_prediction_of_another_size_or_of_nothing_is_not_made_ready(project: Project) -> None:
    assert make_ready(project, Prediction(1, np.zeros((3, 3), np.uint8)), 1) is None
    assert make_ready(project, Prediction(99, stripe(0, 1)), 1) is None


def test_answers_are_made_ready_in_the_thread_of_the_job(project: Project) -> None:
    ended = threading.Event()

    def job() -> Job[None]:
        try:
            yield Progress(0.0, "Predicting")
            yield Predicted(0.5, "Predicting", prediction=Prediction(1, stripe(0, 20), 0.25), sample_id=1)
            yield Predicted(1.0, "Predicting", error="No luck.", sample_id=2)
        finally:
            ended.set()

    told: list[Progress] = []
    thread = threading.Thread(target=lambda: told.extend(arriving(job(), project.folder, 7)))
    thread.start()
    thread.join()
    assert ended.is_set()
    plain, first, second = told
    assert type(plain) is Progress
    assert isinstance(first, Arrived)
    assert isinstance(second, Arrived)
    assert (second.error, second.sample_id, second.ready) == ("No luck.", 2, None)
    assert first.ready is not None
    assert keep_ready(project, first.ready)
    assert project.samples.get(1).status.predicted_by == 7


def test_what_is_written_at_once_is_undone_at_once(project: Project) -> None:
    with pytest.raises(ProjectError), project.at_once():
        project.scores.keep(1, 1, 0.5)
        project.samples.remove(2)
        project.scores.keep(99, 1, 0.5)  # no such sample
    assert len(project.samples.all()) == 3
    project.samples.remove(2)
    assert len(project.samples.all()) == 2
