"""The real program on a real X server, with a mouse from outside of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.core.sample_project import make_sample_project

pytestmark = [
    pytest.mark.x11,
    pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X server (DISPLAY)"),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="needs xdotool"),
]

_ROOT = Path(__file__).resolve().parents[2]
_TIMEOUT = 60


def xdotool(*words: object) -> str:
    command = ["xdotool", *(str(word) for word in words)]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=_TIMEOUT
    ).stdout.strip()


def test_painting_with_a_mouse_and_closing_from_the_terminal(tmp_path: Path) -> None:
    project = make_sample_project(tmp_path)
    project.close()
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
    program = [sys.executable, "-m", "segdesk", str(project.folder)]
    with subprocess.Popen(program, cwd=_ROOT, env=environment) as segdesk:
        try:
            found = xdotool("search", "--sync", "--onlyvisible", "--name", "Sample cells").splitlines()
            window = found[0]
            xdotool("windowsize", "--sync", window, 1280, 800)
            # The middle of the window is the middle of the image. The picture comes from a thread, so the
            # stroke is tried until it is there.
            for _ in range(_TIMEOUT):
                xdotool("mousemove", "--window", window, 600, 380, "mousedown", 1)
                xdotool(
                    "mousemove_relative",
                    "--sync",
                    30,
                    0,
                    "mousemove_relative",
                    "--sync",
                    30,
                    10,
                    "mouseup",
                    1,
                )
                if _painted(project.folder):
                    break
            segdesk.send_signal(signal.SIGINT)  # as Ctrl+C on its terminal does: it closes in order
            assert segdesk.wait(_TIMEOUT) == 0
        finally:
            segdesk.kill()
    assert _painted(project.folder) > 50
    again = Project(project.folder)
    assert again.samples.all()[0].state is State.CORRECTED
    again.close()


def _painted(folder: Path) -> int:
    project = Project(folder)
    count = int(np.count_nonzero(project.masks.load(project.samples.all()[0]).corrected))
    project.close()
    return count
