"""Run as a program: work in the real window at random, and say before and after each stroke where it is.

python -m tests.e2e.work_until_killed PROJECT SEED FIRST
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
from tests.core.damage import model_bytes
from tests.e2e.person import Person
from tests.gui.fake_engine import FakeEngine, better

_EVERY_MS = 5


class Engine(FakeEngine):
    """Learns at once, and writes a file that is built like a model's, as the real one does."""

    def train(self, request: TrainRequest) -> Job[TrainResult]:
        result = yield from super().train(request)
        write_bytes(request.out, model_bytes())
        return result


class Worker(QObject):
    """Paints most of the time, and now and then does something else."""

    def __init__(self, window: MainWindow, seed: int, first: int) -> None:
        super().__init__(window)
        self._window = window
        self._random = random.Random(seed)
        self._person = Person(window)
        self._number = first
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._act)
        window.bench.picture_ready.connect(self._begin)
        window.bench.versions_changed.connect(self._on_versions)
        window.files.idle.connect(lambda: say("exported"))

    @Slot()
    def _begin(self) -> None:
        self._window.options.brush_size = 5
        self._timer.start(_EVERY_MS)

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
        x, y = 10 + number % 30 * 20, 50 + number // 30 % 25 * 12
        self._number += 1
        say(f"begin {current.id} {x} {y}")
        self._person.drags([(float(x), float(y)), (float(x + 8), float(y))])
        document = self._window.bench.document
        # While the panels find their places, the mouse may meet another pixel than it was meant to.
        if document is None or document.is_editing:
            return
        if document.mask.labels[y, x : x + 9].all() and document.mask.corrected[y, x : x + 9].all():
            say(f"done {current.id} {x} {y}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    faulthandler.dump_traceback_later(60, exit=True)  # nobody lets it live that long, unless it hangs
    app = application()
    window = MainWindow(SettingsFile(), Theme("light"), lambda: Engine(better))
    window.resize(1280, 800)
    worker = Worker(window, int(sys.argv[2]), int(sys.argv[3]))
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
