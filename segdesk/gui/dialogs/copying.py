"""Waiting for a copy of the project, with a way out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QProgressBar, QVBoxLayout, QWidget

from segdesk.core.jobs import Progress
from segdesk.core.project.copying import copy_project
from segdesk.core.translation import tr
from segdesk.gui.theme import GRID
from segdesk.gui.worker import Task, Worker

_FINE = 1000  # parts of the bar


class Copying(QDialog):
    """Copies the project in `source` to `folder` once it is shown; accepted when the copy is there.

    While it is shown nothing can be painted, which the copy would lack.

    refusal: why there is no copy, as one sentence; None where there is, or where somebody cancelled it.
    """

    def __init__(self, source: Path, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.refusal: str | None = None
        self.setWindowTitle(tr("Save project as"))
        words = QLabel(tr("Copying the project to {folder}…").format(folder=folder))
        words.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, _FINE)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        buttons = QDialogButtonBox()
        self.no = buttons.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.no.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(words)
        layout.addWidget(self.bar)
        layout.addWidget(buttons)
        self.setMinimumWidth(52 * GRID)

        self._worker = Worker(self)
        self._task = Task(
            tr("Copying the project"),
            lambda: copy_project(source, folder),
            finished=lambda _: self.accept(),
            progress=self._on_progress,
            failed=self._on_failed,
            cancelled=super().reject,
        )
        self.finished.connect(lambda _: self._worker.close())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._worker.is_idle:
            self._worker.submit(self._task)

    def reject(self) -> None:
        """Cancel; it closes when the half of a copy is gone."""
        self.no.setEnabled(False)
        self._worker.cancel()

    def _on_progress(self, progress: Progress) -> None:
        self.bar.setValue(round((progress.fraction or 0.0) * _FINE))

    def _on_failed(self, text: str, _: str) -> None:
        self.refusal = text
        super().reject()
