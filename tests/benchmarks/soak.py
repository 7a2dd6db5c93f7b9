"""A long day in one window: images opened, painted and predicted, round after round; does anything pile up?

What counts is taken after the first 50 images and at the end; figures on the way tell if it keeps growing.

python -m tests.benchmarks.soak [IMAGES] [ROUNDS]
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QEventLoop, QTimer

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_WARM = 50  # images, after which nothing may grow any more
_FIGURES = 20  # of memory, on the way
_PATIENCE_MS = 600_000  # after a round, all images are predicted


def memory() -> float:
    """MB of this process that are in memory."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def threads() -> int:
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208


def handles() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def until(done: Callable[[], bool]) -> None:
    """Let the window live until something is so."""
    loop, look, end = QEventLoop(), QTimer(), QTimer()
    look.timeout.connect(lambda: loop.quit() if done() else None)
    end.timeout.connect(loop.quit)
    look.start(2)
    end.start(_PATIENCE_MS)
    if not done():
        loop.exec()
    assert done(), "it takes too long"


def main() -> int:
    images = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with tempfile.TemporaryDirectory() as name:
        os.environ["SEGDESK_HOME"] = f"{name}/home"
        from segdesk.core.settings import SettingsFile
        from segdesk.gui.app import application
        from segdesk.gui.garbage import GarbageCollection
        from segdesk.gui.theme import Theme
        from segdesk.gui.window import MainWindow
        from tests.gui.conftest import paint
        from tests.gui.fake_engine import FakeEngine, better

        folder = Path(name) / "images"
        folder.mkdir()
        rng = np.random.default_rng(0)
        for number in range(images):
            cv2.imwrite(str(folder / f"{number:04}.png"), rng.integers(0, 256, (480, 640, 3), np.uint8))
        application()
        engine = FakeEngine(better)
        window = MainWindow(SettingsFile(), Theme("light"), lambda: engine)
        collection = GarbageCollection(window)  # as in the application
        window.resize(1280, 800)
        window.show()
        window.get_ready()
        bench = window.bench
        bench.create_project(Path(name) / "soak.segdesk", ["one"], [folder])
        until(lambda: len(bench.samples) == images and bench.picture is not None)
        start = (0.0, 0, 0)
        on_the_way: list[float] = []
        for number, sample in enumerate(list(bench.samples)):
            bench.go_to(sample.id)
            until(lambda: bench.picture is not None)
            paint(window, (40, 40), (200, 60))
            if number % max(1, images // rounds) == 5:
                window.learning.retrain()
            elif bench.project is not None and bench.project.versions.in_use() is not None:
                window.learning.predicting.predict_current()
            until(lambda: window.worker.is_idle)
            engine.trained.clear()  # a round's request holds the masks of all samples
            engine.predicted.clear()
            if number == min(_WARM, images // 2):
                gc.collect()
                start = (memory(), threads(), handles())
            if number % max(1, images // _FIGURES) == 0:
                on_the_way.append(memory())
        gc.collect()
        end = (memory(), threads(), handles())
        window.close()
        collection.stop()
        grown = end[0] - start[0]
        sys.stdout.write(
            f"{images} images: memory {start[0]:.0f} to {end[0]:.0f} MB (+{grown:.0f}),"
            f" threads {start[1]} to {end[1]}, handles {start[2]} to {end[2]}\n"
            f"on the way: {' '.join(f'{value:.0f}' for value in on_the_way)} MB\n"
        )
        return 0 if grown < 100 and end[1] <= start[1] and end[2] <= start[2] + 2 else 1


if __name__ == "__main__":
    sys.exit(main())
