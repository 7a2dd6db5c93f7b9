"""Batches beside the project: their window, the worker that does them, and an engine of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from segdesk.core.jobs import Progress
from segdesk.core.translation import tr
from segdesk.gui.widgets import bring_up
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Engine, Task, Worker

if TYPE_CHECKING:
    from segdesk.gui.batch.run import BatchRun, Count, Wanted
    from segdesk.gui.batch.window import BatchWindow


class BatchDesk(QObject):
    """Runs one batch at a time. It steps back while the project's own worker learns or predicts.

    worker: for batches alone, since one may take a night.
    """

    def __init__(
        self, bench: Workbench, learning: Worker, engine: Callable[[], Engine], parent: QWidget
    ) -> None:
        """learning: the worker that goes first.   engine: makes one for a batch."""
        super().__init__(parent)
        self._bench = bench
        self._parent = parent
        self._engine = engine
        self._learning = learning
        self._run: BatchRun | None = None
        self._count: Count | None = None  # how far the batch was when it was last heard of
        self._by_person = False  # who holds it
        self._steps_back = False
        self.window: BatchWindow | None = None
        self.worker = Worker(self)
        learning.started.connect(self._on_other)
        learning.idle.connect(self._on_other)
        self.worker.paused.connect(self._on_paused)
        self.worker.stopping.connect(self._on_stopping)
        self.worker.failed.connect(self._on_worker_failed)

    @Slot()
    def open(self) -> None:
        """Show the window."""
        if self.window is None:
            from segdesk.gui.batch.window import BatchWindow

            self.window = BatchWindow(self._bench, self._parent)
            self.window.started.connect(self.begin)
            self.window.held.connect(self.worker.pause)
            self.window.stopped.connect(self.worker.cancel)
        bring_up(self.window)

    @Slot(object)
    def begin(self, wanted: Wanted) -> None:
        """Do a batch."""
        from segdesk.gui.batch.run import BatchRun

        if self._run is not None or self.window is None:
            return
        run = self._run = BatchRun(wanted, self._engine)
        self._count = None
        self._by_person = False
        self.window.state.begin()
        self.window.show_running(True)
        self.worker.submit(
            Task(
                tr("Predicting a folder"),
                run.job,
                finished=self._on_finished,
                progress=self._on_progress,
                failed=self._on_failed,
                cancelled=self._on_cancelled,
                ended=self._on_ended,
            )
        )
        self._on_other()

    def close(self) -> None:
        """The main window closes: end what runs; what is done is kept."""
        if self.window is not None:
            self.window.close()
        self.worker.close(self._run.close if self._run is not None else lambda: None)

    # What is heard of the batch

    def _on_progress(self, progress: Progress) -> None:
        from segdesk.gui.batch.run import BatchProgress

        if isinstance(progress, BatchProgress) and self.window is not None:
            self._count = progress.count
            self.window.state.show_progress(progress, progress.count)

    def _on_finished(self, count: Count) -> None:
        assert self.window is not None
        self.window.state.end(count, is_whole=True)
        self._bench.message.emit(tr("The batch is done: {count} new masks.").format(count=count.new))

    def _on_failed(self, sentence: str, _: str) -> None:
        assert self.window is not None
        assert self._run is not None
        self.window.state.fail(sentence, self._run.count())

    @Slot(str, str)
    def _on_worker_failed(self, sentence: str, _: str) -> None:
        """In the batch's window it is said already, where that is in sight."""
        if self.window is None or not self.window.isVisible():
            self._bench.error.emit(sentence)

    def _on_cancelled(self) -> None:
        assert self.window is not None
        assert self._run is not None
        run = self._run
        self.window.state.end(run.count(), is_whole=False)
        if run.wanted.table_file is not None:
            self.worker.submit(Task(tr("Writing the table"), run.table, finished=self._on_table))

    def _on_table(self, count: Count) -> None:
        if self.window is not None and self._run is None:
            self.window.state.end(count, is_whole=False)

    def _on_ended(self) -> None:
        self._run = None
        if self.window is not None:
            self.window.show_running(False)

    # Who goes first

    @Slot()
    def _on_other(self) -> None:
        """The project's own worker has begun something, or has nothing to do."""
        if self._run is not None and not self._by_person:
            other = self._learning.current
            self._steps_back = True
            self.worker.pause(other is not None and not other.quiet)
            self._steps_back = False

    @Slot()
    def toggle(self) -> None:
        """Hold the batch, or let it go on; nothing where none runs."""
        self.worker.pause(not self.worker.is_paused)

    @Slot(bool)
    def _on_paused(self, held: bool) -> None:
        if not self._steps_back:
            self._by_person = held
        if self.window is None or self._run is None:
            return
        self.window.show_held(held)
        if held:
            from segdesk.gui.batch.run import Count

            why = tr("Paused") if self._by_person else tr("Waiting until your project's model is done")
            self.window.state.hold(why, self._count or Count())

    @Slot()
    def _on_stopping(self) -> None:
        if self.window is not None and self._run is not None:
            from segdesk.gui.batch.run import Count

            self.window.stop.setEnabled(False)
            self.window.pause.setEnabled(False)
            self.window.state.hold(tr("Stopping…"), self._count or Count())
