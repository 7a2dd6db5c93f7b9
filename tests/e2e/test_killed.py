"""Killed in the middle of painting or of learning, the project opens again with every finished stroke."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.core.sample_project import make_sample_project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL"),
]

_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("arguments", "strokes"), [([], 7), ([], 40), (["--train"], 12)])
def test_every_finished_stroke_is_there(tmp_path: Path, arguments: list[str], strokes: int) -> None:
    project = make_sample_project(tmp_path)
    project.close()
    finished: list[tuple[int, int]] = []
    program = [sys.executable, "-m", "tests.e2e.paint_until_killed", str(project.folder), *arguments]
    with subprocess.Popen(
        program, cwd=_ROOT, stdout=subprocess.PIPE, text=True, env=_environment()
    ) as painter:
        assert painter.stdout is not None
        for line in painter.stdout:
            if line.strip() != "learning":
                column, row = line.split()
                finished.append((int(column), int(row)))
            if len(finished) == strokes:
                break
        painter.kill()
    assert len(finished) == strokes
    again = Project(project.folder)
    first = again.samples.all()[0]
    mask = again.masks.load(first)
    assert first.state is State.CORRECTED
    for x, y in finished:
        assert (mask.labels[y, x : x + 9] == 1).all()
        assert (mask.corrected[y, x : x + 9] == 1).all()
    assert again.versions.all() == []
    again.close()


def _environment() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
