"""Ctrl+C ends a round cleanly: one sentence, and nothing half done."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from segdesk.core.document import Document
from segdesk.core.project import Project
from segdesk.core.sample_person import correct_by_hand
from segdesk.core.sample_project import draw_pictures, make_sample_project


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_an_interrupted_round_leaves_the_project_as_it_was(tmp_path: Path) -> None:
    project = make_sample_project(tmp_path)
    correct_by_hand(Document(project, project.samples.all()[0]), draw_pictures()[0].truth, 6)
    project.close()
    # Where the tests run in the background of a shell, they and their children would not hear of it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "segdesk", "train", str(project.folder), "--steps", "1000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as training:
        assert training.stderr is not None and training.stdout is not None
        training.stderr.readline()  # the first sign of progress
        training.send_signal(signal.SIGINT)
        said = training.stderr.read()
        assert training.wait(60) == 1
        assert training.stdout.read() == ""
    assert said.strip().splitlines()[-1] == "Stopped; what was finished is kept."
    assert "Traceback" not in said
    again = Project(project.folder)
    assert again.versions.all() == []
    assert list(again.versions.folder.iterdir()) == []
    again.close()
