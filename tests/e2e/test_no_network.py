"""Nothing is sent to anybody unless a person asks for it: sockets are watched while everything is done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.person import draw_images

_ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow

# Each process, the engine's child as well, imports this when it starts.
_WATCH = """
import os, socket, sys

def watch(event, arguments):
    if not event.startswith("socket."):
        return
    here = event == "socket.connect" and not isinstance(arguments[1], tuple)  # a socket of this computer
    outward = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname")
    if event in outward and not here:
        with open(os.environ["SEEN_SOCKETS"], "a") as file:
            file.write(f"{event} {arguments[-1] if event == 'socket.connect' else arguments[0]!r}\\n")
        raise OSError(101, "Network is unreachable")

sys.addaudithook(watch)
"""

# What the command line does, in one process.
_LOOP = """
from pathlib import Path
from segdesk.cli.main import main
from segdesk.core.document import Document
from segdesk.core.sample_person import correct_by_hand
from segdesk.core.sample_project import draw_pictures, make_sample_project

project = make_sample_project(Path("work"))
correct_by_hand(Document(project, project.samples.all()[0]), draw_pictures()[0].truth, 3)
name = str(project.folder)
project.close()
assert main(["train", name, "--steps", "2", "--device", "cpu"]) == 0
for command in (
    ["predict", name, "--out", "masks", "--device", "cpu"],
    ["export", name, "--format", "coco", "--out", "coco"],
    ["measure", name, "--out", "table.csv"],
    ["doctor"],
    ["doctor", name],
    ["models", "get"],
    ["models", name],
):
    assert main(command) == 0, command
"""

# Opens the images given in the real window, meets the real engine, and closes.
_WINDOW = """
import sys
from pathlib import Path
from segdesk.gui import app
from segdesk.gui.window import MainWindow

ready = MainWindow.get_ready

def get_ready(self):
    ready(self)
    self.learning.met.connect(lambda facts: (print(len(facts.networks), "networks"), self.close()))

if __name__ == "__main__":  # the engine's process imports this, too
    MainWindow.get_ready = get_ready
    sys.exit(app.main([Path(name) for name in sys.argv[1:]]))
"""


def test_the_loop_and_the_window(tmp_path: Path) -> None:
    draw_images(tmp_path / "images", 2)
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(_WATCH)
    (tmp_path / "window.py").write_text(_WINDOW)
    (tmp_path / "loop.py").write_text(_LOOP)
    seen = tmp_path / "seen"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "watch"), str(_ROOT)]),
        "SEGDESK_HOME": str(tmp_path / "home"),
        "SEEN_SOCKETS": str(seen),
        "QT_QPA_PLATFORM": "offscreen",
        "OMP_NUM_THREADS": "1",
    }

    def run(*command: object) -> str:
        done = subprocess.run(
            [sys.executable, *map(str, command)],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.stdout + done.stderr

    assert "Traceback" not in run("loop.py")
    said = run("window.py", *sorted((tmp_path / "images").glob("*.png")))
    assert "networks" in said, said
    assert not seen.exists(), seen.read_text()

    # And the watch is awake: what is asked for is looked for.
    assert "Traceback" not in run("-m", "segdesk", "models", "get", "u2net")
    assert "getaddrinfo" in seen.read_text()
