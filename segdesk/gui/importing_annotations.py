"""Importing annotations: read beside the window, agreed to in a dialog, written in one transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from segdesk.core.errors import SegdeskError
from segdesk.core.jobs import Job
from segdesk.core.translation import tr
from segdesk.formats.foreign import Reading
from segdesk.formats.importers import read_annotations
from segdesk.formats.taking import Choices, Taken, take
from segdesk.gui.dialogs.import_annotations import ImportDialog
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Task, Worker


class AnnotationImport(QObject):
    """What the dialog asks for is done here."""

    def __init__(self, bench: Workbench, files: Worker, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._bench = bench
        self._files = files
        self.dialog: ImportDialog | None = None
        self._task: Task | None = None
        self._reading: Reading | None = None
        self._job: Job[Taken] | None = None
        self._steps = QTimer(self)
        self._steps.setInterval(0)
        self._steps.timeout.connect(self._step)

    def ask(self) -> None:
        """Open the dialog; it is put away when the import is done, or by the person."""
        if self._bench.project is None or self.dialog is not None:
            return
        self.dialog = ImportDialog(self._bench.classes, self._window)
        self.dialog.wanted.connect(self._read)
        self.dialog.agreed.connect(self._take)
        self.dialog.finished.connect(self._on_closed)
        self.dialog.open()

    @Slot(Path, str)
    def _read(self, path: Path, format_name: str) -> None:
        project = self._bench.project
        if project is None:
            return
        self._stop_reading()
        samples = project.samples.all()
        task = Task(
            tr("Reading labels"),
            lambda: read_annotations(path, samples, format_name or None),
            finished=lambda reading: self._on_read(task, reading),
            failed=lambda sentence, _: self._on_unread(task, sentence),
        )
        self._task = task
        self._files.submit(task)

    def _on_read(self, task: Task, reading: Any) -> None:
        if task is self._task and self.dialog is not None:
            self._reading = reading
            self.dialog.take(reading)

    def _on_unread(self, task: Task, sentence: str) -> None:
        if task is self._task and self.dialog is not None:
            self.dialog.refuse(sentence)

    @Slot(object)
    def _take(self, choices: Choices) -> None:
        project = self._bench.project
        if project is None or self._reading is None or self._job is not None:
            return
        self._bench.about_to_change.emit()
        self._job = take(project, self._reading, choices)
        self._steps.start()

    @Slot()
    def _step(self) -> None:
        """One image more, so that the window stays alive between them."""
        job, dialog = self._job, self.dialog
        if job is None or dialog is None:
            self._steps.stop()
            return
        try:
            dialog.show_progress(next(job).fraction)
        except StopIteration as stop:
            self._end()
            self._tell(stop.value)
            dialog.accept()
        except SegdeskError as error:
            self._end()
            dialog.show_progress(None)
            dialog.refuse(str(error))

    def _end(self) -> None:
        self._steps.stop()
        job, self._job = self._job, None
        if job is not None:
            job.close()  # what is not whole is not kept
            self._show_again()

    def _show_again(self) -> None:
        bench = self._bench
        bench.classes_changed.emit()
        bench.read_samples()
        if bench.current is not None:
            bench.show_anew(bench.current.id)
        elif bench.samples:
            bench.go_to(bench.samples[0].id)

    def _tell(self, taken: Taken) -> None:
        self._bench.corrected.emit()
        text = tr("Imported the labels of {count} images.")
        self._bench.message.emit(text.format(count=len(taken.samples)))

    @Slot()
    def _on_closed(self) -> None:
        self._stop_reading()
        self._end()
        dialog, self.dialog = self.dialog, None
        self._reading = None
        if dialog is not None:
            dialog.deleteLater()

    def _stop_reading(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
