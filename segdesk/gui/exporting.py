"""Exporting a project in several formats, each into a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from segdesk.core.files import check_links
from segdesk.core.jobs import Job, Progress
from segdesk.core.project import Project
from segdesk.core.translation import tr
from segdesk.formats.export import export
from segdesk.formats.fidelity import contents, read_back
from segdesk.formats.items import ExportRequest, export_request, keep_numbers
from segdesk.formats.registry import export_format
from segdesk.gui.dialogs.export import ExportDialog
from segdesk.gui.report import in_short
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Task, Worker


@dataclass(frozen=True)
class Exported:
    """How many files were written, and a sentence for each sample that could not be.

    findings: what was not exactly the same when it was read back, a sentence a format.
    """

    files: int
    problems: tuple[str, ...]
    findings: tuple[str, ...] = ()


def export_all(request: ExportRequest, formats: Sequence[str], *, check: bool = False) -> Job[Exported]:
    """Write each format into the folder of its name within the request's.

    check: read each one back, and compare.
    """
    files = 0
    problems: list[str] = []
    findings: list[str] = []
    check_links(request.out)
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
        if check:
            fidelity = yield from read_back(request, name, request.out / name)
            if fidelity is not None and fidelity.worst < 1:
                title = export_format(name).title
                findings.append(tr("{format}: {finding}").format(format=title, finding=fidelity.text()))
    return Exported(files, tuple(dict.fromkeys(problems)), tuple(findings))


def _share(progress: Progress, number: int, count: int) -> Progress:
    fraction = None if progress.fraction is None else (number + progress.fraction) / count
    return replace(progress, fraction=fraction, seconds_left=None)


def start_export(
    bench: Workbench,
    worker: Worker,
    project: Project,
    formats: Sequence[str],
    out: Path,
    *,
    check: bool = False,
    soft_edge: int = 0,
) -> None:
    """Export what is there now; painting may go on meanwhile."""
    request = export_request(project, out, soft_edge=soft_edge)

    def finished(exported: Exported) -> None:
        keep_numbers(project, request)
        one, many = tr("Exported 1 file to {folder}."), tr("Exported {count} files to {folder}.")
        bench.message.emit((one if exported.files == 1 else many).format(count=exported.files, folder=out))
        if exported.problems or exported.findings:
            bench.error.emit(in_short([*exported.problems, *exported.findings]))

    make = partial(export_all, request, formats, check=check)
    worker.submit(Task(tr("Exporting"), make, finished=finished))


def foresee(worker: Worker, project: Project, dialog: ExportDialog) -> None:
    """Count beside the window what formats may fail to hold, and let the dialog say so while it is open."""
    request = export_request(project, Path())
    task = Task(tr("Checking"), lambda: contents(request), finished=dialog.show_contents, quiet=True)
    dialog.finished.connect(task.cancel)
    worker.submit(task)
