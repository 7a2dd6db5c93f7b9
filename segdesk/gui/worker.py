"""Long work beside the window: a thread that drives one job after the other, and the way into the engine.

A job runs in the worker's thread; everything that a task is told about it, it is told on the GUI thread.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

from PySide6.QtCore import QObject, QThread, Signal, Slot

from segdesk.core.errors import FaultError, SegdeskError
from segdesk.core.jobs import (
    Job,
    ModelFacts,
    ModelReport,
    Offer,
    PredictRequest,
    Progress,
    TrainRequest,
    TrainResult,
    in_one_step,
)
from segdesk.core.throttle import Throttle
from segdesk.core.translation import tr
from segdesk.gui.report import report, sentence

_log = logging.getLogger(__name__)

_PATIENCE_MS = 1_000
_LONGEST_GOODBYE_MS = 30_000


class Engine(Protocol):
    """What learns and predicts.

    It may also have networks(), devices() and recipes(), each giving a sequence of Offer with its own choice
    first, and close().
    """

    def predict(self, request: PredictRequest) -> Job[Any]:
        """Predict the images of a request; each comes as a Predicted."""

    def train(self, request: TrainRequest) -> Job[TrainResult]:
        """Do one round of learning."""

    def describe_model(self, path: Path) -> ModelFacts:
        """What a model file says of itself; raises ModelError where it is none."""

    def convert_model(
        self, path: Path, out: Path, classes: tuple[str, ...], inverted: bool = False
    ) -> ModelFacts:
        """Make a model, `out`, of a file that another program wrote; raises ModelError where it cannot."""

    def inspect_model(self, path: Path) -> ModelReport:
        """What a model file is, whoever wrote it; raises ModelError where it cannot be loaded."""

    def change_recipe(self, path: Path, out: Path, changes: Mapping[str, str | int | float]) -> ModelFacts:
        """Write a model with other parts of its recipe; raises ModelError where no recipe can have them."""

    def export_model(self, file: Path, target: Path, form: str) -> None:
        """Write a model in a form that other programs read; raises ModelError where that cannot be."""


def load_engine() -> Engine:
    """The engine of this installation, in a process of its own: the window stays smooth, and stays at all."""
    # By name, since this is the one way from the window into that room, and a late one.
    return cast(Engine, importlib.import_module("segdesk.nn.child").ChildEngine())


@dataclass(frozen=True)
class EngineFacts:
    """The networks, devices and recipes that an engine offers, the first of each being its own choice."""

    networks: tuple[Offer, ...] = ()
    devices: tuple[Offer, ...] = ()
    recipes: tuple[Offer, ...] = ()


class LazyEngine:
    """An engine that is made when the first job of it runs."""

    def __init__(self, factory: Callable[[], Engine] = load_engine) -> None:
        self._factory = factory
        self._engine: Engine | None = None

    def predict(self, request: PredictRequest) -> Job[Any]:
        return (yield from self._made().predict(request))

    def train(self, request: TrainRequest) -> Job[TrainResult]:
        return (yield from self._made().train(request))

    def describe(self, path: Path) -> Job[ModelFacts]:
        """Ask what a model file says of itself; raises ModelError where it is none."""
        return in_one_step(tr("Reading the model"), lambda: self._made().describe_model(path))

    def convert(
        self, path: Path, out: Path, classes: tuple[str, ...], inverted: bool = False
    ) -> Job[ModelFacts]:
        """Make a model of a file that another program wrote; raises ModelError where it cannot."""
        return in_one_step(
            tr("Reading the model"), lambda: self._made().convert_model(path, out, classes, inverted)
        )

    def inspect(self, path: Path) -> Job[ModelReport]:
        """Ask what a model file is, whoever wrote it; raises ModelError where it cannot be loaded."""
        return in_one_step(tr("Reading the model"), lambda: self._made().inspect_model(path))

    def change_recipe(
        self, path: Path, out: Path, changes: Mapping[str, str | int | float]
    ) -> Job[ModelFacts]:
        """Write a model with other parts of its recipe; raises SegdeskError where that fails."""
        return in_one_step(tr("Changing the recipe"), lambda: self._made().change_recipe(path, out, changes))

    def export(self, file: Path, target: Path, form: str) -> Job[None]:
        """Write a model in another form; raises SegdeskError where that fails."""
        return in_one_step(tr("Exporting"), lambda: self._made().export_model(file, target, form))

    def meet(self) -> Job[EngineFacts]:
        """Make the engine now, so that the first prediction need not wait for it, and ask what it can do."""
        yield Progress(None, "")
        engine = self._made()
        return EngineFacts(*(_asked(engine, question) for question in ("networks", "devices", "recipes")))

    def close(self) -> None:
        """End what the engine keeps running, if it does."""
        close = getattr(self._engine, "close", None)
        if close is not None:
            close()

    def _made(self) -> Engine:
        if self._engine is None:
            self._engine = self._factory()
        return self._engine


def _asked(engine: Engine, question: str) -> tuple[Offer, ...]:
    ask: Callable[[], Sequence[Offer]] | None = getattr(engine, question, None)
    return tuple(ask()) if ask is not None else ()


def _nothing(*_: object) -> None:
    pass


@dataclass(eq=False)
class Task:
    """A job to be done, and who is told about it; the callbacks run on the GUI thread.

    name: what is being done, in the user's words.
    failed: is given a sentence, and a report (empty where the sentence says it all).
    ended: comes after each of the other ends.
    quiet: nobody asked for it, so nobody needs to see it.
    gives_way: it is cancelled when another task comes in.
    stop: is set where the job shall end at its next step. go: is cleared while it shall not take that step.
    """

    name: str
    make: Callable[[], Job[Any]]
    finished: Callable[[Any], None] = _nothing
    progress: Callable[[Progress], None] = _nothing
    failed: Callable[[str, str], None] = _nothing
    cancelled: Callable[[], None] = _nothing
    ended: Callable[[], None] = _nothing
    quiet: bool = False
    gives_way: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.go.set()

    def cancel(self) -> None:
        """End at the next step, also where it is paused before that."""
        self.stop.set()
        self.go.set()


class Worker(QObject):
    """A queue of tasks, done one at a time in a thread of their own. It lives on the GUI thread."""

    started = Signal(str)
    progressed = Signal(Progress)
    stopping = Signal()
    paused = Signal(bool)
    idle = Signal()
    failed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Task] = deque()
        self._current: Task | None = None
        self._closed = False
        self._thread = _Thread(self)
        # The thread object belongs to the GUI thread, and so do these slots: Qt queues the calls.
        self._thread.progressed.connect(self._on_progress)
        self._thread.finished_job.connect(self._on_finished)
        self._thread.failed.connect(self._on_failed)
        self._thread.cancelled.connect(self._on_cancelled)

    @property
    def current(self) -> Task | None:
        """The task under way."""
        return self._current

    @property
    def is_idle(self) -> bool:
        return self._current is None and not self._waiting

    @property
    def is_paused(self) -> bool:
        """Whether the task under way waits for somebody to let it go on."""
        return self._current is not None and not self._current.go.is_set()

    def pause(self, on: bool) -> None:
        """Hold the task under way before its next step, or let it go on; one that nobody sees is not held."""
        task = self._current
        if task is None or task.quiet or task.stop.is_set() or on == self.is_paused:
            return
        if on:
            task.go.clear()
        else:
            task.go.set()
        self.paused.emit(on)

    def submit(self, task: Task) -> None:
        """Do this after what has been asked for before."""
        if self._closed:
            return
        if self._current is not None and self._current.gives_way:
            self._current.cancel()
        self._waiting.append(task)
        self._next()

    def cancel(self) -> None:
        """Stop what is under way at its next step, and do nothing of what waits; quiet tasks go on."""
        for task in (self._current, *self._waiting):
            if task is not None and not task.quiet:
                task.cancel()
        if self._current is not None:
            self.stopping.emit()

    def close(self, insist: Callable[[], None] = _nothing) -> None:
        """Drop what waits, stop what runs, and wait for it to have cleaned up.

        insist: is called when the job has not heard of it after a while.
        """
        self._closed = True
        self._waiting.clear()
        if self._current is not None:
            self._current.cancel()
        self._thread.tasks_end()
        if not self._thread.wait(_PATIENCE_MS):
            insist()
            if not self._thread.wait(_LONGEST_GOODBYE_MS):
                _log.error("the worker did not stop in time")

    def _next(self) -> None:
        if self._current is None and self._waiting and not self._closed:
            self._current = self._waiting.popleft()
            if not self._current.quiet:
                self.started.emit(self._current.name)
            self._thread.do(self._current)

    @Slot(object, object)
    def _on_progress(self, task: Task, progress: Progress) -> None:
        if self._closed or task.stop.is_set():
            return
        if not task.quiet:
            self.progressed.emit(progress)
        self._tell(task.progress, progress)

    @Slot(object, object)
    def _on_finished(self, task: Task, result: object) -> None:
        if not self._closed:
            self._tell(task.finished, result)
        self._end(task)

    @Slot(object, str, str)
    def _on_failed(self, task: Task, text: str, details: str) -> None:
        if not self._closed:
            self._tell(task.failed, text, details)
            self.failed.emit(text, details)
        self._end(task)

    @Slot(object)
    def _on_cancelled(self, task: Task) -> None:
        if not self._closed:
            self._tell(task.cancelled)
        self._end(task)

    def _end(self, task: Task) -> None:
        self._current = None
        if self._closed:
            return
        self._tell(task.ended)
        self._next()
        if self._current is None:
            self.idle.emit()

    def _tell(self, callback: Callable[..., None], *values: object) -> None:
        # What becomes of a result may fail as well (a full disk): that must not stop the queue.
        try:
            callback(*values)
        except SegdeskError as error:
            self.failed.emit(str(error), "")


class _Thread(QThread):
    """Takes tasks from a queue and drives their jobs."""

    progressed = Signal(object, object)
    finished_job = Signal(object, object)
    failed = Signal(object, str, str)
    cancelled = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks: deque[Task | None] = deque()
        self._wake = threading.Condition()

    def do(self, task: Task) -> None:
        self._put(task)
        if not self.isRunning():
            self.start()

    def tasks_end(self) -> None:
        self._put(None)

    def _put(self, task: Task | None) -> None:
        with self._wake:
            self._tasks.append(task)
            self._wake.notify()

    def _take(self) -> Task | None:
        with self._wake:
            while not self._tasks:
                self._wake.wait()
            return self._tasks.popleft()

    def run(self) -> None:
        while (task := self._take()) is not None:
            try:
                self._drive(task)
            except BaseException as error:  # noqa: BLE001  (the one place: a job may raise anything)
                known = isinstance(error, SegdeskError) and not isinstance(error, FaultError)
                details = report(error)
                _log.log(logging.WARNING if known else logging.ERROR, "%s failed: %s", task.name, details)
                self.failed.emit(task, sentence(error), "" if known else details)

    def _drive(self, task: Task) -> None:
        if task.stop.is_set():
            self.cancelled.emit(task)
            return
        job = task.make()
        throttle = Throttle()
        try:
            while task.go.wait() and not task.stop.is_set():
                try:
                    progress = next(job)
                except StopIteration as stop:
                    self.finished_job.emit(task, stop.value)
                    return
                if throttle.passes(progress):
                    self.progressed.emit(task, progress)
        finally:
            job.close()
        self.cancelled.emit(task)
