"""Finding out which images of the project are slices of one series, once for each image."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from segdesk.core.project.series import Series
from segdesk.formats.dicom_series import ENDINGS, series_of
from segdesk.formats.optional import DICOM, is_here
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Task, Worker


class SeriesWatch(QObject):
    """Looks into DICOM files that came into the project, in the worker's thread, and tells the workbench.

    What was found is kept in the project. A file that could not be read is looked into again when the
    project is opened the next time.
    """

    def __init__(self, bench: Workbench, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._worker = worker
        self._looked = 0  # the highest id of the project's that was thought of
        bench.project_changed.connect(self._on_project)
        bench.samples_changed.connect(self._look)

    @Slot()
    def _on_project(self) -> None:
        self._looked = 0

    @Slot()
    def _look(self) -> None:
        bench, project = self._bench, self._bench.project
        if project is None or not bench.samples:
            return
        new = [
            each for each in project.samples.named(ENDINGS, self._looked) if each not in bench.series.known
        ]
        self._looked = max(self._looked, bench.samples[-1].id)
        if not new or not is_here(DICOM[0]):
            return
        # Slices that came before may be of the same series, which lies in one folder.
        places = {
            each: path for each in project.samples.named(ENDINGS) if (path := self._path(each)) is not None
        }
        folders = {places[each].parent for each in new if each in places}
        files = {each: path for each, path in places.items() if path.parent in folders}
        folder = project.folder
        self._worker.submit(
            Task(
                "",
                lambda: series_of(files),
                finished=lambda series: self._on_found(folder, series),
                quiet=True,
            )
        )

    def _path(self, sample_id: int) -> Path | None:
        row = self._bench.row_of(sample_id)
        return self._bench.samples[row].source.path if row is not None else None

    def _on_found(self, folder: Path, series: Series) -> None:
        if self._bench.project is not None and self._bench.project.folder == folder:
            self._bench.know_series(self._bench.series.renewed(series))
