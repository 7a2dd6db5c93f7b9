"""Looking after the project in the background: a check after a crash, and daily backups."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from segdesk.core.jobs import Job, Progress
from segdesk.core.project.backups import back_up, is_due
from segdesk.core.project.health import Finding, examine, model_digest
from segdesk.core.translation import tr
from segdesk.gui.report import in_short
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Task, Worker

_SOON_MS = 5_000
_OFTEN_MS = 3_600_000


class Keeping(QObject):
    """Does its work in a thread of its own, so that nothing a person asked for waits for it."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.worker = Worker(self)
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.look_after)
        bench.project_changed.connect(self._on_project)

    def close(self) -> None:
        """Stop; what is half done leaves nothing."""
        self.timer.stop()
        self.worker.close()

    @Slot()
    def _on_project(self) -> None:
        project = self._bench.project
        if project is None or project.refusal is not None:
            self.timer.stop()
            return
        self.timer.start(_SOON_MS)  # the images of the project come first
        if project.was_cut_off:
            folder = project.folder
            self.worker.submit(
                Task(
                    tr("Checking the project"),
                    lambda: examine(folder, images=False),
                    finished=lambda findings: self._on_checked(folder, findings),
                    quiet=True,
                )
            )

    def _on_checked(self, folder: Path, findings: list[Finding]) -> None:
        if self._bench.project is None or self._bench.project.folder != folder:
            return
        if findings:
            advice = tr("Close the project, and run `segdesk doctor PROJECT --repair` in a terminal.")
            self._bench.error.emit(f"{in_short([f.sentence for f in findings])}\n{advice}")
        else:
            self._bench.message.emit(
                tr("SegDesk was cut off last time; the project was checked, and everything is whole.")
            )

    @Slot()
    def look_after(self) -> None:
        """Make today's backup if there is none, and note what the models' files are like while whole."""
        self.timer.start(_OFTEN_MS)
        project = self._bench.project
        if project is None or project.refusal is not None:
            return
        folder, most = project.folder, self._bench.settings.values.backups
        if most > 0 and is_due(folder):
            self.worker.submit(Task(tr("Backing up the project"), lambda: back_up(folder, most), quiet=True))
        versions = project.versions
        files = {v.number: v.file for v in versions.all() if versions.digest(v.number) is None}
        if files:
            self.worker.submit(
                Task("", lambda: _digests(files), finished=lambda made: self._note(folder, made), quiet=True)
            )

    def _note(self, folder: Path, digests: dict[int, str]) -> None:
        project = self._bench.project
        if project is not None and project.folder == folder and digests:
            project.versions.note_digests(digests)


def _digests(files: dict[int, Path]) -> Job[dict[int, str]]:
    made: dict[int, str] = {}
    for number, file in files.items():
        yield Progress(None, "")
        digest = model_digest(file)
        if digest is not None:
            made[number] = digest
    return made
