"""Objects that touch: parted without a pixel lost, through strokes, undo, reopening, damage and repair."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile

from segdesk.core.dataset import contents
from segdesk.core.document import Document
from segdesk.core.errors import ProjectError
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource
from segdesk.core.jobs import run
from segdesk.core.objects import Change, Division, object_at
from segdesk.core.objects.numbering import Numbering
from segdesk.core.objects.splitting import by_line
from segdesk.core.project import NewSample, Project
from segdesk.core.project.health import Kind, examine
from segdesk.core.project.repair import repair, rescue

WIDTH, HEIGHT = 600, 300
ALL = Box(100, 100, 300, 120)  # of one class, across tiles


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project.create(tmp_path / "p.segdesk", ["cell", "wall"])
    project.samples.add([NewSample(ImageSource(tmp_path / "one.png"), WIDTH, HEIGHT)])
    yield project
    project.close()


@pytest.fixture
def document(project: Project) -> Document:
    document = Document(project, project.samples.all()[0])
    fill(document, ALL, 1)
    return document


def fill(document: Document, box: Box, index: int) -> None:
    covered = np.ones((box.height, box.width), np.bool_)
    document.correct("Brush", lambda edit: edit.assert_class(box, covered, index))


def cut(document: Document, column: int) -> None:
    found = object_at(document.mask.labels, (column + 5.5, 150.5), borders=document.mask.borders)
    assert found is not None
    split = by_line(found, ((column + 0.5, 90.5), (column + 0.5, 240.5)))
    assert len(split.parts) == 2
    document.correct("Split", split.change.apply)


def count(document: Document) -> int:
    return len(Numbering(document.mask.labels, document.mask.borders).boxes)


def test_a_mask_without_borders_has_no_plane_of_them(project: Project, document: Document) -> None:
    assert document.mask.borders is None
    assert project.masks.packed(document.sample).borders is None
    numbers = np.ones((40, 40), np.int32)
    assert (
        document.correct("Join", Change(divisions=(Division(Box(120, 120, 40, 40), numbers),)).apply) is None
    )
    assert document.mask.borders is None


def test_a_border_is_one_step_of_undo_and_there_when_opened_again(
    project: Project, document: Document
) -> None:
    before = document.mask.labels.copy()
    cut(document, 255)
    assert count(document) == 2
    assert np.array_equal(document.mask.labels, before)
    for _ in range(2):
        document.undo()
        assert count(document) == 1
        assert project.masks.packed(document.sample).borders is None
        document.redo()
        assert count(document) == 2
    again = Document(project, document.sample)
    assert again.mask.borders is not None
    assert document.mask.borders is not None
    assert np.array_equal(again.mask.borders, document.mask.borders)
    again.undo()
    assert count(again) == 1


def test_what_a_data_set_holds_counts_objects_that_touch(project: Project, document: Document) -> None:
    cut(document, 255)
    held = contents.count(project.masks.packed(document.sample), document.status.state)
    assert held.objects == {1: 2}


def test_a_stroke_of_the_same_class_leaves_a_border_and_another_one_ends_it(document: Document) -> None:
    cut(document, 255)
    fill(document, Box(200, 120, 100, 20), 1)
    assert count(document) == 2
    fill(document, Box(250, 100, 12, 60), 2)
    fill(document, Box(250, 100, 12, 60), 1)
    fill(document, Box(250, 160, 12, 60), 2)
    assert count(document) == 2  # joined where it was painted over, and the other class
    for _ in range(3):
        document.undo()
    assert count(document) == 2
    cut(document, 300)
    assert count(document) == 3


def test_a_change_of_mind_within_a_stroke_ends_no_border(document: Document) -> None:
    cut(document, 255)
    edit = document.begin()
    covered = np.ones((60, 60), np.bool_)
    edit.assert_class(Box(230, 130, 60, 60), covered, 2)
    edit.assert_class(Box(230, 130, 60, 60), covered, 1)
    assert document.commit("Brush") is None
    assert count(document) == 2


def test_what_is_called_off_leaves_the_borders_as_they_were(document: Document) -> None:
    cut(document, 255)
    assert document.mask.borders is not None
    before = document.mask.borders.copy()
    edit = document.begin()
    edit.assert_class(Box(230, 130, 60, 60), np.ones((60, 60), np.bool_), 0)
    edit.divide(Box(300, 100, 20, 20), np.arange(400, dtype=np.int32).reshape(20, 20))
    document.cancel()
    assert np.array_equal(document.mask.borders, before)


def test_what_is_put_back_is_parted_as_it_was(document: Document) -> None:
    cut(document, 255)
    before, box = document.mask.copy(), Box(240, 90, 40, 140)
    assert before.borders is not None
    planes = (before.labels, before.corrected, before.borders)
    fill(document, box, 2)
    there = np.ones((box.height, box.width), np.bool_)
    document.correct("Snap", lambda edit: edit.put_back(box, there, *(plane[box.slices] for plane in planes)))
    assert document.mask.borders is not None
    assert np.array_equal(document.mask.borders, before.borders)
    assert count(document) == 2


def test_no_prediction_takes_a_border_that_a_person_drew(project: Project) -> None:
    document = Document(project, project.samples.all()[0])
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[ALL.slices] = 1
    document.predict(labels, 1)
    cut(document, 255)
    document.predict(np.where(labels == 1, np.uint8(2), labels), 2)
    kept = Numbering(document.mask.labels, document.mask.borders)
    assert sorted(kept.classes.values()) == [1, 1, 2, 2]  # a strip on both sides of the border
    document.predict(labels, 3)
    assert count(document) == 2


def test_a_number_stays_over_undo_redo_and_another_session(project: Project, document: Document) -> None:
    sample = document.sample
    first = Numbering(document.mask.labels, document.mask.borders)
    (whole,) = first.boxes
    cut(document, 255)
    first.update(document.mask.labels, ALL, document.mask.borders)
    parts = {first.number_at((110, 150)), first.number_at((390, 150))}
    assert whole in parts
    assert len(parts) == 2
    where = first.ids.copy()
    project.numbers.keep(sample.id, first.anchors)
    document.undo()
    first.update(document.mask.labels, ALL, document.mask.borders)
    assert set(first.boxes) == {whole}
    document.redo()
    first.update(document.mask.labels, ALL, document.mask.borders)
    assert np.array_equal(first.ids, where)
    fill(document, Box(10, 10, 30, 30), 1)  # before them all in the order of rows
    again = Numbering(document.mask.labels, document.mask.borders, project.numbers.of(sample.id))
    assert np.array_equal(np.where(again.ids > 2, 0, again.ids), where)
    assert again.number_at((20, 20)) == 3
    document.undo()
    document.undo()
    merged = Numbering(document.mask.labels, document.mask.borders, again.anchors)
    assert set(merged.boxes) == {whole}
    assert merged.anchors.following == 4  # no number is given twice


def test_what_was_noted_of_numbers_may_be_lost(project: Project, document: Document) -> None:
    numbering = Numbering(document.mask.labels)
    project.numbers.keep(document.sample.id, numbering.anchors)
    assert project.numbers.of(document.sample.id) == numbering.anchors
    for value in ("", "x", "/", "AAAA/AAAA", "é/"):
        project.raw.execute("UPDATE meta SET value = ? WHERE key LIKE 'objects-%'", (value,))
        assert project.numbers.of(document.sample.id).following == 1
    project.samples.remove(document.sample.id)
    assert not project.raw.execute("SELECT 1 FROM meta WHERE key LIKE 'objects-%'").fetchall()


def test_damaged_borders_are_found_mended_and_rescued(
    project: Project, document: Document, tmp_path: Path
) -> None:
    cut(document, 150)
    cut(document, 330)
    project.close()
    rescued = run(rescue(project.folder, tmp_path / "out"))
    assert rescued.losses == ()
    assert len(np.unique(tifffile.imread(tmp_path / "out" / "objects" / "one.tif"))) == 4
    database = sqlite3.connect(project.folder / "project.sqlite")
    database.execute("UPDATE tiles SET data = x'01' WHERE plane = 3 AND x = 1")
    database.execute("UPDATE patch_tiles SET borders = x'01' WHERE borders IS NOT NULL")
    database.commit()
    database.close()
    assert {finding.kind for finding in run(examine(project.folder, images=False))} == {
        Kind.MASK,
        Kind.HISTORY,
    }
    opened = Project(project.folder)
    with pytest.raises(ProjectError, match="damaged"):
        Document(opened, opened.samples.all()[0])
    opened.close()
    assert run(repair(project.folder))
    assert run(examine(project.folder, images=False)) == []
    opened = Project(project.folder)
    again = Document(opened, opened.samples.all()[0])
    assert count(again) == 2  # the border in the whole tile is still there
    assert again.mask.labels.sum() == ALL.width * ALL.height
    opened.close()
