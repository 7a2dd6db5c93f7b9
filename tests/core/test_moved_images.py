"""Images that were moved are found again, and one that shows something else now is noticed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import cv2
import numpy as np
import pytest

from segdesk.core.errors import ImageError, ProjectError
from segdesk.core.images import read_image
from segdesk.core.jobs import run
from segdesk.core.loop import training_request
from segdesk.core.project import Project
from segdesk.core.project.fingerprint import Change, Fingerprint, compare, fingerprint, pixel_digest
from segdesk.core.project.relink import find_missing, missing_samples
from tests.core.damage import make_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path)


def other_picture(path: Path) -> None:
    pixels = np.full((400, 600), 9, np.uint8)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def test_renamed_and_scattered_images_are_found_by_what_is_in_them(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    shutil.move(tmp_path / "images" / "img0.png", elsewhere / "deep" / "renamed.png")
    shutil.move(tmp_path / "images" / "img1.png", elsewhere / "img2.png")
    (tmp_path / "images" / "img2.png").unlink()
    other_picture(elsewhere / "img1.png")
    found = run(find_missing(project.samples.all(), elsewhere))
    assert found.places == {1: elsewhere / "deep" / "renamed.png", 2: elsewhere / "img2.png"}
    assert [sample.id for sample in found.missing] == [3]
    project.samples.relocate(found.places)
    assert [s.source.path.exists() for s in project.samples.all()] == [True, True, False]


def test_without_a_digest_name_and_size_tell_if_they_are_unique(project: Project, tmp_path: Path) -> None:
    for sample in project.samples.all():
        project.samples.recognise(sample.id, Fingerprint())
    (tmp_path / "new" / "b").mkdir(parents=True)
    shutil.move(tmp_path / "images", tmp_path / "new" / "a")
    shutil.copy(tmp_path / "new" / "a" / "img1.png", tmp_path / "new" / "b")
    found = run(find_missing(project.samples.all(), tmp_path / "new"))
    assert set(found.places) == {1, 3}


def test_a_folder_that_is_none(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="is no folder"):
        run(find_missing(project.samples.all(), tmp_path / "nowhere"))


def test_what_becomes_of_a_file(project: Project, tmp_path: Path) -> None:
    sample = project.samples.all()[0]
    path = sample.source.path
    assert compare(sample) is Change.NONE
    os.utime(path, ns=(0, 0))
    assert compare(sample) is Change.NONE, "a copy is the same picture"
    other_picture(path)
    assert compare(sample) is Change.OTHER
    known = fingerprint(path)
    pixels = pixel_digest(read_image(sample.source))
    project.samples.recognise(1, Fingerprint(known.digest, known.size, known.time, pixels))
    path.write_bytes(path.read_bytes() + b"\n")  # the same pixels in other bytes
    assert compare(project.samples.get(1)) is Change.MAYBE
    assert pixel_digest(read_image(sample.source)) == pixels
    path.unlink()
    assert compare(sample) is Change.GONE


def test_nothing_is_learned_from_a_mask_on_another_picture(project: Project) -> None:
    assert len(training_request(project).samples) == 3
    other_picture(project.samples.all()[1].source.path)
    assert [s.sample_id for s in training_request(project).samples] == [1, 3]


def test_beginning_anew_forgets_the_mask_of_the_other_picture(project: Project) -> None:
    project.samples.begin_anew(2, 30, 20, Fingerprint("d", 1, 2, "p"))
    sample = project.samples.get(2)
    assert (sample.width, sample.height, sample.corrections) == (30, 20, 0)
    assert sample.fingerprint == Fingerprint("d", 1, 2, "p")
    assert not project.masks.load(sample).corrected.any()
    assert project.masks.history(2).undo is None
    assert project.masks.history(1).undo == "Brush"


def test_an_image_whose_path_is_none_is_missing_and_the_project_opens(project: Project) -> None:
    project.close()
    database = sqlite3.connect(project.folder / "project.sqlite")
    database.execute("UPDATE samples SET path = ?, relative = NULL WHERE id = 1", ("/" + "x" * 5000,))
    database.execute("UPDATE samples SET relative = ? WHERE id = 2", ("y" * 5000,))
    database.commit()
    database.close()
    opened = Project(project.folder)
    assert 1 in [sample.id for sample in missing_samples(opened.samples.all())]
    with pytest.raises(ImageError):
        read_image(opened.samples.get(1).source)
    opened.close()
