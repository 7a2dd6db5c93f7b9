"""Keeping the figures of the open project up to date, while somebody looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segdesk.core.jobs import Job
from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.core.quality import Comparison, Quality, measure
from segdesk.core.translation import tr
from segdesk.formats.quality import write_tables
from segdesk.gui.quality.figures import figures
from segdesk.gui.quality.grids import Grid, confusion_grid, score_grid
from segdesk.gui.quality.plots import Figure
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Task, Worker

_SETTLE_MS = 300  # several changes in a row are measured once


@dataclass(frozen=True)
class Findings:
    """What has been measured, and what is shown of it: the curves, and two tables of the classes."""

    quality: Quality
    figures: tuple[Figure, ...]
    scores: Grid
    confusion: Grid


class Measuring(QObject):
    """Measures beside the window; a mask is compared again only after it has changed.

    changed: `findings` are others; None without a project, or while nothing has been measured yet.
    """

    changed = Signal()

    def __init__(self, bench: Workbench, files: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.findings: Findings | None = None
        self._bench = bench
        self._files = files
        self._known: dict[int, Comparison] = {}
        self._touched: set[int] = set()  # samples that changed since the job under way began
        self._is_watched = False
        self._is_stale = True
        self._task: Task | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._measure)
        bench.project_changed.connect(self._on_project)
        bench.status_changed.connect(self._on_status)
        for signal in (
            bench.samples_changed,
            bench.sample_changed,
            bench.classes_changed,
            bench.versions_changed,
        ):
            signal.connect(self._on_change)

    def watch(self, is_watched: bool) -> None:
        """Somebody looks at the figures from now on, or nobody does."""
        self._is_watched = is_watched
        if is_watched and self._is_stale:
            self._measure()

    def write_tables(self, path: Path) -> None:
        """Write the figures as they are now to `path` and beside it."""
        project = self._bench.project
        if project is not None:
            self._files.submit(
                Task(
                    tr("Exporting"),
                    partial(_measure_and_write, project.folder, dict(self._known), path),
                    finished=self._on_written,
                )
            )

    def _measure(self) -> None:
        project = self._bench.project
        if not self._is_watched or self._task is not None or project is None:
            return
        self._is_stale = False
        self._touched.clear()
        self._task = Task(
            tr("Comparing first predictions"),
            partial(_find, project.folder, dict(self._known)),
            finished=partial(self._on_measured, project),
            ended=self._on_over,
            quiet=True,
        )
        self._files.submit(self._task)

    @property
    def quality(self) -> Quality | None:
        """The figures that all else is made of."""
        return self.findings.quality if self.findings is not None else None

    def _on_measured(self, project: Project, findings: Findings) -> None:
        if project is not self._bench.project:
            return
        self._known = {i: c for i, c in findings.quality.comparisons.items() if i not in self._touched}
        self.findings = findings
        self.changed.emit()

    def _on_over(self) -> None:
        self._task = None
        if self._is_stale:
            self._settle.start()

    @Slot()
    def _on_project(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._known.clear()
        self.findings = None
        self.changed.emit()
        self._on_change()

    @Slot(int)
    def _on_status(self, sample_id: int) -> None:
        self._touched.add(sample_id)
        was_known = self._known.pop(sample_id, None) is not None
        row = self._bench.row_of(sample_id)
        # Hundreds of predictions may come in a row; only confirmed images are in the figures.
        if was_known or (row is not None and self._bench.samples[row].state is State.CONFIRMED):
            self._on_change()

    @Slot()
    def _on_change(self) -> None:
        self._is_stale = True
        if self._is_watched and self._task is None:
            self._settle.start()

    def _on_written(self, files: tuple[Path, ...]) -> None:
        names = ", ".join(file.name for file in files)
        self._bench.message.emit(tr("Saved {names} in {folder}.").format(names=names, folder=files[0].parent))


def _find(folder: Path, known: dict[int, Comparison]) -> Job[Findings]:
    quality = yield from measure(folder, known)
    # All that grows with the project is made here, where nobody waits for it.
    return Findings(quality, figures(quality), score_grid(quality), confusion_grid(quality))


def _measure_and_write(folder: Path, known: dict[int, Comparison], path: Path) -> Job[tuple[Path, ...]]:
    quality = yield from measure(folder, known)
    return (yield from write_tables(quality, path))
