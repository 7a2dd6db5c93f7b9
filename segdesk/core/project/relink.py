"""Finding images again that were moved or renamed, by what their files are known by."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import ImageError, ProjectError
from segdesk.core.files import is_there
from segdesk.core.images import SUPPORTED_SUFFIXES, inspect_image
from segdesk.core.jobs import Job, Progress
from segdesk.core.project.fingerprint import fingerprint
from segdesk.core.project.samples import Sample
from segdesk.core.translation import tr

_MOST_FILES = 1_000_000


@dataclass(frozen=True)
class Found:
    """Where the images of samples are now, by the samples' ids, and the samples that are still missing."""

    places: Mapping[int, Path]
    missing: tuple[Sample, ...]


def missing_samples(samples: Iterable[Sample]) -> list[Sample]:
    """Those whose image file is not where it was."""
    return [sample for sample in samples if not is_there(sample.source.path)]


def find_missing(samples: Iterable[Sample], folder: Path) -> Job[Found]:
    """Look for the files of those samples whose image is missing, in a folder and all that is in it.

    A file is it if it has the same digest, whatever its name is now. Where none was noted, as in projects of
    an older SegDesk, it is it if it has the same name and size in pixels, and no other file has.

    Raises:
        ProjectError: there is no such folder.
    """
    if not folder.is_dir():
        raise ProjectError(
            tr("{folder} is no folder; name the one that holds the images.").format(folder=folder)
        )
    every = list(samples)
    gone = missing_samples(every)
    taken = {(s.source.path, s.source.page) for s in every}
    if not gone:
        return Found({}, ())
    files = []
    for file in _files(folder):
        files.append(file)
        if len(files) % 1000 == 0:
            yield Progress(None, tr("Looking for images"))
        if len(files) >= _MOST_FILES:
            break
    by_size: dict[int, list[Path]] = defaultdict(list)
    by_name: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        by_name[file.name.casefold()].append(file)
        try:
            by_size[file.stat().st_size].append(file)
        except OSError:
            continue
    digests: dict[Path, str | None] = {}
    places: dict[int, Path] = {}
    for done, sample in enumerate(gone):
        yield Progress(done / len(gone), tr("Looking for images"))
        known = sample.fingerprint
        if known.digest is None or known.size is None:
            matches = [f for f in by_name[sample.source.path.name.casefold()] if _has_size(f, sample)]
            matches = matches if len(matches) == 1 else []
        else:
            same = by_size.get(known.size, [])
            for file in same:
                if file not in digests:
                    digests[file] = fingerprint(file).digest
            matches = [file for file in same if digests[file] == known.digest]
            matches.sort(key=lambda file: (file.name != sample.source.path.name, len(file.parts), str(file)))
        for file in matches:
            if (file, sample.source.page) not in taken:
                taken.add((file, sample.source.page))
                places[sample.id] = file
                break
    return Found(places, tuple(s for s in gone if s.id not in places))


def _files(folder: Path) -> Iterable[Path]:
    for where, folders, names in os.walk(folder.absolute()):
        folders.sort()
        for name in sorted(names):
            if Path(name).suffix.lower() in SUPPORTED_SUFFIXES:
                yield Path(where) / name


def _has_size(file: Path, sample: Sample) -> bool:
    try:
        found = inspect_image(file, sample.source.page)
    except ImageError:
        return False
    return (found.width, found.height) == (sample.width, sample.height)
