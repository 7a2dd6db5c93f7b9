"""One process at a time works on a project; the others know who it is, and may look."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from segdesk.core.document import Document
from segdesk.core.errors import ProjectError
from segdesk.core.project import Project
from segdesk.core.project.claim import LOCK, is_free
from tests.core.damage import make_project

_HOLD = """
import sys
from pathlib import Path
from segdesk.core.project import Project
project = Project(Path(sys.argv[1]))
print("have it", flush=True)
sys.stdin.readline()
project.close()
print("closed", flush=True)
sys.stdin.readline()
"""


@contextmanager
def another_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the project, until it is sent a line or killed."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(folder)], **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "have it\n"
        yield process
        process.kill()


def test_the_second_one_may_look_and_is_told_who_has_it(tmp_path: Path) -> None:
    made = make_project(tmp_path)
    made.close()
    folder = made.folder
    with another_process(folder) as other:
        project = Project(folder)
        assert project.claim is not None
        assert project.claim.holder is not None
        assert project.claim.holder.pid == other.pid
        assert [s.corrections for s in project.samples.all()] == [3, 3, 3]
        document = Document(project, project.samples.all()[0])
        before = document.mask.copy()
        with pytest.raises(ProjectError, match=f"open in another SegDesk .*{other.pid}.*close it there"):
            document.confirm()
        assert (document.mask.corrected == before.corrected).all(), "what could not be saved did not happen"
        with pytest.raises(ProjectError, match="open in another SegDesk"):
            project.check_writable()
        assert not is_free(folder)
        project.close()
        assert other.stdin is not None and other.stdout is not None
        other.stdin.write("\n")
        other.stdin.flush()
        assert other.stdout.readline() == "closed\n"
        after = Project(folder)
        after.check_writable()
        assert not after.was_cut_off
        after.close()


def test_a_killed_one_holds_nothing_and_leaves_word(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    project.close()
    with another_process(project.folder) as other:
        other.kill()
        other.wait()
    assert is_free(project.folder)
    again = Project(project.folder)
    assert again.was_cut_off
    again.classes.add("three")
    again.close()
    assert not Project(project.folder).was_cut_off


def test_all_connections_of_a_process_share_its_claim(tmp_path: Path) -> None:
    first = make_project(tmp_path)
    second = Project(first.folder)
    second.classes.add("three")
    second.close()
    first.classes.add("four")
    first.close()
    with another_process(first.folder):
        pass


def test_looking_takes_nothing_from_others_and_changes_nothing(tmp_path: Path) -> None:
    made = make_project(tmp_path)
    made.close()
    looking = Project(made.folder, write=False)
    with another_process(made.folder):
        assert len(looking.samples.all()) == 3
    with pytest.raises(ProjectError, match="looked at only"):
        looking.classes.add("three")


def test_a_record_of_another_computer_is_believed_until_somebody_takes_over(tmp_path: Path) -> None:
    made = make_project(tmp_path)
    made.close()
    record = {"user": "anna", "host": "elsewhere", "pid": 5, "since": "2026-01-02T03:04:05+00:00"}
    (made.folder / LOCK).write_text(json.dumps(record))
    project = Project(made.folder)
    with pytest.raises(ProjectError, match="anna on elsewhere"):
        project.classes.add("three")
    project.close()
    project = Project(made.folder, by_force=True)
    project.classes.add("three")
    project.close()


@pytest.mark.parametrize("record", [b"\xff\xfe", b"[1]", b'{"user": 1}', b"[" * 4000, b"x" * 100_000])
def test_a_record_that_nobody_understands(tmp_path: Path, record: bytes) -> None:
    made = make_project(tmp_path)
    made.close()
    (made.folder / LOCK).write_bytes(record)
    project = Project(made.folder)
    assert project.was_cut_off
    project.close()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a user who cannot write all")
def test_a_read_only_folder_can_be_looked_at(tmp_path: Path) -> None:
    _look_at_read_only(tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where the rights mean nothing, as for the user root."""
    real_access, real_open = os.access, os.open

    def may_not(path: str | Path, mode: int, **more: object) -> bool:
        return not mode & os.W_OK and real_access(path, mode)

    def cannot(path: str | Path, flags: int, *more: int, **others: int) -> int:
        if str(path).endswith(LOCK):
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(path, flags, *more, **others)

    made = make_project(tmp_path)
    made.close()
    monkeypatch.setattr(os, "access", may_not)
    monkeypatch.setattr(os, "open", cannot)
    _look(made.folder, tmp_path / "copy.segdesk")


def _look_at_read_only(tmp_path: Path) -> None:
    made = make_project(tmp_path)
    made.close()
    made.folder.chmod(0o555)
    try:
        _look(made.folder, tmp_path / "copy.segdesk")
    finally:
        made.folder.chmod(0o755)


def _look(folder: Path, elsewhere: Path) -> None:
    files = sorted(path.name for path in folder.iterdir())
    project = Project(folder)
    assert len(project.samples.all()) == 3
    assert project.masks.load(project.samples.all()[0]).corrected.any()
    with pytest.raises(ProjectError, match="read-only; save the project elsewhere"):
        project.classes.add("three")
    project.close()
    assert sorted(path.name for path in folder.iterdir()) == files
