"""A project keeps its images, classes and model versions, and says clearly what is wrong with a bad one."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest

from segdesk.core.document import Document
from segdesk.core.errors import ProjectError
from segdesk.core.images import ImageSource
from segdesk.core.jobs import TrainResult, run
from segdesk.core.patch import State
from segdesk.core.project import Learned, NewSample, Project, is_project
from segdesk.core.project.connection import Connection
from segdesk.core.project.copying import copy_project
from segdesk.core.project.fingerprint import UNKNOWN, Fingerprint


def result(accepted: bool, after: float = 0.7) -> TrainResult:
    return TrainResult(
        accepted, 0.6, after, "unet", {"loss": 0.2, "bad": float("nan")}, ((1.0, 0.5, float("nan")),), "Note."
    )


def add(project: Project, *names: str) -> None:
    sources = [ImageSource(project.folder.parent / "images" / name) for name in names]
    project.samples.add([NewSample(source, 40, 30) for source in sources])


def test_everything_is_there_after_reopening(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "eyes.segdesk", ["vessel"])
    project.classes.add("disc")
    project.classes.rename(1, "artery")
    project.classes.recolor(2, (1, 2, 3))
    add(project, "a.png", "b.png")
    project.close()
    again = Project(tmp_path / "eyes.segdesk")
    assert again.name == "eyes"
    assert [c.name for c in again.classes.all()] == ["background", "artery", "disc"]
    assert again.classes.all()[2].color == (1, 2, 3)
    assert [s.source.path.name for s in again.samples.all()] == ["a.png", "b.png"]
    assert {s.state for s in again.samples.all()} == {State.NEW}


def test_an_image_is_added_once(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    add(project, "a.png")
    add(project, "b.png", "a.png")
    assert [s.id for s in project.samples.all()] == [1, 2]


def test_thousands_of_images_are_added_in_a_few_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    asked: list[str] = []
    execute = Connection.execute

    def count(connection: Connection, sql: str, *values: Any) -> sqlite3.Cursor:
        asked.append(sql)
        found: sqlite3.Cursor = execute(connection, sql, *values)
        return found

    monkeypatch.setattr(Connection, "execute", count)
    listed = mock.Mock(side_effect=AssertionError("the images were seen a moment ago"))
    monkeypatch.setattr(Path, "iterdir", listed)
    add(project, *(f"Wurzel ä'{number}.png" for number in range(2000)))
    assert len(asked) < 10
    names = [f"Wurzel ä'{number}.png" for number in (7, 5000, 3)]
    sources = [
        ImageSource(tmp_path / "images" / name, page) for name, page in zip(names, (0, 0, 1), strict=True)
    ]
    known = Fingerprint("ab", 2**40, 2**62)
    first, *others = project.samples.add([NewSample(source, 40, 30, known) for source in sources])
    assert [sample.source for sample in (first, *others)] == sources
    assert (first.id, first.fingerprint) == (8, UNKNOWN)  # what is there already is left as it is
    assert [(s.fingerprint, s.width, s.state) for s in others] == [(known, 40, State.NEW)] * 2
    assert 2000 < others[0].id < others[1].id
    assert project.samples.get(others[1].id) == others[1]


def test_pages_of_one_file_are_samples_of_their_own(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    news = [NewSample(ImageSource(tmp_path / "stack.tif", page), 40, 30) for page in range(3)]
    assert len(project.samples.add(news)) == 3


@pytest.mark.parametrize("name", ["", "  ", "Vessel", "background"])
def test_class_names_are_given_and_distinct(tmp_path: Path, name: str) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["vessel"])
    with pytest.raises(ProjectError):
        project.classes.add(name)
    assert len(project.classes.all()) == 2


def test_no_more_classes_than_a_mask_can_hold(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p.segdesk", [f"c{n}" for n in range(1, 255)])
    assert project.classes.all()[-1].index == 254
    with pytest.raises(ProjectError, match="254"):
        project.classes.add("one more")


def test_a_project_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ProjectError):
        Project.create(tmp_path / "p.segdesk", ["same", "same"])
    assert not (tmp_path / "p.segdesk").exists()


def test_an_existing_folder_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear")
    with pytest.raises(ProjectError, match="exists already"):
        Project.create(tmp_path / "mine", ["x"])
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "dear"


def test_a_folder_that_is_no_project(tmp_path: Path) -> None:
    assert not is_project(tmp_path)
    with pytest.raises(ProjectError, match="not a SegDesk project"):
        Project(tmp_path)


def test_a_project_from_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    project.close()
    database = sqlite3.connect(tmp_path / "p.segdesk" / "project.sqlite")
    database.execute("PRAGMA user_version = 999")
    database.close()
    with pytest.raises(ProjectError, match="newer SegDesk"):
        Project(tmp_path / "p.segdesk")


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    project.close()
    (tmp_path / "p.segdesk" / "project.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(ProjectError, match="cannot be opened"):
        Project(tmp_path / "p.segdesk")


def test_images_are_found_after_moving_them_together_with_the_project(tmp_path: Path) -> None:
    (tmp_path / "old" / "images").mkdir(parents=True)
    (tmp_path / "old" / "images" / "a.png").write_bytes(b"")
    project = Project.create(tmp_path / "old" / "p.segdesk", ["x"])
    add(project, "a.png")
    project.close()
    shutil.move(tmp_path / "old", tmp_path / "new")
    (sample,) = Project(tmp_path / "new" / "p.segdesk").samples.all()
    assert sample.source.path == tmp_path / "new" / "images" / "a.png"


def test_images_are_found_after_moving_the_project_alone(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(b"")
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    add(project, "a.png")
    project.close()
    shutil.move(tmp_path / "p.segdesk", tmp_path / "elsewhere" / "deep" / "p.segdesk")
    (sample,) = Project(tmp_path / "elsewhere" / "deep" / "p.segdesk").samples.all()
    assert sample.source.path == tmp_path / "images" / "a.png"


def test_a_copy_has_everything_and_leaves_the_old_one(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    add(project, "a.png")
    document = Document(project, project.samples.all()[0])
    document.confirm()
    file = project.versions.next_file()
    file.write_bytes(b"weights")
    project.versions.record(result(True), file, None, Learned((1,)))
    folder = tmp_path / "other" / "q.segdesk"
    run(copy_project(project.folder, folder))
    copy = Project(folder)
    assert copy.refusal is None
    assert copy.samples.all()[0].state is State.CONFIRMED
    in_use = copy.versions.in_use()
    assert in_use is not None
    assert in_use.file.read_bytes() == b"weights"
    assert in_use.file.is_relative_to(copy.folder)
    assert is_project(project.folder)
    with pytest.raises(ProjectError, match="exists already"):
        run(copy_project(project.folder, folder))


def test_a_copy_finds_images_that_moved_together_with_the_project(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "one" / "p.segdesk", ["x"])
    image = tmp_path / "one" / "images" / "a.png"
    image.parent.mkdir()
    image.touch()
    project.samples.add([NewSample(ImageSource(image), 64, 48)])
    project.close()
    shutil.move(tmp_path / "one", tmp_path / "two")
    run(copy_project(tmp_path / "two" / "p.segdesk", tmp_path / "far" / "away" / "q.segdesk"))
    shutil.rmtree(tmp_path / "two" / "p.segdesk")
    (sample,) = Project(tmp_path / "far" / "away" / "q.segdesk").samples.all()
    assert sample.source.path == tmp_path / "two" / "images" / "a.png"


@pytest.mark.parametrize("after", [1, 2, 3, 4])
def test_a_copy_that_is_cut_off_leaves_nothing_by_its_name(tmp_path: Path, after: int) -> None:
    """Whenever it is cancelled: at once, before the first model, before the second, after it."""
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    for name in "ab":
        (project.versions.folder / name).write_bytes(b"weights")
    job = copy_project(project.folder, tmp_path / "q.segdesk")
    for _ in range(after):
        next(job)
    assert not (tmp_path / "q.segdesk").exists()
    job.close()
    assert [path.name for path in tmp_path.iterdir()] == ["p.segdesk"]


def test_a_copy_that_finds_no_room_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    (project.versions.folder / "a").write_bytes(b"weights")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("segdesk.core.project.copying.shutil.copy2", full)
    with pytest.raises(ProjectError, match="No space left on device"):
        run(copy_project(project.folder, tmp_path / "q.segdesk"))
    assert [path.name for path in tmp_path.iterdir()] == ["p.segdesk"]


def test_versions_count_up_and_one_is_in_use(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    assert project.versions.in_use() is None
    for number, accepted in enumerate([True, False, True], start=1):
        file = project.versions.next_file()
        if accepted:
            file.write_bytes(b"w")
        version = project.versions.record(result(accepted), file, None, Learned(tuple(range(number))))
        assert (version is not None) == accepted
    assert [v.number for v in project.versions.all()] == [1, 2]
    in_use = project.versions.in_use()
    assert in_use is not None
    assert in_use.number == 2
    project.versions.use(1)
    back = project.versions.in_use()
    assert back is not None
    assert back.number == 1
    with pytest.raises(ProjectError, match="no model version 9"):
        project.versions.use(9)
    rounds = project.versions.rounds()
    assert [r.version for r in rounds] == [1, None, 2]
    assert rounds[0].figures == {"loss": 0.2}
    assert rounds[0].curve == ((1.0, 0.5, None),)


def test_a_file_left_by_a_killed_round_is_never_overwritten(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    left = project.versions.next_file()
    left.write_bytes(b"left")
    assert project.versions.next_file() != left


def test_removing_a_sample_takes_its_mask_along_but_not_its_image(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(b"picture")
    project = Project.create(tmp_path / "p.segdesk", ["x"])
    add(project, "a.png", "b.png")
    first = project.samples.all()[0]
    document = Document(project, first)
    document.predict(np.ones((30, 40), np.uint8), None)
    project.samples.remove(first.id)
    assert [s.id for s in project.samples.all()] == [2]
    assert not project.masks.load(first).labels.any()
    with pytest.raises(ProjectError, match="no longer part"):
        project.samples.get(first.id)
    assert (tmp_path / "images" / "a.png").read_bytes() == b"picture"
