"""Killing the window and the command line at random moments, and looking at what is left.

Run as a program for a long run:  python -m tests.e2e.kills COUNT [SEED]
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from segdesk.core.document import Document
from segdesk.core.jobs import run
from segdesk.core.project import Project
from segdesk.core.project.health import examine
from segdesk.core.sample_person import correct_by_hand
from segdesk.core.sample_project import draw_pictures, make_sample_project
from segdesk.core.settings import SettingsFile

_ROOT = Path(__file__).resolve().parents[2]
_CLASSES = 9  # as many as have a key
_PATIENCE_S = 120.0  # for a program to begin, and for one that is never killed to end
_REAL_S = 30.0  # in which a window starts its engine, learns and predicts
_CHILD_S = 15.0  # in which the child of a killed program notices


@dataclass
class Work:
    """A project that is worked on, and what must be in it.

    strokes: class by (sample, x, y) of each one that was finished, and not begun to be painted over since.
    versions: numbers of those that a program told of, or that were there after a kill.
    begun: how many strokes were.
    """

    project: Path
    strokes: dict[tuple[int, int, int], int] = field(default_factory=dict)
    versions: set[int] = field(default_factory=set)
    begun: int = 0

    def note(self, line: str) -> str | None:
        """Take in what a window says; gives what it is at, where the line says so."""
        if not line.endswith("\n"):
            return None  # cut off by the kill
        what, *values = line.split()
        if what in ("begin", "done"):
            sample, x, y, index = map(int, values)
            if what == "done":
                self.strokes[sample, x, y] = index
            else:
                self.begun += 1
                self.strokes.pop((sample, x, y), None)
        elif what == "version":
            self.versions.add(int(values[0]))
        elif what == "at":
            return values[0]
        elif what == "error":
            raise AssertionError(line)
        return None

    def look(self) -> None:
        """Everything that was finished is there, and nothing is broken."""
        findings = run(examine(self.project))
        assert findings == [], findings
        project = Project(self.project)
        try:
            masks = {s.id: project.masks.load(s) for s in project.samples.all()}
            for (sample, x, y), index in self.strokes.items():
                place = (y, slice(x, x + 9))
                assert (masks[sample].labels[place] == index).all(), f"lost: {(sample, x, y, index)}"
                assert masks[sample].corrected[place].all(), f"not corrected: {(sample, x, y, index)}"
            there = {version.number for version in project.versions.all()}
        finally:
            project.close()
        assert self.versions <= there, f"lost: {self.versions - there} of the versions"
        self.versions = there


@dataclass
class Kills:
    """Two projects that programs work on which are killed, and a folder that they write to.

    In the one, windows have an engine that learns at once. In the other, windows and commands really learn.
    killed: how often which program was killed, at what.   count: all of them.
    """

    folder: Path
    seed: int = 0
    killed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._takes: dict[str, float] = {}  # seconds of each command, when there was most to do
        SettingsFile(self.folder / "home" / "config" / "settings.json").change(round_seconds=3)
        self.quick = Work(_begun(self.folder / "quick"))
        self.real = Work(_begun(self.folder / "real"))

    @property
    def count(self) -> int:
        return self.killed.total()

    def kill_window(self, *, real: bool = False) -> None:
        """Let the window work for a while, and kill it somewhere."""
        work = self.real if real else self.quick
        program = ["-m", "tests.e2e.work_until_killed", str(work.project)]
        program += [str(self._random.randrange(10**9)), str(work.begun), *(["--real"] if real else [])]
        lines = self._random.randrange(1, 120)
        end = self._random.random() * _REAL_S
        at = "painting"
        with self._start(program) as process:
            assert process.stdout is not None
            try:
                began = None
                for number, line in enumerate(process.stdout, start=1):
                    at = work.note(line) or at
                    began = began or time.monotonic()
                    if time.monotonic() - began > end if real else number >= lines:
                        break
                else:
                    raise AssertionError("the window ended by itself")
                time.sleep(self._random.random() * 0.02)  # anywhere within a stroke
            finally:
                process.kill()
            for line in process.stdout:
                at = work.note(line) or at
            self.killed[f"{'real ' * real}window {at}"] += 1
            self._look(process)

    def kill_command(self, name: str | None = None) -> None:
        """Let a command of the command line work for a while, and kill it somewhere.

        The first of its kind is let live, so that it is known how long it takes.
        """
        commands = self._commands()
        name = name or self._random.choice(list(commands))
        takes = self._takes.get(name)
        with self._start(["-m", "segdesk", *commands[name], "--json"]) as process:
            began = time.monotonic()
            try:
                said, _ = process.communicate(
                    timeout=_PATIENCE_S if takes is None else self._random.random() * takes
                )
            except subprocess.TimeoutExpired:
                process.kill()
                said, _ = process.communicate()
                self.killed[f"command {name}"] += 1
            else:
                assert process.returncode == 0, (name, process.returncode, said)
                self._takes[name] = max(takes or 0.0, time.monotonic() - began)
            with suppress(ValueError):  # what it said was cut off
                number = json.loads(said).get("version") if name == "train" else None
                self.real.versions |= {number} if number is not None else set()
            self._look(process)

    def _commands(self) -> dict[str, list[str]]:
        real, out = str(self.real.project), self.folder / "out"
        train = ["train", real, "--steps", "4", "--device", "cpu", "--network", "unet"]
        commands = {
            "train": train,
            "export": ["export", str(self.quick.project), "--format", "class-png", "--out", str(out / "a")],
            "export yolo": ["export", real, "--format", "yolo", "--out", str(out / "b")],
        }
        models = sorted((self.real.project / "models").glob("[!.]*.safetensors"))
        if models:
            images = str(self.folder / "real" / "images")
            commands["predict"] = ["predict", real, "--out", str(out / "c"), "--device", "cpu"]
            commands["predict folder"] = ["predict", str(models[0]), images, "--again", "--device", "cpu"]
            commands["predict folder"] += ["--out", str(out / "d"), "--overlays", str(out / "e")]
        return commands

    def _start(self, program: list[str]) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "SEGDESK_HOME": str(self.folder / "home"),
            "OMP_NUM_THREADS": "1",
        }
        return subprocess.Popen(
            [sys.executable, *program],
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        )

    def _look(self, process: subprocess.Popen[str]) -> None:
        """Look at once, while a child may still be at it, and again when there is none any more."""
        self._look_around()
        process.wait()
        end = time.monotonic() + _CHILD_S
        while _is_anyone_left(process.pid):
            assert time.monotonic() < end, "what a killed program had started lives on"
            threading.Event().wait(0.05)
        self._look_around()

    def _look_around(self) -> None:
        self.quick.look()
        self.real.look()
        for file in (self.folder / "out").rglob("[!.]*.png"):
            with Image.open(file) as picture:
                picture.load()  # it raises an error where the file is cut off
                assert np.asarray(picture).shape[:2] == (480, 640), file


def _is_anyone_left(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _begun(folder: Path) -> Path:
    """A project with one corrected image, and a class a key."""
    project = make_sample_project(folder)
    project.classes.add_all([f"class {number}" for number in range(2, _CLASSES + 1)])
    correct_by_hand(Document(project, project.samples.all()[0]), draw_pictures()[0].truth, 3)
    project.close()
    return project.folder


def main() -> int:
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as folder:
        kills = Kills(Path(folder), seed)
        turn = 0
        while kills.count < count:
            if turn % 3 == 2:
                kills.kill_command()
            else:
                kills.kill_window(real=turn % 9 == 4)
            turn += 1
            strokes = len(kills.quick.strokes), len(kills.real.strokes)
            versions = len(kills.quick.versions), len(kills.real.versions)
            sys.stdout.write(f"\r{kills.count} kills, {strokes} strokes, {versions} versions")
            sys.stdout.flush()
    sys.stdout.write("\n" + "".join(f"{n:5} {what}\n" for what, n in sorted(kills.killed.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
