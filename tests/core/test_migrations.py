"""A project that an earlier SegDesk made opens, with everything in it."""

from __future__ import annotations

import gzip
import sqlite3
import zlib
from pathlib import Path

import numpy as np
import pytest

from segdesk.core.document import Document
from segdesk.core.errors import ProjectError
from segdesk.core.jobs import run
from segdesk.core.patch import State
from segdesk.core.project import Project, schema
from segdesk.core.project.health import examine
from tests.core.damage import model_bytes

_OLD = Path(__file__).parent / "old_projects"


def make_old(folder: Path, version: int) -> None:
    """A project as the SegDesk of that schema version wrote it: two samples, a stroke, a model version."""
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "version-001.safetensors").write_bytes(model_bytes())
    database = sqlite3.connect(folder / "project.sqlite")
    database.execute("PRAGMA journal_mode = WAL")
    for migration in schema._MIGRATIONS[:version]:
        database.executescript(migration)
    labels = np.zeros((30, 40), np.uint8)
    labels[5:9, 5:20] = 1
    packed = zlib.compress(labels.tobytes(), 1)
    database.executescript(f"PRAGMA user_version = {version};")
    database.execute("INSERT INTO meta VALUES ('version_in_use', '1')")
    database.execute("INSERT INTO classes VALUES (0, 'background', '#000000'), (1, 'cell', '#ff0000')")
    database.execute(
        "INSERT INTO samples (path, relative, page, width, height, state, predicted_by) VALUES"
        " ('/images/a.png', '../images/a.png', 0, 40, 30, 'corrected', 1),"
        " ('/images/b.png', '../images/b.png', 0, 40, 30, 'new', NULL)"
    )
    database.execute("INSERT INTO tiles VALUES (1, 0, 0, 0, ?), (1, 1, 0, 0, ?)", (packed, packed))
    database.execute(
        "INSERT INTO patches VALUES (1, 1, 1, 'Brush', 5, 5, 15, 4, 'new', NULL, 'corrected', 1, 60)"
    )
    database.execute(
        "INSERT INTO patch_tiles (patch, y, x, labels, corrected) VALUES (1, 0, 0, ?, ?)", (packed, packed)
    )
    database.execute("INSERT INTO versions VALUES (1, 'version-001.safetensors', 'first', '2026-01-01')")
    database.execute(
        "INSERT INTO rounds (finished, version, parent, network, dice_before, dice_after, samples, figures,"
        " curve, note) VALUES ('2026-01-01', 1, NULL, 'unet', NULL, 0.5, 1, '{}', '[]', '')"
    )
    database.commit()
    database.close()


@pytest.mark.parametrize("version", range(1, schema.VERSION + 1))
@pytest.mark.parametrize("write", [True, False])
def test_every_earlier_project_opens(tmp_path: Path, version: int, write: bool) -> None:
    folder = tmp_path / "old.segdesk"
    make_old(folder, version)
    before = (folder / "project.sqlite").read_bytes()
    project = Project(folder, write=write)
    first, second = project.samples.all()
    assert (first.state, second.state) == (State.CORRECTED, State.NEW)
    assert (first.seconds, first.corrections, first.first_version) == (0.0, 0, None)
    assert [c.name for c in project.classes.all()] == ["background", "cell"]
    in_use = project.versions.in_use()
    assert in_use is not None
    assert (in_use.number, in_use.name, in_use.dice) == (1, "first", 0.5)
    assert project.scores.all() == {}
    assert project.masks.load(first).labels.sum() == 60
    if write:
        document = Document(project, first)
        document.undo()
        assert document.status.state is State.NEW
        assert not document.mask.labels.any()
        document.redo()
        document.confirm()
    else:
        assert (folder / "project.sqlite").read_bytes() == before
    project.close()
    assert run(examine(folder, images=False)) == []
    kept = list((folder / "backups").glob("*.sqlite")) if (folder / "backups").exists() else []
    assert len(kept) == (1 if write and version < schema.VERSION else 0)
    for file in kept:
        old = sqlite3.connect(file)
        assert old.execute("PRAGMA user_version").fetchone() == (version,)
        old.close()


def test_a_migration_that_is_cut_off_leaves_the_old_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "old.segdesk"
    make_old(folder, 1)
    broken = (*schema._MIGRATIONS[:1], "CREATE TABLE half (a); CREATE TABLE half (a);")
    monkeypatch.setattr(schema, "_MIGRATIONS", broken)
    monkeypatch.setattr(schema, "VERSION", 2)
    with pytest.raises(ProjectError):
        Project(folder)
    monkeypatch.undo()
    project = Project(folder)
    assert len(project.samples.all()) == 2
    project.close()


@pytest.mark.parametrize("file", sorted(_OLD.iterdir()), ids=lambda file: file.name.split(".")[0])
@pytest.mark.parametrize("write", [True, False])
def test_what_earlier_versions_really_wrote(tmp_path: Path, file: Path, write: bool) -> None:
    """Each database holds two strokes on the first image, and the second one predicted and confirmed."""
    folder = tmp_path / "old.segdesk"
    folder.mkdir()
    (folder / "project.sqlite").write_bytes(gzip.decompress(file.read_bytes()))
    project = Project(folder, write=write)
    first, second = project.samples.all()
    assert (first.state, second.state) == (State.CORRECTED, State.CONFIRMED)
    document = Document(project, first)
    labels = np.zeros((30, 40), np.uint8)
    labels[5:9, 5:20] = 1
    corrected = [(labels > 0).sum()]
    labels[15:20, 20:25] = 2
    assert np.array_equal(document.mask.labels, labels)
    corrected.append((labels > 0).sum())
    assert (project.masks.load(second).labels == 1).all()
    if write:
        for count in (corrected[0], 0):
            document.undo()
            assert document.mask.corrected.sum() == count
        document.redo()
        document.redo()
        assert np.array_equal(document.mask.labels, labels)
    project.close()
    assert run(examine(folder, images=False)) == []
