"""How smooth the window stays while the engine loads, learns and predicts.

    python -m tests.benchmarks.window [--seconds 20] [--images DIR]

A timer that is due every few milliseconds stands for whatever the person does: how late it comes is how
long the window stood still. The same is measured in an idle window first, as the reference of this machine.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer, SignalInstance

from segdesk.core.document import Document
from segdesk.core.intake import find_images
from segdesk.core.project import Project
from segdesk.core.sample_person import correct_by_hand
from segdesk.core.sample_project import draw_pictures, make_sample_project

_EVERY_MS = 4


class Metronome:
    """Notes how much later than due each tick of a timer comes, in milliseconds."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def during(self, end: SignalInstance, begin: Callable[[], object] = lambda: None) -> None:
        """Call `begin`, and let the event loop run until `end` is emitted."""
        self.late.clear()
        loop = QEventLoop()
        end.connect(loop.quit)
        QTimer.singleShot(0, begin)
        self._clock.start()
        self._timer.start(_EVERY_MS)
        loop.exec()
        self._timer.stop()

    def _tick(self) -> None:
        self.late.append(max(0.0, self._clock.nsecsElapsed() / 1e6 - _EVERY_MS))
        self._clock.start()

    def row(self, name: str) -> str:
        """Median, 99th percentile and worst of what was noted."""
        late = np.array(self.late)
        return f"{name:28}{np.median(late):9.1f}{np.percentile(late, 99):9.1f}{late.max():9.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="length of the round")
    parser.add_argument("--images", type=Path, help="a folder of images; the sample project by default")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["SEGDESK_HOME"] = home
        began = time.monotonic()
        from segdesk.core.settings import SettingsFile
        from segdesk.gui.app import application
        from segdesk.gui.theme import Theme
        from segdesk.gui.window import MainWindow

        app = application()
        settings = SettingsFile()
        settings.change(round_seconds=options.seconds)
        window = MainWindow(settings, Theme("light"))
        window.resize(1440, 900)
        window.show()
        app.processEvents()
        sys.stdout.write(f"shown after {time.monotonic() - began:.2f} s of work\n")
        project = _project(Path(home), options.images)
        window.bench.open_project(project)
        metronome = Metronome()
        rows = [f"{'milliseconds late':28}{'median':>9}{'99 %':>9}{'worst':>9}"]
        pause = QTimer(singleShot=True, interval=3000)
        metronome.during(pause.timeout, pause.start)
        rows.append(metronome.row("idle"))
        metronome.during(window.learning.met, window.get_ready)
        rows.append(metronome.row("loading the engine"))
        metronome.during(window.learning.outcome, window.learning.retrain)
        rows.append(metronome.row("learning"))
        metronome.during(window.worker.idle)
        rows.append(metronome.row("predicting all images"))
        sys.stdout.write("\n".join(rows) + "\n")
        window.close()
    return 0


def _project(home: Path, images: Path | None) -> Path:
    """A project whose first image has some corrections; of another folder's images, made-up ones."""
    if images is None:
        project = make_sample_project(home / "project")
        truth = draw_pictures()[0].truth
    else:
        project = Project.create(home / "p.segdesk", ["thing"])
        first = project.samples.add(find_images([images]).samples)[0]
        truth = np.zeros((first.height, first.width), np.uint8)
        truth[first.height // 3 : first.height // 2, first.width // 3 : first.width // 2] = 1
    correct_by_hand(Document(project, project.samples.all()[0]), truth, 20)
    project.close()
    return project.folder


if __name__ == "__main__":
    sys.exit(main())
