"""Downloads of published weights: one after the other, beside everything else that runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segdesk.core.catalogue import Published, State, state
from segdesk.core.download import Downloading, download
from segdesk.core.jobs import Progress
from segdesk.core.translation import tr
from segdesk.gui.worker import Task, Worker


class Downloads(QObject):
    """changed: the entry of this name is in another state now. arrived: its file (a Path) is here."""

    changed = Signal(str)
    arrived = Signal(str, object)

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        """worker: does nothing else, as a download takes minutes."""
        super().__init__(parent)
        self._worker = worker
        self._tasks: dict[str, Task] = {}
        self._progress: dict[str, Progress] = {}
        self._problems: dict[str, str] = {}

    def state(self, entry: Published) -> State:
        """How much of it is here."""
        return state(entry)

    def is_under_way(self, name: str) -> bool:
        """Whether it arrives, or waits for its turn."""
        return name in self._tasks

    def progress(self, name: str) -> Progress | None:
        """How far it is; None before it has begun."""
        return self._progress.get(name)

    def problem(self, name: str) -> str:
        """One sentence on why it did not arrive; "" where nothing went wrong."""
        return self._problems.get(name, "")

    def begin(self, entry: Published) -> None:
        """Download it, or go on where it stopped."""
        if entry.name in self._tasks:
            return
        self._problems.pop(entry.name, None)
        task = Task(
            tr("Downloading {title}").format(title=entry.title),
            partial(download, entry),
            progress=partial(self._on_progress, entry.name),
            finished=partial(self._on_finished, entry.name),
            failed=partial(self._on_failed, entry.name),
            ended=partial(self._on_ended, entry.name),
        )
        self._tasks[entry.name] = task
        self._worker.submit(task)
        self.changed.emit(entry.name)

    def cancel(self, name: str) -> None:
        """Stop it; what has arrived stays, to be resumed."""
        task = self._tasks.get(name)
        if task is not None:
            task.cancel()
            self.changed.emit(name)

    def is_stopping(self, name: str) -> bool:
        """Whether it was cancelled, and has not heard of it yet."""
        task = self._tasks.get(name)
        return task is not None and task.stop.is_set()

    def _on_progress(self, name: str, progress: Progress) -> None:
        if isinstance(progress, Downloading):
            self._progress[name] = progress
            self.changed.emit(name)

    def _on_finished(self, name: str, path: Path) -> None:
        self.arrived.emit(name, path)

    def _on_failed(self, name: str, sentence: str, _: str) -> None:
        self._problems[name] = sentence

    def _on_ended(self, name: str) -> None:
        self._tasks.pop(name, None)
        self._progress.pop(name, None)
        self.changed.emit(name)
