"""Run as a program: work in the real window at random, and say before and after each stroke where it is.

python -m tests.e2e.work_until_killed PROJECT SEED FIRST [--real]

Each stroke has a place and class of its own, so that none can hide that another is lost. With --real the
engine is the one that learns, in a process of its own, and strokes come as slowly as a person's.
"""

from __future__ import annotations

import faulthandler
import random
import sys
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from segdesk.core.errors import SegdeskError
from segdesk.core.files import write_bytes
from segdesk.core.jobs import Job, TrainRequest, TrainResult
from segdesk.core.settings import SettingsFile
from segdesk.gui.app import application
from segdesk.gui.exporting import start_export
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from segdesk.gui.worker import load_engine
from tests.core.damage import model_bytes
from tests.e2e.person import Person
from tests.gui.fake_engine import FakeEngine, better

_EVERY_MS = 5
_SLOWLY_MS = 60
_ACROSS, _DOWN = 30, 35  # places of strokes


class Engine(FakeEngine):
    """Learns at once, and writes a file that is built like a model's, as the real one does."""

    def train(self, request: TrainRequest) -> Job[TrainResult]:
        result = yield from super().train(request)
        write_bytes(request.out, model_bytes())
        return result


class Worker(QObject):
    """Paints most of the time, and now and then does something else."""

    def __init__(self, window: MainWindow, seed: int, first: int, every_ms: int) -> None:
        super().__init__(window)
        self._window = window
        self._random = random.Random(seed)
        self._person = Person(window)
        self._number = first
        self._every_ms = every_ms
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._act)
        window.bench.picture_ready.connect(self._begin)
        window.bench.versions_changed.connect(self._on_versions)
        for worker in (window.worker, window.files):
            worker.started.connect(self._on_work)
            worker.idle.connect(self._on_work)

    @Slot()
    def _begin(self) -> None:
        self._window.options.brush_size = 5
        self._timer.start(self._every_ms)

    @Slot()
    def _on_work(self) -> None:
        tasks = [worker.current for worker in (self._window.worker, self._window.files)]
        names = [task.name.split()[0].lower() for task in tasks if task is not None and not task.quiet]
        say("at " + ("+".join(names) or "painting"))

    @Slot()
    def _on_versions(self) -> None:
        project = self._window.bench.project
        if project is not None:
            for version in project.versions.all():
                say(f"version {version.number}")

    @Slot()
    def _act(self) -> None:
        bench, window = self._window.bench, self._window
        if bench.picture is None or bench.project is None:
            return
        what = self._random.random()
        if what < 0.8:
            self._paint()
        elif what < 0.85:
            self._person.presses(Qt.Key.Key_D if bench.current_row == 0 else Qt.Key.Key_A)
        elif what < 0.9:
            if bench.project.versions.in_use() is None:
                return
            window.learning.predicting.predict_current()
        elif what < 0.95:
            if window.worker.is_idle:
                window.learning.retrain()
        elif window.files.is_idle:
            start_export(
                bench, window.files, bench.project, ["class-png"], bench.project.folder.parent / "out"
            )

    def _paint(self) -> None:
        current = self._window.bench.current
        assert current is not None
        number = self._number
        x, y = 10 + number % _ACROSS * 20, 50 + number // _ACROSS % _DOWN * 12
        index = 1 + number // (_ACROSS * _DOWN) % (len(self._window.bench.classes) - 1)
        self._number += 1
        self._person.presses(Qt.Key(Qt.Key.Key_0 + index))
        say(f"begin {current.id} {x} {y} {index}")
        self._person.drags([(float(x), float(y)), (float(x + 8), float(y))])
        document = self._window.bench.document
        # While the panels find their places, the mouse may meet another pixel than it was meant to.
        if document is None or document.is_editing:
            return
        is_painted = (document.mask.labels[y, x : x + 9] == index).all()
        if is_painted and document.mask.corrected[y, x : x + 9].all():
            say(f"done {current.id} {x} {y} {index}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    faulthandler.dump_traceback_later(120, exit=True)  # nobody lets it live that long, unless it hangs
    app = application()
    real = "--real" in sys.argv
    window = MainWindow(SettingsFile(), Theme("light"), load_engine if real else lambda: Engine(better))
    window.resize(1280, 800)
    worker = Worker(window, int(sys.argv[2]), int(sys.argv[3]), _SLOWLY_MS if real else _EVERY_MS)
    window.bench.error.connect(lambda text: say(f"error {text}"))
    window.show()
    window.get_ready()
    try:
        window.bench.open_project(Path(sys.argv[1]))
    except SegdeskError as error:
        say(f"error {error}")
    assert worker is not None
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
