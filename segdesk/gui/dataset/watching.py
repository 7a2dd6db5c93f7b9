"""Keeping the figures of the data set up to date in a thread, while somebody looks at them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segdesk.core.dataset.contents import Content
from segdesk.core.dataset.counting import Counted, overview
from segdesk.core.dataset.overview import Overview
from segdesk.core.errors import SegdeskError
from segdesk.core.jobs import Job
from segdesk.gui.threads import pool_of
from segdesk.gui.workbench import Workbench

_GIVE_WAY_S = 0.0002  # after each mask, which takes a millisecond
_SETTLE_MS = 300  # several changes in a row are looked at once


class DatasetWatch(QObject):
    """Counts beside the window; a mask is counted again only after it has changed.

    changed: `overview` is another one, of all masks or of those counted so far; None without a project.
    problem: one sentence on why nothing is known.
    """

    changed = Signal()

    _told = Signal(int, object, bool)
    _failed = Signal(int, str)

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.overview: Overview | None = None
        self.problem = ""
        self._bench = bench
        self._known: dict[int, Content] = {}
        self._touched: set[int] = set()  # samples that have changed since the work under way began
        self._is_watched = False
        self._is_stale = True
        self._number = 0
        self._running: set[threading.Event] = set()  # set one, and its work ends
        running = self._running
        self.destroyed.connect(lambda: _stop_all(running))  # before the pool waits for it
        self._pool = pool_of(self)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._start)
        self._told.connect(self._on_told)
        self._failed.connect(self._on_failed)
        bench.project_changed.connect(self._on_project)
        bench.status_changed.connect(self._on_status)
        for signal in (bench.samples_changed, bench.classes_changed, bench.versions_changed):
            signal.connect(self.renew)

    def watch(self, is_watched: bool) -> None:
        """Somebody looks at the figures from now on, or nobody does."""
        self._is_watched = is_watched
        if not is_watched:
            self._drop()
        elif self._is_stale:
            self._start()

    @Slot()
    def renew(self) -> None:
        """Something has changed that the figures are made of; what is under way is finished first."""
        self._is_stale = True
        if self._is_watched and not self._running:
            self._settle.start()

    def begin_again(self) -> None:
        """What is shown is not so any more, whatever is under way; what has been counted is kept."""
        self._is_stale = True
        if self._is_watched:
            self._settle.start()

    def _drop(self) -> None:
        self._number += 1
        self._settle.stop()
        if self._running:
            _stop_all(self._running)
            self._running.clear()
            self._is_stale = True

    @Slot()
    def _start(self) -> None:
        self._drop()
        project = self._bench.project
        if not self._is_watched or project is None:
            return
        self._is_stale = False
        self._touched.clear()
        stop = threading.Event()
        self._running.add(stop)
        known, samples = dict(self._known), tuple(self._bench.samples)
        tell, fail = self._told.emit, self._failed.emit
        job = overview(project.folder, known, samples, keep=project.refusal is None)
        self._pool.start(_work(tell, fail, self._number, stop, job))

    @Slot(int, object, bool)
    def _on_told(self, number: int, found: Overview, is_over: bool) -> None:
        if number != self._number:
            return
        self._known = {i: c for i, c in found.contents.items() if i not in self._touched}
        self.overview = found
        self.problem = ""
        self.changed.emit()
        if is_over:
            self._over()

    @Slot(int, str)
    def _on_failed(self, number: int, problem: str) -> None:
        if number == self._number:
            self.problem = problem
            self.changed.emit()
            self._over()

    def _over(self) -> None:
        self._running.clear()
        if self._is_stale and self._is_watched:
            self._settle.start()

    @Slot()
    def _on_project(self) -> None:
        self._drop()
        self._known.clear()
        self.overview = None
        self.problem = ""
        self.changed.emit()
        self.begin_again()

    @Slot(int)
    def _on_status(self, sample_id: int) -> None:
        self._touched.add(sample_id)
        self._known.pop(sample_id, None)
        self.renew()


def _stop_all(running: set[threading.Event]) -> None:
    for stop in running:
        stop.set()


def _work(
    tell: Callable[[int, object, bool], object],
    fail: Callable[[int, str], object],
    number: int,
    stop: threading.Event,
    job: Job[Overview],
) -> Callable[[], None]:
    def work() -> None:
        try:
            while not stop.is_set():
                try:
                    progress = next(job)
                except StopIteration as end:
                    tell(number, _worked_out(end.value), True)
                    return
                if isinstance(progress, Counted) and progress.overview is not None:
                    tell(number, _worked_out(progress.overview), False)
                # Else the window's thread gets its turn only every 5 ms, and may need many.
                time.sleep(_GIVE_WAY_S)
        except SegdeskError as error:
            fail(number, str(error))
        finally:
            job.close()

    return work


def _worked_out(found: Overview) -> Overview:
    """With all figures made here, where nobody waits for them."""
    found.parts, found.balance_by_part, found.balance, found.states, found.sizes  # noqa: B018
    found.uncorrected, found.duplicates, found.learned_test  # noqa: B018
    return found
