"""What is kept of a person's work, so that one can tell how well the model does and what it cost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from segdesk.core.document import Document
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource
from segdesk.core.mask import Plane
from segdesk.core.project import NewSample, Project, Sample, schema

SHAPE = (280, 300)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "p.segdesk", ["cell"])


@pytest.fixture
def sample(project: Project) -> Sample:
    return project.samples.add([NewSample(ImageSource(project.folder / "a.png"), SHAPE[1], SHAPE[0])])[0]


def said(value: int) -> Plane:
    labels = np.zeros(SHAPE, np.uint8)
    labels[value * 10 : value * 10 + 50] = 1
    return labels


def stroke(document: Document, y: int) -> None:
    box = Box(0, y, 20, 10)
    document.correct("Brush", lambda edit: edit.assert_class(box, np.ones((10, 20), bool), 1))


def first(project: Project) -> tuple[int | None, Plane | None]:
    sample = project.samples.all()[0]
    kept = project.masks.first_prediction(sample)
    return sample.first_version, kept.unpack() if kept is not None else None


def test_the_last_prediction_before_the_first_correction_is_kept(project: Project, sample: Sample) -> None:
    document = Document(project, sample)
    document.predict(said(1), 1)
    document.predict(said(2), 2)
    assert first(project) == (None, None)
    stroke(document, 200)
    document.predict(said(3), 3)  # this model has learned from the stroke
    stroke(document, 230)
    document.confirm()
    version, kept = first(project)
    assert version == 2
    assert kept is not None and (kept == said(2)).all()


def test_confirming_at_once_keeps_the_prediction(project: Project, sample: Sample) -> None:
    document = Document(project, sample)
    document.predict(said(1), 4)
    document.confirm()
    version, kept = first(project)
    assert version == 4 and kept is not None and (kept == said(1)).all()


def test_who_began_without_a_prediction_has_no_first_one(project: Project, sample: Sample) -> None:
    document = Document(project, sample)
    stroke(document, 0)
    document.predict(said(1), 1)
    stroke(document, 100)
    assert first(project) == (None, None)


def test_taking_the_first_correction_back_does_not_make_a_later_prediction_the_first(
    project: Project, sample: Sample
) -> None:
    document = Document(project, sample)
    document.predict(said(1), 1)
    stroke(document, 200)
    document.undo()
    document.predict(said(5), 2)
    stroke(document, 200)
    assert first(project)[0] == 1


def test_work_is_counted_and_predictions_are_not(project: Project, sample: Sample) -> None:
    document = Document(project, sample)
    document.predict(said(1), 1)
    stroke(document, 100)
    document.predict(said(2), 1)
    stroke(document, 150)
    project.samples.spend(sample.id, 1.5)
    project.samples.spend(sample.id, 2.0)
    kept = project.samples.get(sample.id)
    assert (kept.corrections, kept.seconds) == (2, 3.5)


def test_a_project_of_the_first_format_opens_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "old.segdesk"
    with monkeypatch.context() as patched:
        patched.setattr(schema, "VERSION", 1)
        patched.setattr(schema, "check_rows", lambda _: None)  # which knows today's columns
        connection = None
        folder.mkdir()
        connection = schema.connect(folder / "project.sqlite")
        connection.execute("INSERT INTO classes VALUES (0, 'background', '#000000'), (1, 'cell', '#ff0000')")
        connection.execute(
            "INSERT INTO samples (path, page, width, height, state, predicted_by)"
            " VALUES ('/a.png', 0, 300, 280, 'predicted', 1)"
        )
        connection.execute("INSERT INTO versions VALUES (1, 'version-001.safetensors', '', '2026-01-01')")
        connection.execute(
            "INSERT INTO rounds VALUES (1, '2026-01-01', 1, NULL, 'unet', NULL, 0.5, 3, '{}', '[]', '')"
        )
        connection.close()
    project = Project(folder)
    sample = project.samples.all()[0]
    assert (sample.first_version, sample.seconds, sample.corrections) == (None, 0.0, 0)
    (version,) = project.versions.all()
    assert version.round is not None and version.round.samples == 3
    stroke(Document(project, sample), 0)
    assert project.samples.all()[0].first_version == 1
    project.close()
    (number,) = sqlite3.connect(folder / "project.sqlite").execute("PRAGMA user_version").fetchone()
    assert number == schema.VERSION
