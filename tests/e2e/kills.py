"""Killing the window and the command line at random moments, and looking at what is left.

Run as a program for a long run:  python -m tests.e2e.kills COUNT [SEED]
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from segdesk.core.document import Document
from segdesk.core.jobs import run
from segdesk.core.project import Project
from segdesk.core.project.health import examine
from segdesk.core.sample_person import correct_by_hand
from segdesk.core.sample_project import draw_pictures, make_sample_project

_ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Kills:
    """A project that is worked on by processes that are killed, and what must be in it.

    strokes: (sample, x, y) of each one that was finished.   versions: numbers of those that were told of.
    learned: numbers of the versions in a second project, in which the command line learns and no window is.
    """

    folder: Path
    seed: int = 0
    strokes: set[tuple[int, int, int]] = field(default_factory=set)
    versions: set[int] = field(default_factory=set)
    learned: set[int] = field(default_factory=set)
    count: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self.project = _begun(self.folder)
        self.taught = _begun(self.folder / "taught")

    def kill_window(self) -> None:
        """Let the window work for a while, and kill it somewhere."""
        program = ["-m", "tests.e2e.work_until_killed", str(self.project)]
        program.append(str(self._random.randrange(10**9)))
        program.append(str(len(self.strokes)))
        lines = self._random.randrange(1, 120)
        with self._start(program) as process:
            assert process.stdout is not None
            try:
                for number, line in enumerate(process.stdout, start=1):
                    self._note(line)
                    if number >= lines:
                        break
                else:
                    raise AssertionError("the window ended by itself")
                time.sleep(self._random.random() * 0.02)  # anywhere within a stroke
            finally:
                process.kill()
            for line in process.stdout:
                self._note(line)
        self._look()

    def kill_command(self) -> None:
        """Let a command of the command line work for a while, and kill it somewhere."""
        command = self._random.choice(
            [
                ["train", str(self.taught), "--steps", "4", "--device", "cpu", "--network", "unet"],
                ["export", str(self.project), "--format", "class-png", "--out", str(self.folder / "out")],
                ["models", str(self.project)],
            ]
        )
        with self._start(["-m", "segdesk", *command]) as process:
            try:
                process.wait(self._random.random() * (12.0 if command[0] == "train" else 1.5))
            except subprocess.TimeoutExpired:
                process.kill()
        self._look()

    def _start(self, program: list[str]) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "SEGDESK_HOME": str(self.folder / "home"),
            "OMP_NUM_THREADS": "1",
        }
        return subprocess.Popen(
            [sys.executable, *program], cwd=_ROOT, stdout=subprocess.PIPE, text=True, env=environment
        )

    def _note(self, line: str) -> None:
        if not line.endswith("\n"):
            return  # cut off by the kill
        what, *values = line.split()
        if what == "done":
            sample, x, y = map(int, values)
            self.strokes.add((sample, x, y))
        elif what == "version":
            self.versions.add(int(values[0]))
        elif what == "error":
            raise AssertionError(line)

    def _look(self) -> None:
        """Everything that was finished is there, nothing is broken, and no file is half done."""
        self.count += 1
        findings = run(examine(self.project))
        assert findings == [], findings
        project = Project(self.project)
        try:
            masks = {s.id: project.masks.load(s) for s in project.samples.all()}
            for sample, x, y in self.strokes:
                assert masks[sample].labels[y, x : x + 9].all(), (sample, x, y)
                assert masks[sample].corrected[y, x : x + 9].all(), (sample, x, y)
            there = {version.number for version in project.versions.all()}
            assert self.versions <= there, (self.versions, there)
        finally:
            project.close()
        assert run(examine(self.taught)) == []
        project = Project(self.taught)
        numbers = {version.number for version in project.versions.all()}
        project.close()
        assert self.learned <= numbers, (self.learned, numbers)
        self.learned = numbers
        for file in (self.folder / "out").rglob("[!.]*.png"):
            picture = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
            assert picture is not None, f"{file} is half done"


def _begun(folder: Path) -> Path:
    """A project with one corrected image."""
    project = make_sample_project(folder)
    correct_by_hand(Document(project, project.samples.all()[0]), draw_pictures()[0].truth, 3)
    project.close()
    return project.folder


def main() -> int:
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as folder:
        kills = Kills(Path(folder), seed)
        while kills.count < count:
            if kills.count % 5 == 4:
                kills.kill_command()
            else:
                kills.kill_window()
            sys.stdout.write(
                f"\r{kills.count} kills, {len(kills.strokes)} strokes,"
                f" {len(kills.versions)} and {len(kills.learned)} versions"
            )
            sys.stdout.flush()
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
