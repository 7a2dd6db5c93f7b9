"""How fast the canvas is: mouse event to painted widget, zoom, pan and undo on large images.

    python -m tests.benchmarks.canvas [--events N] [--sides 10000 32000] [--here] [--while-learning]

Measures on Qt's offscreen platform and then, where Xvfb is installed, on a real X server, each in a process
of its own and in a window of 1600 x 1000, on random images and masks, so that nothing is fast only because
it is empty. With --here it is this process alone, on the platform of QT_QPA_PLATFORM. What is asked of a
figure stands beside it, and before that what the processor worked in the GUI thread: where others use the
machine as well, only this tells what the program takes. How soon images and folders are seen: see
tests.benchmarks.images.

With --while-learning, the whole window is painted in at 125 events a second, before and while its engine
learns in a process of its own; the times then count from when an event was due.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QApplication

from segdesk.core.classes import make_classes
from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.project import NewSample, Project
from segdesk.gui.garbage import GarbageCollection
from tests.benchmarks import mouse
from tests.benchmarks.mouse import LEFT, MOVE, NONE, PRESS, RELEASE, CountingCanvas, Spent, noise, wander

BRUSH = 100
_NAP = 0.001
_FILLED = 7_071  # pixels a side: 50 megapixels
_ASKED = {
    "brush": {10_000: 4.0, 32_000: 8.0},
    "undo": {10_000: 20.0},
    "undo of all that": {10_000: 20.0},
    "redo": {10_000: 20.0},
    "pan": {32_000: 16.0},
    "zoom": {32_000: 16.0},
    "fill": {10_000: 1000.0},
}
"""Milliseconds that 99 of 100 must not exceed, by the side of the image."""


class Bench:
    """A canvas on a square image of random blobs, with a mask of them."""

    def __init__(self, folder: Path, side: int) -> None:
        self.side = side
        image = noise(side)
        self.project = Project.create(folder / f"{side}.segdesk", ["one", "two", "three"])
        (sample,) = self.project.samples.add([NewSample(ImageSource(folder / f"{side}.png"), side, side)])
        self.document = Document(self.project, sample)
        np.floor_divide(image, 64, out=self.document.mask.labels)
        self.canvas = CountingCanvas()
        self.canvas.resize(1600, 1000)
        self.canvas.set_classes(make_classes(["one", "two", "three"]))
        self.canvas.options.brush_size = BRUSH
        self.canvas.show()
        start = time.perf_counter()
        self.canvas.set_document(image, self.document)
        QApplication.processEvents()
        self.first_show = time.perf_counter() - start
        self.settle()
        self.smooth = time.perf_counter() - start - self.first_show

    def settle(self) -> None:
        """Wait until what is shown is as good as it gets."""
        while not self.canvas.is_smooth:
            QApplication.processEvents()
        self.canvas.repaint()

    def close(self) -> None:
        self.canvas.close()
        self.project.close()

    def send(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        mouse.send(self.canvas, kind, at, button, held)

    def timed(self, action: Callable[[], None]) -> float:
        """Milliseconds from the action until the widget is painted."""
        before = self.canvas.painted
        start, used = time.perf_counter(), time.thread_time()
        action()
        while self.canvas.painted == before:
            QApplication.processEvents()
        return Spent.of(time.perf_counter() - start, time.thread_time() - used)

    def move(self, at: QPointF, held: Qt.MouseButton) -> None:
        self.send(MOVE, at, NONE, held)

    def brush(self, events: int) -> tuple[list[float], list[float]]:
        """The moves of one long stroke, and how long it takes to keep it."""
        path = wander(events)
        self.send(PRESS, path[0], LEFT, LEFT)
        times = [self.timed(partial(self.move, point, LEFT)) for point in path]
        return times, [self.timed(partial(self.send, RELEASE, path[-1], LEFT, NONE))]

    def hover(self, events: int) -> list[float]:
        return [self.timed(partial(self.move, point, NONE)) for point in wander(events)]

    def undo(self, strokes: int) -> tuple[list[float], list[float]]:
        """Undo and redo of short strokes, each elsewhere."""
        undone, redone = [], []
        self.canvas.options.active_class = 2
        for number in range(strokes):
            path = wander(40 * (number + 1))[-40:]
            self.send(PRESS, path[0], LEFT, LEFT)
            for point in path:
                self.move(point, LEFT)
            self.send(RELEASE, path[-1], LEFT, NONE)
            QApplication.processEvents()
            undone.append(self.timed(self._undo))
            redone.append(self.timed(self._redo))
        self.canvas.options.active_class = 1
        return undone, redone

    def undo_last(self) -> list[float]:
        return [self.timed(self._undo), self.timed(self._redo)]

    def _undo(self) -> None:
        patch = self.document.undo()
        if patch is not None:
            self.canvas.show_change(patch.box)

    def _redo(self) -> None:
        patch = self.document.redo()
        if patch is not None:
            self.canvas.show_change(patch.box)

    def pan(self, steps: int) -> list[float]:
        ways = ((17, 11) if i // 20 % 2 else (-17, -11) for i in range(steps))
        return [self.timed(partial(self.canvas.pan, *way)) for way in ways]

    def zoom(self, steps: int) -> list[float]:
        factors = (1.25 if i // 12 % 2 == 0 else 0.8 for i in range(steps))
        return [self.timed(partial(self.canvas.zoom, factor, QPointF(700, 400))) for factor in factors]

    def fill(self) -> list[float]:
        """From the click into 50 megapixels of one class until they have another one."""
        side = min(_FILLED, self.side)
        self.document.mask.labels[: side + 10, : side + 10] = 0
        self.document.mask.labels[:side, :side] = 1
        self.canvas.options.active_class = 2
        self.canvas.set_tool("fill")
        kept: list[object] = []
        self.canvas.stroke_finished.connect(kept.append)
        start = time.perf_counter()
        at = self.canvas.to_widget((side / 2, side / 2))
        self.send(PRESS, at, LEFT, LEFT)
        self.send(RELEASE, at, LEFT, NONE)
        while not kept:
            QApplication.processEvents()
            time.sleep(_NAP)  # who waits leaves the processor to those who work
        self.canvas.repaint()
        return [(time.perf_counter() - start) * 1000]


def _rows(bench: Bench, events: int) -> Iterator[tuple[str, list[float]]]:
    canvas = bench.canvas
    yield "first show", [bench.first_show * 1000]
    yield "until smooth", [bench.smooth * 1000]
    for name, scale in (("fit", None), ("1:1", 1.0), ("800 %", 8.0)):
        canvas.fit()
        if scale is not None:
            canvas.zoom(scale / canvas.scale)
        bench.settle()
        moves, release = bench.brush(events)
        yield f"brush, {name}", moves
        yield f"the stroke kept, {name}", release
        yield f"undo of all that, {name}", bench.undo_last()
        undone, redone = bench.undo(10)
        yield f"undo, {name}", undone
        yield f"redo, {name}", redone
        yield f"cursor, {name}", bench.hover(events)
        yield f"pan, {name}", bench.pan(events)
    canvas.fit()
    yield "zoom, fit to 1450 %", bench.zoom(events)
    canvas.fit()
    bench.settle()
    yield "fill, 50 megapixels", bench.fill()
    yield "undo, 50 megapixels", bench.undo_last()


def _measure_here(sides: list[int], events: int) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    collection = GarbageCollection(app)  # as in the window
    _tell(mouse.HEADER)
    with tempfile.TemporaryDirectory() as folder:
        for side in sides:
            bench = Bench(Path(folder), side)
            for name, times in _rows(bench, events):
                _tell(mouse.row(side, name, times, _ASKED.get(name.partition(",")[0], {}).get(side)))
            bench.close()
    collection.stop()


def _measure_everywhere(options: list[str]) -> int:
    command = [sys.executable, "-m", "tests.benchmarks.canvas", "--here", *options]
    _tell("offscreen")
    code = subprocess.run(command, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, check=False).returncode
    if shutil.which("Xvfb") is None:
        _tell("Xvfb is not installed: nothing measured on an X server.")
        return code
    with _x_server() as display:
        _tell("Xvfb")
        environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": display}
        return code or subprocess.run(command, env=environment, check=False).returncode


@contextmanager
def _x_server() -> Iterator[str]:
    """An X server of our own; gives its DISPLAY."""
    told, tells = os.pipe()
    screen = ("-screen", "0", "1920x1200x24", "-nolisten", "tcp")
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(tells), *screen], pass_fds=(tells,), stderr=subprocess.DEVNULL
    )
    os.close(tells)
    try:
        with os.fdopen(told) as number:
            yield f":{number.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def _while_learning(sides: list[int], events: int, seconds: int) -> None:
    from tests.benchmarks.painting import measure

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _tell(mouse.HEADER)
    for side in sides:
        with tempfile.TemporaryDirectory() as folder:
            for line in measure(Path(folder), side, events, seconds):
                _tell(line)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--events", type=int, default=1000, help="mouse events a row")
    parser.add_argument("--sides", type=int, nargs="+", default=[10_000, 32_000], help="of the images")
    parser.add_argument("--here", action="store_true", help="measure in this process, on its platform alone")
    parser.add_argument("--while-learning", action="store_true", help="paint in the window while it learns")
    parser.add_argument("--seconds", type=int, default=60, help="of a round, with --while-learning")
    options = parser.parse_args()
    if options.while_learning:
        _while_learning(options.sides, options.events, options.seconds)
    elif options.here:
        _measure_here(options.sides, options.events)
    else:
        return _measure_everywhere(["--events", str(options.events), "--sides", *map(str, options.sides)])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
