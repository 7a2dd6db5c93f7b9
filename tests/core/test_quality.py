"""How good the model is on new images, from what the project has kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.jobs import run
from segdesk.core.mask import PackedPlane, Plane
from segdesk.core.metrics import confusion
from segdesk.core.project import NewSample, Project, Sample
from segdesk.core.quality import (
    Quality,
    class_scores,
    measure,
    packed_confusion,
    row_shares,
    running_mean,
)

HEIGHT, WIDTH = 20, 30


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Five samples and two classes."""
    made = Project.create(tmp_path / "p.segdesk", ["cell", "wall"])
    made.samples.add(NewSample(ImageSource(tmp_path / f"{n}.png"), WIDTH, HEIGHT) for n in range(5))
    return made


def plane(**rows: int) -> Plane:
    """Labels with so many rows of cell from the top and of wall from the bottom."""
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[: rows.get("cell", 0)] = 1
    labels[HEIGHT - rows.get("wall", 0) :] = 2
    return labels


def annotate(project: Project, row: int, first: Plane | None, truth: Plane, version: int = 1) -> Sample:
    """Predict (or not), correct all of it, and confirm."""
    document = Document(project, project.samples.all()[row])
    if first is not None:
        document.predict(first, version)
    document.correct("Brush", lambda edit: edit.assert_labels(truth, np.ones(truth.shape, bool)))
    document.confirm()
    return document.sample


def measured(project: Project) -> Quality:
    return run(measure(project.folder))


def test_the_first_prediction_is_compared_with_the_confirmed_mask(project: Project) -> None:
    sample = annotate(project, 0, plane(cell=6, wall=2), plane(cell=4, wall=2))
    document = Document(project, project.samples.get(sample.id))
    document.predict(plane(cell=4, wall=2), 2)  # nothing becomes of a later one
    quality = measured(project)

    (entry,) = quality.first_predictions
    assert entry.comparison is not None
    assert entry.comparison.version == 1
    assert entry.comparison.dice == {1: pytest.approx(2 * 4 / (6 + 4)), 2: 1.0}
    assert entry.comparison.mean_dice == pytest.approx(0.9)
    expected = [[12 * WIDTH + 2 * WIDTH - 2 * WIDTH, 2 * WIDTH, 0], [0, 4 * WIDTH, 0], [0, 0, 2 * WIDTH]]
    assert quality.confusion.tolist() == expected


@pytest.mark.parametrize(
    ("first", "truth", "dice", "mean"),
    [
        ({"cell": 4}, {"cell": 4}, {1: 1.0}, 1.0),  # no wall anywhere: it says nothing
        ({"wall": 4}, {"cell": 4}, {1: 0.0, 2: 0.0}, 0.0),
        ({"cell": 4}, {}, {1: 0.0}, 0.0),  # something found where nothing is
        ({}, {"cell": 4}, {1: 0.0}, 0.0),
        ({}, {}, {}, 1.0),  # nothing to find and nothing found
    ],
)
def test_only_classes_that_are_there_or_were_predicted_count(
    project: Project, first: dict[str, int], truth: dict[str, int], dice: dict[int, float], mean: float
) -> None:
    annotate(project, 0, plane(**first), plane(**truth))
    (entry,) = measured(project).first_predictions
    assert entry.comparison is not None
    assert entry.comparison.dice == dice
    assert entry.comparison.mean_dice == mean


def test_only_confirmed_samples_that_began_with_a_prediction_are_compared(project: Project) -> None:
    annotate(project, 0, None, plane(cell=3))
    annotate(project, 1, plane(cell=3), plane(cell=3))
    corrected = Document(project, project.samples.all()[2])
    corrected.predict(plane(cell=3), 1)
    corrected.correct("Brush", lambda edit: edit.assert_labels(plane(), np.ones((HEIGHT, WIDTH), bool)))
    quality = measured(project)
    assert [s.sample.id for s in quality.first_predictions] == [2]
    assert [s.sample.id for s in quality.confirmed] == [1, 2]
    assert len(quality.samples) == 5

    again = Document(project, project.samples.all()[1])
    again.undo()  # not confirmed any more
    assert measured(project).first_predictions == ()


def test_samples_are_in_the_order_of_the_versions_that_predicted_them(project: Project) -> None:
    annotate(project, 0, plane(cell=3), plane(cell=3), version=4)
    annotate(project, 3, plane(cell=3), plane(cell=3), version=2)
    annotate(project, 1, plane(cell=3), plane(cell=3), version=2)
    annotate(project, 4, None, plane(cell=3))
    quality = measured(project)
    assert [s.sample.id for s in quality.first_predictions] == [2, 4, 1]
    assert [s.sample.id for s in quality.confirmed] == [5, 2, 4, 1]


def test_what_is_known_is_not_read_again(project: Project) -> None:
    for row in (0, 1):
        annotate(project, row, plane(cell=6), plane(cell=4))
    before = measured(project)
    damage(project)
    known = before.comparisons
    assert run(measure(project.folder, known)) == before

    del known[1]
    quality = run(measure(project.folder, known))
    assert [s.sample.id for s in quality.first_predictions] == [2]
    assert len(quality.problems) == 1
    assert "0.png" in quality.problems[0]
    assert quality.confusion.sum() == HEIGHT * WIDTH


def damage(project: Project) -> None:
    project.masks.settle()
    connection = sqlite3.connect(project.folder / "project.sqlite")
    connection.execute("UPDATE tiles SET data = x'00'")
    connection.commit()
    connection.close()


def test_a_class_that_came_later_does_no_harm(project: Project) -> None:
    annotate(project, 0, plane(cell=6), plane(cell=4))
    known = measured(project).comparisons
    project.classes.add("nucleus")
    quality = run(measure(project.folder, known))
    assert quality.confusion.shape == (4, 4)
    assert quality.confusion.sum() == HEIGHT * WIDTH


@pytest.mark.parametrize("shape", [(1, 1), (256, 256), (300, 517)])
def test_tile_by_tile_counts_the_same(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    truth, found = (rng.integers(0, 4, shape, dtype=np.uint8) for _ in range(2))
    truth[:, 256:] = 0
    found[256:] = 0
    counts = packed_confusion(PackedPlane.pack(found), PackedPlane.pack(truth), 4)
    assert np.array_equal(counts, confusion(found, truth, 4))


def test_planes_of_different_sizes_are_refused() -> None:
    small, large = (PackedPlane.pack(np.zeros((side, side), np.uint8)) for side in (4, 5))
    with pytest.raises(ValueError, match="differ"):
        packed_confusion(small, large, 2)


def test_shares_and_scores_of_classes_that_are_nowhere() -> None:
    counts = np.array([[90, 10, 0], [0, 0, 0], [0, 0, 0]])
    shares = row_shares(counts)
    assert shares[0].tolist() == [0.9, 0.1, 0.0]
    assert np.isnan(shares[1:]).all()
    scores = class_scores(counts)
    assert scores[1] is not None and scores[1].dice == 0.0
    assert scores[2] is None


def test_a_running_mean_looks_back_only() -> None:
    assert list(running_mean([1.0, 3.0, 5.0, 7.0], window=2)) == [1.0, 2.0, 4.0, 6.0]
    assert list(running_mean([])) == []
