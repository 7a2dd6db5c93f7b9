"""Taking images into the project: those that a person hands over, after a look at each file on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from segdesk.core.errors import ImageError
from segdesk.core.images import image_names
from segdesk.core.intake import Intake, find_images
from segdesk.core.jobs import Job, Progress
from segdesk.core.paths import user_data
from segdesk.core.project import SUFFIX, NewSample, Project
from segdesk.core.translation import tr
from segdesk.gui.report import in_short
from segdesk.gui.worker import Task, Worker

if TYPE_CHECKING:
    from segdesk.gui.workbench import Workbench

PagePicker = Callable[[Mapping[Path, int]], Mapping[Path, Sequence[int]] | None]

_FIRST, _MOST = 200, 2000  # images of the first batch, and of any


@dataclass(frozen=True)
class _Partly(Progress):
    """Progress that brings the images found since it was made the last time."""

    found: Intake | None = None


class ImageIntake(QObject):
    """Takes images into the project on the workbench; without one, into a new project.

    pick_pages: says which pages of files are wanted, from how many each has; None where nothing is wanted.
    """

    def __init__(self, bench: Workbench, files: Worker) -> None:
        super().__init__(bench)
        self._bench = bench
        self._files = files
        self.pick_pages: PagePicker = _every_page

    def add(self, paths: Sequence[Path]) -> None:
        """Take images, and those in folders."""
        into: list[Project] = []  # that the first batch came into

        def take(progress: Progress) -> None:
            found = progress.found if isinstance(progress, _Partly) else None
            if found is not None and (not into or into[0] is self._bench.project):
                self._take(found, going_on=bool(into))
                into[:] = [self._bench.project] if self._bench.project is not None else []
            elif found is not None:
                self._files.cancel()  # another project was opened meanwhile

        def finish(intake: Intake) -> None:
            if not into or into[0] is self._bench.project:
                self._take(intake, going_on=bool(into))

        self._files.submit(
            Task(tr("Reading images"), lambda: _read_in(paths), finished=finish, progress=take)
        )

    def _take(self, intake: Intake, *, going_on: bool) -> None:
        """going_on: more of what a person is looking at already, so another image shall not come up."""
        bench = self._bench
        many = _pages_of(intake.samples)
        pages = self.pick_pages(many) if many else {}
        news = _only_pages(intake.samples, pages) if pages is not None else []
        if news:
            if bench.project is None:
                bench.work_on(Project.create(_untitled_folder(), [tr("object")]))
            assert bench.project is not None
            added = bench.project.samples.add(news)
            new = bench.append(added)
            if not going_on:
                bench.go_to((new or added)[0].id)
        if intake.problems:
            bench.error.emit(in_short(intake.problems))


def _every_page(pages: Mapping[Path, int]) -> Mapping[Path, Sequence[int]]:
    return {path: range(count) for path, count in pages.items()}


def _read_in(paths: Sequence[Path]) -> Job[Intake]:
    """Look at images and at those in folders; a bad one does not keep the others away.

    Of very many, those that have one page come in batches as _Partly, ever larger ones; the rest in the end.
    """
    # A hundred thousand paths take a second to make, so that each is made when its turn comes.
    files = [file for path in paths for file in _files_in(path)]
    samples: list[NewSample] = []
    problems: list[str] = []
    batch: list[NewSample] = []
    size = _FIRST
    for number, (place, name) in enumerate(files):
        yield Progress(number / len(files), tr("Reading images"))
        intake = find_images([place / name])
        # Which pages of a file are wanted is asked once, for all of them.
        (batch if len(intake.samples) == 1 and len(files) > 2 * _FIRST else samples).extend(intake.samples)
        problems += intake.problems
        if len(batch) == size:
            yield _Partly(number / len(files), tr("Reading images"), found=Intake(tuple(batch), ()))
            batch, size = [], min(2 * size, _MOST)
    samples += batch
    return Intake(tuple(samples), tuple(dict.fromkeys(problems)))


def _files_in(path: Path) -> list[tuple[Path, str]]:
    """Folders and names of files; a folder without images as itself, so that it is said what is wrong."""
    try:
        names = image_names(path) if path.is_dir() else []
    except ImageError:
        names = []
    return [(path, name) for name in names] or [(path, "")]


def _pages_of(samples: Iterable[NewSample]) -> dict[Path, int]:
    """The files of several pages, and how many each has."""
    return {path: count for path, count in Counter(s.source.path for s in samples).items() if count > 1}


def _only_pages(samples: Iterable[NewSample], pages: Mapping[Path, Sequence[int]]) -> list[NewSample]:
    """The samples whose page is wanted; files that `pages` does not name come with all of theirs."""
    return [s for s in samples if s.source.page in pages.get(s.source.path, (s.source.page,))]


def _untitled_folder() -> Path:
    """A folder for a project that nobody has given a place yet."""
    number = 1
    while (folder := user_data() / "projects" / f"Untitled {number}{SUFFIX}").exists():
        number += 1
    return folder
