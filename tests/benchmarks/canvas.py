"""How fast the canvas is: mouse event to painted widget, zoom, pan and undo on large images.

    python -m tests.benchmarks.canvas [--events N] [--sides 10000 32000] [--while-learning]

It uses the platform of QT_QPA_PLATFORM (offscreen where none is named), a window of 1600 x 1000, and random
images and masks, so that nothing is fast only because it is empty.

With --while-learning, the whole window is painted in at 125 events a second, before and while its engine
learns in a process of its own; the times then count from when an event was due.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QApplication

from segdesk.core.classes import make_classes
from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.project import NewSample, Project
from tests.benchmarks import mouse
from tests.benchmarks.mouse import LEFT, MOVE, NONE, PRESS, RELEASE, CountingCanvas, noise, wander

BRUSH = 100


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
        self._wait_for_pyramid()

    def _wait_for_pyramid(self) -> None:
        start = time.perf_counter()
        while not self.canvas.is_smooth:
            QApplication.processEvents()
        self.smooth = time.perf_counter() - start

    def close(self) -> None:
        self.canvas.close()
        self.project.close()

    def send(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        mouse.send(self.canvas, kind, at, button, held)

    def timed(self, action: Callable[[], None]) -> float:
        """Milliseconds from the action until the widget is painted."""
        before = self.canvas.painted
        start = time.perf_counter()
        action()
        while self.canvas.painted == before:
            QApplication.processEvents()
        return (time.perf_counter() - start) * 1000

    def move(self, at: QPointF, held: Qt.MouseButton) -> None:
        self.send(MOVE, at, NONE, held)

    def brush(self, events: int) -> list[float]:
        path = wander(events)
        self.send(PRESS, path[0], LEFT, LEFT)
        times = [self.timed(partial(self.move, point, LEFT)) for point in path]
        self.send(RELEASE, path[-1], LEFT, NONE)
        return times

    def hover(self, events: int) -> list[float]:
        return [self.timed(partial(self.move, point, NONE)) for point in wander(events)]

    def undo(self, strokes: int) -> list[float]:
        times = []
        for _ in range(strokes):
            path = wander(40)
            self.send(PRESS, path[0], LEFT, LEFT)
            for point in path:
                self.move(point, LEFT)
            self.send(RELEASE, path[-1], LEFT, NONE)
            QApplication.processEvents()
            times.append(self.timed(self._take_back))
        return times

    def _take_back(self) -> None:
        patch = self.document.undo()
        if patch is not None:
            self.canvas.refresh(patch.box)

    def pan(self, steps: int) -> list[float]:
        ways = ((17, 11) if i // 20 % 2 else (-17, -11) for i in range(steps))
        return [self.timed(partial(self.canvas.pan, *way)) for way in ways]

    def zoom(self, steps: int) -> list[float]:
        factors = (1.25 if i // 12 % 2 == 0 else 0.8 for i in range(steps))
        return [self.timed(partial(self.canvas.zoom, factor, QPointF(700, 400))) for factor in factors]


def _rows(bench: Bench, events: int) -> Iterator[tuple[str, list[float]]]:
    canvas = bench.canvas
    yield "first show", [bench.first_show * 1000]
    yield "until smooth", [bench.smooth * 1000]
    for name, scale in (("fit", None), ("1:1", 1.0), ("800 %", 8.0)):
        canvas.fit()
        if scale is not None:
            canvas.zoom(scale / canvas.scale)
        QApplication.processEvents()
        yield f"brush, {name}", bench.brush(events)
        yield f"cursor, {name}", bench.hover(events // 4)
        yield f"pan, {name}", bench.pan(events // 4)
        yield f"undo, {name}", bench.undo(10)
    canvas.fit()
    yield "zoom, fit to 1450 %", bench.zoom(events // 4)


def _while_learning(sides: list[int], events: int, seconds: int) -> int:
    from tests.benchmarks.painting import measure

    sys.stdout.write(f"{mouse.HEADER}\n")
    for side in sides:
        with tempfile.TemporaryDirectory() as folder:
            for line in measure(Path(folder), side, events, seconds):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--events", type=int, default=1000, help="mouse events a row")
    parser.add_argument("--sides", type=int, nargs="+", default=[10_000, 32_000], help="of the images")
    parser.add_argument("--while-learning", action="store_true", help="paint in the window while it learns")
    parser.add_argument("--seconds", type=int, default=60, help="of a round, with --while-learning")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.while_learning:
        return _while_learning(options.sides, options.events, options.seconds)
    QApplication([])
    lines = [mouse.HEADER]
    with tempfile.TemporaryDirectory() as folder:
        for side in options.sides:
            bench = Bench(Path(folder), side)
            lines += [mouse.row(side, name, times) for name, times in _rows(bench, options.events)]
            bench.close()
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
