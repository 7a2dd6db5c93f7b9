"""The door to the window, in a process of its own, as a person would come through it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from segdesk.core.project import Project
from tests.gui.conftest import MakeImages

# Opens the paths given, fails in a slot as soon as an image is on screen, closes when the report is.
_PROGRAM = """
import sys
from pathlib import Path
from segdesk.gui import app
from segdesk.gui.window import MainWindow
from tests.gui.fake_engine import FakeEngine, better

engine = FakeEngine(better)
ready = MainWindow.get_ready

def get_ready(self):
    assert "torch" not in sys.modules and self.isVisible()
    ready(self)
    self.bench.picture_ready.connect(fail)

def fail(picture):
    raise RuntimeError("nobody expected this")

told = app.Reporter.tell
def tell(self, sentence, details):
    told(self, sentence, details)
    assert self._dialog.isVisible()
    self._dialog.close()
    self._window.close()

MainWindow.get_ready = get_ready
app.Reporter.tell = tell
sys.exit(app.main([Path(name) for name in sys.argv[1:]], lambda: engine))
"""


@pytest.mark.parametrize("kind", ["images", "folder"])
def test_an_error_that_nobody_expected_is_shown_and_logged_and_the_window_goes_on(
    kind: str, make_images: MakeImages, home: Path, tmp_path: Path
) -> None:
    images = make_images(2)
    paths = images if kind == "images" else [images[0].parent]
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM)
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, str(program), *map(str, paths)],
        env={
            **os.environ,
            "PYTHONPATH": str(root),
            "SEGDESK_HOME": str(home),
            "QT_QPA_PLATFORM": "offscreen",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    log = (home / "logs" / "segdesk.log").read_text(encoding="utf-8")
    assert "RuntimeError: nobody expected this" in log
    project = Project(home / "data" / "projects" / "Untitled 1.segdesk")
    assert len(project.samples.all()) == 2
    project.close()
