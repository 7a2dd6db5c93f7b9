"""The journal alone makes a change durable; the tiles follow it, and whoever reads sees no difference."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from segdesk.core.document import Document
from segdesk.core.errors import ProjectError
from segdesk.core.geometry import Box
from segdesk.core.jobs import run
from segdesk.core.mask import Mask
from segdesk.core.painting import round_stroke
from segdesk.core.project import Project
from segdesk.core.project.health import Kind, examine
from segdesk.core.project.repair import repair
from tests.core.conftest import HEIGHT, WIDTH


def paint(document: Document, x: float, class_index: int) -> None:
    stroke = round_stroke((x, 60), (x + 200, 240), 40, document.mask.box)
    document.correct("Brush", lambda edit: edit.assert_class(*stroke, class_index))


def stored(project: Project, sample_id: int = 1) -> Mask:
    return project.masks.load(project.samples.get(sample_id))


def same(a: Mask, b: Mask) -> bool:
    return np.array_equal(a.labels, b.labels) and np.array_equal(a.corrected, b.corrected)


def is_ahead(project: Project) -> bool:
    return project.raw.execute("SELECT 1 FROM patches WHERE applied NOT IN (0, 1)").fetchone() is not None


def step(project: Project) -> None:
    """As little as can be done at once."""
    project.masks._settling.step()


def test_who_reads_sees_the_same_before_while_and_after_the_tiles_follow(
    project: Project, document: Document
) -> None:
    other = Project(project.folder, write=False)
    paint(document, 50, 1)
    paint(document, 250, 2)
    steps = 0
    while is_ahead(project):
        for reader in (project, other):
            assert same(stored(reader), document.mask)
        step(project)
        steps += 1
    assert steps > 3
    for reader in (project, other):
        assert same(stored(reader), document.mask)
    other.close()


def test_a_project_that_was_cut_off_has_everything(
    project: Project, document: Document, tmp_path: Path
) -> None:
    paint(document, 50, 1)
    project.masks.settle()
    paint(document, 100, 2)
    document.undo()
    paint(document, 300, 2)
    shutil.copytree(project.folder, tmp_path / "copy.segdesk")
    again = Project(tmp_path / "copy.segdesk")
    opened = Document(again, again.samples.all()[0])
    assert same(opened.mask, document.mask)
    assert opened.undo() is not None
    assert opened.undo() is not None
    assert not opened.mask.labels.any()
    again.close()
    assert run(examine(again.folder, images=False)) == []


def test_a_step_goes_on_counting_where_tiles_got_it_before_it_was_taken_back(
    project: Project, document: Document
) -> None:
    paint(document, 50, 1)
    project.masks.settle()
    document.undo()
    assert not stored(project).labels.any()
    paint(document, 250, 2)  # the first one cannot be done again any more
    assert same(stored(project), document.mask)
    assert document.history.redo is None
    assert document.redo() is None
    project.masks.settle()
    assert not is_ahead(project)
    assert same(stored(project), document.mask)
    assert project.raw.execute("SELECT COUNT(*) FROM patches").fetchone() == (1,)


@pytest.mark.parametrize("change", ["undo", "redo", "stroke", "predict", "forget"])
@pytest.mark.parametrize("steps", [1, 4, 7])
def test_what_happens_while_the_tiles_follow_is_not_lost(
    project: Project, document: Document, change: str, steps: int
) -> None:
    paint(document, 50, 1)
    paint(document, 200, 2)
    if change in ("redo", "forget"):
        document.undo()
    for _ in range(steps):
        step(project)
    if change == "undo":
        document.undo()
    elif change == "redo":
        document.redo()
    elif change == "predict":
        document.predict(np.full((HEIGHT, WIDTH), 2, np.uint8), 1)
    else:
        paint(document, 400, 1)
    assert same(stored(project), document.mask)
    project.masks.settle()
    assert same(stored(project), document.mask)
    while document.undo() is not None:
        assert same(stored(project), document.mask)
    assert not document.mask.labels.any()
    assert not document.mask.corrected.any()


def test_a_sample_removed_while_its_tiles_follow_leaves_nothing(project: Project, document: Document) -> None:
    paint(document, 50, 1)
    other = Document(project, project.samples.all()[1])
    paint(other, 150, 2)
    step(project)
    step(project)
    project.samples.remove(document.sample.id)
    assert project.masks.settle()
    assert project.raw.execute("SELECT DISTINCT sample FROM tiles").fetchall() == [(2,)]
    assert same(stored(project, 2), other.mask)


def test_the_first_prediction_is_kept_before_its_tiles_are_written(
    project: Project, document: Document
) -> None:
    said = np.zeros((HEIGHT, WIDTH), np.uint8)
    said[40:200, 90:600] = 1
    document.predict(said, 3)
    paint(document, 50, 2)
    first = project.masks.first_prediction(project.samples.get(1))
    assert first is not None
    assert np.array_equal(first.unpack(), said)


def test_closing_leaves_tiles_that_are_up_to_date(project: Project, document: Document) -> None:
    paint(document, 50, 1)
    assert is_ahead(project)
    project.close()
    reader = Project(project.folder, write=False)
    assert not is_ahead(reader)
    assert same(stored(reader), document.mask)
    reader.close()


def test_a_damaged_step_that_the_tiles_lack_is_told_and_taken_out(
    project: Project, document: Document, tmp_path: Path
) -> None:
    paint(document, 50, 1)
    project.masks.settle()
    kept = document.mask.copy()
    document.correct("Box", lambda edit: edit.assert_class(Box(300, 20, 40, 40), np.ones((40, 40), bool), 2))
    shutil.copytree(project.folder, tmp_path / "copy.segdesk")
    database = sqlite3.connect(tmp_path / "copy.segdesk" / "project.sqlite")
    database.execute("UPDATE patch_tiles SET labels = x'00' WHERE patch = 2")
    database.commit()
    database.close()
    broken = Project(tmp_path / "copy.segdesk")
    with pytest.raises(ProjectError, match=r"mask of 0\.png is damaged"):
        Document(broken, broken.samples.all()[0])
    with pytest.raises(ProjectError, match=r"mask of 0\.png is damaged"):
        broken.masks.settle()
    broken.close()
    assert Kind.HISTORY in {finding.kind for finding in run(examine(broken.folder, images=False))}
    assert any("parts of the mask of 0.png are lost" in line for line in run(repair(broken.folder)))
    again = Project(broken.folder)
    assert np.array_equal(stored(again).labels, kept.labels)
    again.close()
    assert run(examine(broken.folder, images=False)) == []
