"""Exporting a project in several formats, each into a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from segdesk.core.jobs import Job, Progress
from segdesk.core.project import Project
from segdesk.core.translation import tr
from segdesk.formats.export import export
from segdesk.formats.items import ExportRequest, export_request
from segdesk.gui.importing import tell
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Task, Worker


@dataclass(frozen=True)
class Exported:
    """How many files were written, and a sentence for each sample that could not be."""

    files: int
    problems: tuple[str, ...]


def export_all(request: ExportRequest, formats: Sequence[str]) -> Job[Exported]:
    """Write each format into the folder of its name within the request's."""
    files = 0
    problems: list[str] = []
    for number, name in enumerate(formats):
        job = export(replace(request, out=request.out / name), name)
        try:
            while True:
                try:
                    progress = next(job)
                except StopIteration as stop:
                    files += len(stop.value.files)
                    problems += stop.value.problems
                    break
                yield _share(progress, number, len(formats))
        finally:
            job.close()
    return Exported(files, tuple(dict.fromkeys(problems)))


def _share(progress: Progress, number: int, count: int) -> Progress:
    fraction = None if progress.fraction is None else (number + progress.fraction) / count
    return replace(progress, fraction=fraction, seconds_left=None)


def start_export(
    bench: Workbench, worker: Worker, project: Project, formats: Sequence[str], out: Path
) -> None:
    """Export what is there now; painting may go on meanwhile."""
    request = export_request(project, out)

    def finished(exported: Exported) -> None:
        bench.message.emit(tr("Exported {count} files to {folder}.").format(count=exported.files, folder=out))
        if exported.problems:
            bench.error.emit(tell(exported.problems))

    worker.submit(Task(tr("Exporting"), lambda: export_all(request, formats), finished=finished))
