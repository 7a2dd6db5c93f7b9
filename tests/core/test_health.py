"""A damaged project says so, is repaired as far as it can be, and gives out what can be read."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.document import Document
from segdesk.core.errors import ProjectError, SegdeskError
from segdesk.core.jobs import run
from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.core.project.backups import back_up, backups, is_due
from segdesk.core.project.health import Kind, examine, model_digest
from segdesk.core.project.repair import repair, rescue
from tests.core.damage import make_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = make_project(tmp_path)
    made.close()
    return made


def change(project: Project, statement: str, *values: object) -> None:
    database = sqlite3.connect(project.folder / "project.sqlite")
    database.execute(statement, values)
    database.commit()
    database.close()


def kinds(project: Project) -> set[Kind]:
    return {finding.kind for finding in run(examine(project.folder))}


def masks(project: Project) -> list[np.ndarray[tuple[int, int], np.dtype[np.uint8]]]:
    opened = Project(project.folder, write=False)
    found = [opened.masks.load(sample).labels for sample in opened.samples.all()]
    opened.close()
    return found


def test_a_whole_project_is_whole(project: Project) -> None:
    assert run(examine(project.folder)) == []


def test_a_damaged_part_of_a_mask(project: Project, tmp_path: Path) -> None:
    before = masks(project)
    change(project, "UPDATE tiles SET data = zeroblob(90) WHERE sample = 2 AND plane = 0 AND y = 0 AND x = 1")
    opened = Project(project.folder)
    with pytest.raises(ProjectError, match=r"mask of img1\.png is damaged; .*--repair"):
        opened.masks.load(opened.samples.all()[1])
    opened.close()
    assert kinds(project) == {Kind.MASK}

    rescued = run(rescue(project.folder, tmp_path / "out"))
    assert rescued.masks == 3
    assert rescued.models == 1
    out = np.asarray(Image.open(tmp_path / "out" / "masks" / "img1.png"))
    assert not out[:256, 256:512].any()
    assert (out[256:] == before[1][256:]).all()
    assert (np.asarray(Image.open(tmp_path / "out" / "masks" / "img0.png")) == before[0]).all()
    assert kinds(project) == {Kind.MASK}, "a rescue leaves the project alone"

    said = run(repair(project.folder))
    assert any("1 parts of the mask of img1.png are lost" in sentence for sentence in said)
    assert kinds(project) == set()
    after = masks(project)
    assert (after[0] == before[0]).all()
    assert (after[1] == out).all()
    again = Project(project.folder)
    assert Document(again, again.samples.all()[0]).history.undo == "Brush", "whole histories stay"
    assert Document(again, again.samples.all()[1]).history.undo is None, "one with a hole goes"
    again.close()


def test_a_damaged_step_of_the_history(project: Project) -> None:
    before = masks(project)
    change(project, "UPDATE patch_tiles SET labels = x'00' WHERE patch = 3")
    opened = Project(project.folder)
    document = Document(opened, opened.samples.all()[0])
    with pytest.raises(ProjectError, match="step of the history is damaged"):
        document.undo()
    assert (document.mask.labels == before[0]).all()
    opened.close()
    assert kinds(project) == {Kind.HISTORY}
    run(repair(project.folder))
    assert kinds(project) == set()
    assert all((a == b).all() for a, b in zip(masks(project), before, strict=True))


@pytest.mark.parametrize("place", [0.25, 0.5, 0.75])
def test_pages_of_the_database_overwritten(project: Project, tmp_path: Path, place: float) -> None:
    file = project.folder / "project.sqlite"
    size = file.stat().st_size
    with file.open("r+b") as database:
        database.seek(int(size * place) // 4096 * 4096)
        database.write(b"\xa5" * 4096 * 3)
    assert Kind.DATABASE in kinds(project)
    rescued = run(rescue(project.folder, tmp_path / "out"))
    assert rescued.losses
    said = run(repair(project.folder))
    assert said
    assert kinds(project) == set()
    opened = Project(project.folder)
    assert 1 <= len(opened.samples.all()) <= 3
    opened.close()


def test_a_database_cut_short_or_gone_comes_back_from_its_backup(project: Project) -> None:
    before = masks(project)
    copy = run(back_up(project.folder, 3))
    assert copy is not None
    file = project.folder / "project.sqlite"
    file.write_bytes(b"\x00" * 10_000)
    with pytest.raises(ProjectError, match=r"cannot be opened.*doctor"):
        Project(project.folder)
    said = run(repair(project.folder))
    assert any(copy.name in sentence for sentence in said)
    assert all((a == b).all() for a, b in zip(masks(project), before, strict=True))


def test_nothing_left_to_repair_from(project: Project) -> None:
    file = project.folder / "project.sqlite"
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(ProjectError, match="no whole backup"):
        run(repair(project.folder))
    assert file.read_bytes() == b"no database" * 1000


def test_a_lost_model_is_told_and_taken_out(project: Project) -> None:
    opened = Project(project.folder)
    version = opened.versions.in_use()
    assert version is not None
    digest = model_digest(version.file)
    assert digest is not None
    opened.versions.note_digests({version.number: digest})
    opened.close()
    whole = version.file.read_bytes()
    for broken in (whole[:-1], whole[:-1] + b"\x01", b"", b"\xff" * 100):
        version.file.write_bytes(broken)
        assert kinds(project) == {Kind.MODEL}
    said = run(repair(project.folder))
    assert any("Version 1 is taken out" in sentence for sentence in said)
    opened = Project(project.folder)
    assert opened.versions.in_use() is None
    assert opened.versions.next_file().name == "version-002.safetensors", "no number is given twice"
    opened.close()


def test_backups_are_dated_and_limited(project: Project) -> None:
    start = datetime(2026, 3, 1, 12)
    assert is_due(project.folder, start)
    for day in range(5):
        run(back_up(project.folder, 3, start + timedelta(days=day)))
        assert not is_due(project.folder, start + timedelta(days=day))
    assert [path.name for path in backups(project.folder)] == [
        "project-2026-03-05-120000.sqlite",
        "project-2026-03-04-120000.sqlite",
        "project-2026-03-03-120000.sqlite",
    ]
    assert run(back_up(project.folder, 0)) is None
    assert len(backups(project.folder)) == 3


def test_a_backup_is_made_while_somebody_works(project: Project) -> None:
    opened = Project(project.folder)
    job = back_up(project.folder, 3)
    next(job)
    document = Document(opened, opened.samples.all()[0])
    document.confirm()
    copy = run(job)
    assert copy is not None
    opened.close()
    shutil.copyfile(copy, project.folder / "project.sqlite")
    opened = Project(project.folder)
    assert opened.samples.all()[0].state is State.CONFIRMED
    opened.close()


def test_a_backup_that_has_no_room_leaves_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("segdesk.core.project.backups.copy_database", full)
    with pytest.raises(SegdeskError, match="could not be backed up"):
        run(back_up(project.folder, 3))
    assert backups(project.folder) == []
