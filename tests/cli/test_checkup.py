"""doctor PROJECT and relink: what is wrong with a project, and what becomes of it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from segdesk.cli.main import main
from segdesk.core.project import Project
from tests.core.damage import make_project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project = make_project(tmp_path)
    project.close()
    return project.folder


def test_doctor_looks_repairs_and_rescues(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", str(folder)]) == 0
    assert "Everything is whole." in capsys.readouterr().out
    database = sqlite3.connect(folder / "project.sqlite")
    database.execute("UPDATE tiles SET data = x'00' WHERE sample = 1 AND x = 0")
    database.commit()
    database.close()
    assert main(["doctor", "--json", str(folder)]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["kind"] == "mask"
    assert main(["doctor", str(folder), "--rescue", str(tmp_path / "out")]) == 1
    assert len(list((tmp_path / "out" / "masks").iterdir())) == 3
    assert main(["doctor", str(folder), "--repair"]) == 0
    assert "are lost" in capsys.readouterr().out


def test_doctor_on_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(tmp_path)]) == 1
    assert main(["doctor", "--repair"]) == 1
    assert "Name the project" in capsys.readouterr().err


def test_relink(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.move(tmp_path / "images", tmp_path / "moved")
    (tmp_path / "moved" / "img2.png").unlink()
    assert main(["relink", str(folder), str(tmp_path / "moved")]) == 1
    out = capsys.readouterr().out
    assert "2 images found again. 1 are still missing" in out
    project = Project(folder, write=False)
    assert [s.source.path.exists() for s in project.samples.all()] == [True, True, False]
    project.close()


def test_a_command_that_writes_is_refused_while_another_process_has_the_project(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hold = "import sys; from pathlib import Path; from segdesk.core.project import Project;"
    hold += "p = Project(Path(sys.argv[1])); print('x', flush=True); sys.stdin.readline()"
    program = [sys.executable, "-c", hold, str(folder)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        for refused in (["train", str(folder)], ["doctor", str(folder), "--take-over"]):
            main(refused)
        assert main(["train", str(folder)]) == 1
        assert "open in another SegDesk" in capsys.readouterr().err
        assert main(["info", str(folder)]) == 0
        assert main(["models", str(folder)]) == 0
        assert main(["export", str(folder), "--format", "class-png", "--out", str(tmp_path / "out")]) == 0
        other.kill()
