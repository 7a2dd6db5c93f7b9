"""From what a person hands over (images, folders) to samples, with a look at each file on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.images import image_names
from segdesk.core.intake import Intake, find_images
from segdesk.core.jobs import Job, Progress
from segdesk.core.paths import user_data
from segdesk.core.project import SUFFIX, NewSample
from segdesk.core.translation import tr

_FIRST, _MOST = 200, 4000  # images of the first batch, and of any


@dataclass(frozen=True)
class Partly(Progress):
    """Progress that brings the images found since it was made the last time."""

    found: Intake | None = None


def read_in(paths: Sequence[Path]) -> Job[Intake]:
    """Look at images and at those in folders; a bad one does not keep the others away.

    Of very many, those that have one page come in batches as Partly, ever larger ones; the rest in the end.
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
            yield Partly(number / len(files), tr("Reading images"), found=Intake(tuple(batch), ()))
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


def pages_of(samples: Iterable[NewSample]) -> dict[Path, int]:
    """The files of several pages, and how many each has."""
    return {path: count for path, count in Counter(s.source.path for s in samples).items() if count > 1}


def only_pages(samples: Iterable[NewSample], pages: Mapping[Path, Sequence[int]]) -> list[NewSample]:
    """The samples whose page is wanted; files that `pages` does not name come with all of theirs."""
    return [s for s in samples if s.source.page in pages.get(s.source.path, (s.source.page,))]


def untitled_folder() -> Path:
    """A folder for a project that nobody has given a place yet."""
    number = 1
    while (folder := user_data() / "projects" / f"Untitled {number}{SUFFIX}").exists():
        number += 1
    return folder


def tell(problems: Sequence[str], most: int = 3) -> str:
    """What went wrong with several images, as something that can be read at a glance."""
    lines = list(problems[:most])
    if len(problems) > most:
        lines.append(tr("{count} more could not be used.").format(count=len(problems) - most))
    return "\n".join(lines)
