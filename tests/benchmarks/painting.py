"""Painting while the model learns: the real window, the real engine in its process, and a mouse at 125 Hz."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from unittest.mock import patch

import cv2
import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from segdesk.core.document import Document
from segdesk.core.edit import Edit
from segdesk.core.images import ImageSource
from segdesk.core.painting import round_stroke
from segdesk.core.project import NewSample, Project
from segdesk.core.settings import SettingsFile
from segdesk.gui.app import application
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from tests.benchmarks import mouse
from tests.benchmarks.mouse import LEFT, MOVE, NONE, PRESS, RELEASE, CountingCanvas, noise, wander

_EVERY = 0.008  # seconds between two events of the mouse
_NAP = 0.0005  # the longest sleep in between: how late an event may be seen
_STROKE = 125  # events; then the button is let go, and the stroke goes to the disk
_ASKED, _ASKED_OF = 16.0, 10_000  # milliseconds, of images up to so many pixels a side
_PATIENCE = 120.0  # seconds for the engine to begin


@dataclass
class Desk:
    """A window with an image of `side` pixels on screen, some of which has been corrected."""

    side: int
    window: MainWindow

    @property
    def canvas(self) -> CountingCanvas:
        return cast(CountingCanvas, self.window.canvas)

    def zoom(self, scale: float | None) -> None:
        """Show the image at a scale, or all of it if None, and wait until it is sharp."""
        self.canvas.fit()
        if scale is not None:
            self.canvas.zoom(scale / self.canvas.scale)
        wait_until(lambda: self.canvas.is_smooth)

    def paint(self, events: int) -> list[float]:
        """Milliseconds from when each event was due until its pixels were painted.

        Events that came due while the window was busy are one, the first of them, as Qt makes of them.
        """
        path = wander(events, self.canvas.width(), self.canvas.height())
        times: list[float] = []
        due = time.perf_counter()
        for number, point in enumerate(path):
            _rest_until(due)
            if number % _STROKE == 0:
                mouse.send(self.canvas, PRESS, point, LEFT, LEFT)
            before = self.canvas.painted
            mouse.send(self.canvas, MOVE, point + QPointF(1, 0), NONE, LEFT)
            while self.canvas.painted == before:
                QApplication.processEvents()
            now = time.perf_counter()
            times.append((now - due) * 1000)
            if number % _STROKE == _STROKE - 1 or number == events - 1:
                mouse.send(self.canvas, RELEASE, point, LEFT, NONE)
            due += _EVERY
            if time.perf_counter() > due + _EVERY:
                due = time.perf_counter()
        return times


def measure(folder: Path, side: int, events: int, seconds: int) -> Iterator[str]:
    """Lines of the table, at several scales: first with nothing else to do, then while a round is under way.

    seconds: of a round; another one begins where it is over too early.
    """
    os.environ["SEGDESK_HOME"] = str(folder / "home")
    app = application()
    settings = SettingsFile()
    settings.change(round_seconds=seconds, device="cpu")
    with patch("segdesk.gui.window.Canvas", CountingCanvas):
        window = MainWindow(settings, Theme("light"))
    window.resize(1600, 1000)
    window.show()
    app.processEvents()
    window.get_ready()
    project = _project(folder, side)
    window.bench.open_project(project)
    desk = Desk(side, window)
    wait_until(lambda: window.area.shows_image and window.canvas.is_smooth and window.worker.is_idle)
    desk.canvas.options.brush_size = 100
    try:
        for state in ("idle", "learning"):
            for name, scale in (("fit", None), ("1:1", 1.0), ("800 %", 8.0)):
                desk.zoom(scale)
                if state == "learning":
                    _learn(window)
                times = desk.paint(events)
                if state == "learning" and not window.learning.is_learning:
                    sys.exit(
                        "The round was over before the painting: give it more --seconds, or less --events."
                    )
                yield mouse.row(side, f"brush, {name}, {state}", times, _ASKED if side <= _ASKED_OF else None)
                if state == "learning":
                    window.learning.cancel()
                    wait_until(lambda: window.worker.is_idle)
    finally:
        window.close()


def wait_until(true: Callable[[], bool]) -> None:
    """Let the window live until something is true."""
    end = time.monotonic() + _PATIENCE
    while not true():
        QApplication.processEvents()
        time.sleep(_NAP)
        if time.monotonic() > end:
            sys.exit("The window did not get ready in time.")


def _rest_until(due: float) -> None:
    while (left := due - time.perf_counter()) > 0:
        QApplication.processEvents()
        time.sleep(max(0.0, min(_NAP, left)))


def _learn(window: MainWindow) -> None:
    """Begin a round and wait for its first figures."""
    begun: list[object] = []
    window.learning.figures.connect(begun.append)
    window.learning.retrain()
    wait_until(lambda: any(figures is not None for figures in begun))
    window.learning.figures.disconnect(begun.append)


def _project(folder: Path, side: int) -> Path:
    """A project of one large image with a few corrections of each class."""
    path = folder / f"{side}.png"
    pixels = noise(side)
    path.write_bytes(cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes())
    project = Project.create(folder / f"{side}.segdesk", ["bright"])
    (sample,) = project.samples.add([NewSample(ImageSource(path), side, side)])
    document = Document(project, sample)
    rng = np.random.default_rng(0)
    for y, x in rng.integers(50, side - 50, (60, 2)).tolist():

        def dab(edit: Edit, x: int = x, y: int = y) -> None:
            box, covered = round_stroke((x, y), (x + 20, y), 12, document.mask.box)
            for index in (0, 1):
                edit.assert_class(box, covered & ((pixels[box.slices] > 128) == index), index)

        document.correct("dab", dab)
    project.close()
    return project.folder
