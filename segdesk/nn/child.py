"""Running the engine in a process of its own.

The window stays smooth (another interpreter's lock, a lower priority), torch is imported where nobody
waits for it, and when the native library crashes or the memory runs out, the window is still there.
Requests and results are values, so the generators of the engine go through a pipe unchanged. The child is
one report ahead of its parent at most: a job whose next step nobody asks for computes nothing.
This module is imported by the parent too, so it imports torch only inside `_serve`.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Mapping
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Literal

from segdesk.core.errors import FaultError, LearningError, SegdeskError
from segdesk.core.jobs import (
    Job,
    ModelFacts,
    ModelReport,
    Offer,
    PredictRequest,
    Progress,
    TrainRequest,
    TrainResult,
    run,
)
from segdesk.core.throttle import Throttle
from segdesk.core.translation import language_in_use, tr, use_language

# Beside three busy programs on two cores, a round got ready to learn in 36 s with 10, and in 12 s with 5.
_NICENESS = 5
_GOODBYE_S = 2.0
_BELOW_NORMAL_PRIORITY_CLASS = 0x4000
_ENGINE = "segdesk.nn.engine"
_AHEAD = 1  # reports that the child may be ahead, so that it need not wait for a parent that is busy painting

# What the parent sends: a request, then _MORE for each report that it has used up, or _CANCEL.
_MORE, _CANCEL = "more", "cancel"
# What the child sends: ("progress", Progress), then one of ("result", value), ("error", SegdeskError),
# ("failure", traceback) or ("cancelled", None).
_Message = tuple[Literal["progress", "result", "error", "failure", "cancelled"], Any]


class ChildError(RuntimeError):
    """An error in the child that nobody foresaw; its text is the child's traceback."""


class _ParentGone(Exception):  # noqa: N818  (no error: it is how the child's life ends)
    """Nobody is at the other end of the pipe."""


class ChildEngine:
    """What segdesk.nn.engine does, run in a child process that is started when first needed.

    One job at a time. Closing a job's generator cancels it in the child; asking nothing of it pauses it.
    """

    def __init__(self, engine: str = _ENGINE) -> None:
        """engine: the module whose functions the child calls."""
        self._engine = engine
        self._lock = threading.Lock()
        self._closed = False
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def predict(self, request: PredictRequest) -> Job[None]:
        """See segdesk.nn.predict."""
        return self._drive("predict", request)

    def train(self, request: TrainRequest) -> Job[TrainResult]:
        """See segdesk.nn.train."""
        return self._drive("train", request)

    def networks(self) -> list[Offer]:
        """See segdesk.nn.engine; waits until torch is loaded."""
        found: list[Offer] = run(self._drive("networks"))
        return found

    def devices(self) -> list[Offer]:
        """See segdesk.nn.devices; waits until torch is loaded."""
        found: list[Offer] = run(self._drive("devices"))
        return found

    def recipes(self) -> list[Offer]:
        """See segdesk.nn.engine; waits until torch is loaded."""
        found: list[Offer] = run(self._drive("recipes"))
        return found

    def describe_model(self, path: Path) -> ModelFacts:
        """What a model file says of itself; raises ModelError where it is none."""
        facts: ModelFacts = run(self._drive("model_facts", path))
        return facts

    def convert_model(
        self,
        path: Path,
        out: Path,
        classes: tuple[str, ...],
        inverted: bool = False,
        output: str = "",
    ) -> ModelFacts:
        """Make a model of what another program wrote; see segdesk.nn.engine."""
        facts: ModelFacts = run(self._drive("convert_model", path, out, classes, inverted, output))
        return facts

    def model_recipe(self, path: Path) -> dict[str, str | int | float]:
        """How a model's images are prepared; see segdesk.nn.engine."""
        recipe: dict[str, str | int | float] = run(self._drive("model_recipe", path))
        return recipe

    def change_recipe(self, path: Path, out: Path, changes: Mapping[str, str | int | float]) -> ModelFacts:
        """Write the same model with another recipe; see segdesk.nn.engine."""
        facts: ModelFacts = run(self._drive("change_recipe", path, out, changes))
        return facts

    def inspect_model(self, path: Path) -> ModelReport:
        """What a model file is, whoever wrote it; see segdesk.nn.inspection."""
        report: ModelReport = run(self._drive("inspect_model", path))
        return report

    def export_model(self, file: Path, target: Path, form: str) -> None:
        """Write a model in a form that other programs read; see segdesk.nn.export."""
        run(self._drive("export_model", file, target, form))

    def close(self) -> None:
        """End the child for good; a job that still waits for it fails."""
        with self._lock:
            self._closed = True
        self._drop()

    def _drop(self) -> None:
        """End the child; another one is started when it is needed."""
        # The thread that waits for the child and the one that closes the window may both come here.
        with self._lock:
            process, connection = self._process, self._connection
            self._process = self._connection = None
        if process is not None:
            process.terminate()  # whoever reads from it hears the end of the pipe
            process.join(_GOODBYE_S)
            if process.is_alive():
                process.kill()
                process.join()
            process.close()
        if connection is not None:
            connection.close()

    def _ready(self) -> Connection:
        with self._lock:
            running = self._process is not None and self._process.is_alive()
        if not running:
            self._drop()
        with self._lock:
            if self._closed:
                raise LearningError(tr("Computing has ended; start SegDesk again."))
            if self._connection is None:
                self._process, self._connection = self._started()
            return self._connection

    def _started(self) -> tuple[BaseProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        with theirs:
            process = context.Process(
                target=_serve,
                args=(theirs, self._engine, language_in_use()),
                name="SegDesk engine",
                daemon=True,
            )
            try:
                process.start()
            except OSError as error:
                ours.close()
                raise LearningError(
                    tr("Computing cannot begin ({problem}); close other programs and try again.").format(
                        problem=error.strerror or error
                    )
                ) from error
        return process, ours

    def _drive(self, name: str, *arguments: object) -> Generator[Progress, None, Any]:
        connection = self._ready()
        ended = False
        try:
            connection.send((name, arguments))
            while True:
                kind, value = self._receive(connection)
                if kind == "progress":
                    yield value
                    connection.send(_MORE)
                    continue
                ended = True
                if kind == "failure" or isinstance(value, FaultError):
                    self._drop()  # a device that has failed fails again, and memory comes free
                if kind == "error":
                    raise value
                if kind == "failure":
                    raise ChildError(value)
                return value
        except (EOFError, OSError) as error:
            ended = True
            self._drop()
            raise LearningError(
                tr("Computing ended early, perhaps for want of memory; close other programs and try again.")
            ) from error
        finally:
            if not ended:
                self._cancel(connection)

    def _cancel(self, connection: Connection) -> None:
        try:
            connection.send(_CANCEL)
            while self._receive(connection)[0] == "progress":
                pass
        except (EOFError, OSError):
            self._drop()

    @staticmethod
    def _receive(connection: Connection) -> _Message:
        message: _Message = connection.recv()
        return message


def _serve(connection: Connection, module: str, language: str) -> None:
    """The child's life: take a request, run it, send what it yields, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which then closes the pipe
    _step_back()
    use_language(language)
    engine = importlib.import_module(module)  # slow; done while nobody waits

    try:
        while True:
            message = connection.recv()
            if message not in (_MORE, _CANCEL):  # which came after the end of their job
                name, arguments = message
                connection.send(_answer(connection, getattr(engine, name), arguments))
    except (EOFError, OSError, _ParentGone):
        return


def _answer(connection: Connection, function: Callable[..., Any], arguments: tuple[object, ...]) -> _Message:
    """What came of a call; if it is a job, its progress is sent on the way."""
    try:
        result = function(*arguments)
        return _run(connection, result) if isinstance(result, Generator) else ("result", result)
    except SegdeskError as error:
        return "error", error
    except _ParentGone:
        raise
    except (MemoryError, RuntimeError) as error:
        from segdesk.nn.faults import fault_of

        fault = fault_of(error)
        return ("error", fault) if fault is not None else ("failure", traceback.format_exc())
    except Exception:  # noqa: BLE001  (the parent's worker tells the person; this process goes on)
        return "failure", traceback.format_exc()


def _run(connection: Connection, job: Job[Any]) -> _Message:
    throttle, ahead = Throttle(), 0
    try:
        while True:
            try:
                progress = next(job)
            except StopIteration as stop:
                return "result", stop.value
            try:
                if throttle.passes(progress):
                    connection.send(("progress", progress))
                    ahead += 1
                while ahead > _AHEAD or connection.poll():
                    if connection.recv() == _CANCEL:
                        return "cancelled", None
                    ahead -= 1
            except (EOFError, OSError) as error:
                raise _ParentGone from error
    finally:
        job.close()


def _step_back() -> None:
    """Let the window, and whatever else the person does, go before us."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(_NICENESS)
