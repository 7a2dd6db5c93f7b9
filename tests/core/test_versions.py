"""Model versions are kept, named, thrown away and taken in; no number and no file is ever used twice."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from segdesk.core.errors import ModelError, ProjectError, SegdeskError
from segdesk.core.jobs import ModelFacts, TrainResult
from segdesk.core.project import Learned, ModelVersion, Origin, Project
from segdesk.core.project.model_files import check_classes, copy_out


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "p.segdesk", ["vessel"])


def learn(project: Project) -> ModelVersion:
    """A round that is accepted."""
    in_use = project.versions.in_use()
    file = project.versions.next_file()
    file.write_bytes(file.name.encode())
    result = TrainResult(True, 0.6, 0.7, "unet", {"seconds": 12.5}, ((1.0, 0.5, float("nan")),))
    learned = Learned((1, 2), confirmed=1, corrections=7, seconds=30.0)
    version = project.versions.record(result, file, in_use.number if in_use else None, learned)
    assert version is not None
    return version


def numbers(project: Project) -> list[int]:
    return [v.number for v in project.versions.all()]


def loose(tmp_path: Path, content: bytes = b"weights") -> Path:
    path = tmp_path / "from elsewhere.safetensors"
    path.write_bytes(content)
    return path


def test_a_version_says_what_its_round_was(project: Project) -> None:
    learn(project)
    version = learn(project)
    assert (version.parent, version.dice, version.seconds, version.network) == (1, 0.7, 12.5, "unet")
    assert version.curve == ((1.0, 0.5, None),)
    assert version.round is not None
    assert version.round.learned.samples == (1, 2)
    assert project.versions.all()[1] == version


def test_a_name_is_one_line_and_can_be_taken_away(project: Project) -> None:
    learn(project)
    project.versions.rename(1, "  the good\n one ")
    assert project.versions.get(1).name == "the good one"
    project.versions.rename(1, "")
    assert project.versions.get(1).name == ""
    with pytest.raises(ProjectError, match="no model version 5"):
        project.versions.rename(5, "x")


def test_the_one_in_use_is_never_deleted(project: Project) -> None:
    version = learn(project)
    with pytest.raises(ProjectError, match="in use"):
        project.versions.delete(version.number)
    assert version.file.exists()
    assert numbers(project) == [1]
    with pytest.raises(ProjectError, match="no model version 5"):
        project.versions.delete(5)


def test_deleting_takes_the_file_and_leaves_round_and_children(project: Project) -> None:
    first, second = learn(project), learn(project)
    project.versions.delete(first.number)
    assert not first.file.exists()
    assert second.file.exists()
    assert numbers(project) == [2]
    assert project.versions.get(2).parent == 1
    assert [r.version for r in project.versions.rounds()] == [1, 2]
    assert project.versions.in_use() == project.versions.get(2)


def test_a_version_whose_file_is_gone_already_can_be_deleted(project: Project) -> None:
    first, _ = learn(project), learn(project)
    first.file.unlink()
    project.versions.delete(first.number)
    assert numbers(project) == [2]


def test_a_crash_before_the_commit_leaves_version_and_file(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = learn(project), learn(project)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(project.versions, "_set", crash)
    with pytest.raises(KeyboardInterrupt):
        project.versions.delete(first.number)
    assert numbers(project) == [1, 2]
    assert first.file.exists()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs permissions that bind us")
def test_a_file_that_cannot_be_removed_does_not_bring_the_version_back(project: Project) -> None:
    first, _ = learn(project), learn(project)
    project.versions.folder.chmod(0o500)
    try:
        project.versions.delete(first.number)
    finally:
        project.versions.folder.chmod(0o700)
    assert numbers(project) == [2]


def test_numbers_and_files_are_never_used_again(project: Project, tmp_path: Path) -> None:
    learn(project)
    imported = project.versions.import_file(loose(tmp_path))
    assert imported.number == 2
    project.versions.delete(2)
    project.close()
    again = Project(project.folder)
    assert again.versions.import_file(loose(tmp_path)).number == 3
    fourth = learn(again)
    assert fourth.number == 4
    again.versions.use(1)
    again.versions.delete(4)
    fifth = learn(again)
    assert fifth.number == 5
    assert fifth.file != fourth.file


def test_importing_during_a_round_leaves_its_candidate_alone(project: Project, tmp_path: Path) -> None:
    learn(project)
    out = project.versions.next_file()  # a round begins
    imported = project.versions.import_file(loose(tmp_path), "old friend", "u2net-small")
    out.write_bytes(b"candidate")
    round_made = project.versions.record(TrainResult(True, None, 0.7, "unet", {}), out, 1, Learned((1,)))
    assert round_made is not None
    assert (imported.number, round_made.number) == (2, 3)
    assert imported.file.read_bytes() == b"weights"
    assert round_made.file.read_bytes() == b"candidate"


def test_an_import_is_described_and_not_in_use(project: Project, tmp_path: Path) -> None:
    source = loose(tmp_path)
    version = project.versions.import_file(source, " old\nfriend ", "u2net-small")
    assert version.name == "old friend"
    assert version.origin == Origin("u2net-small", source.name)
    assert (version.network, version.round, version.dice, version.curve) == ("u2net-small", None, None, ())
    assert version.file.parent == project.versions.folder
    assert source.read_bytes() == b"weights"
    assert project.versions.in_use() is None


def test_a_failed_import_leaves_nothing(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        project.versions.import_file(tmp_path / "nowhere.safetensors")
    project._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(ProjectError, match="cannot be saved"):
        project.versions.import_file(loose(tmp_path))
    assert list(project.versions.folder.iterdir()) == []


def test_exporting_copies_and_never_overwrites_a_version(project: Project, tmp_path: Path) -> None:
    first, second = learn(project), learn(project)
    target = tmp_path / "out" / "model.safetensors"
    copy_out(first.file, target)
    assert target.read_bytes() == first.file.read_bytes()
    with pytest.raises(ProjectError, match="own models"):
        copy_out(first.file, second.file)
    with pytest.raises(ProjectError, match="is a folder"):
        copy_out(first.file, tmp_path)
    first.file.unlink()
    with pytest.raises(SegdeskError, match="cannot be read"):
        copy_out(first.file, target)
    assert target.exists()


def test_a_model_of_more_classes_is_refused() -> None:
    facts = ModelFacts("unet", ("background", "a", "b"))
    check_classes("m.safetensors", facts, 3)
    with pytest.raises(ModelError, match="knows 2 classes, but the project has 1"):
        check_classes("m.safetensors", facts, 2)
