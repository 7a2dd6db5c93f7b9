"""Is everything in a project whole? Its database, masks, history, models and images."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from segdesk.core.errors import ProjectError
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import tile_box, unpack_tile
from segdesk.core.patch import State
from segdesk.core.project.fingerprint import Change, compare, other_picture
from segdesk.core.project.samples import Sample
from segdesk.core.project.store import Project
from segdesk.core.translation import tr

_MOST_MESSAGES = 20
_MOST_HEADER = 100_000_000


class Kind(StrEnum):
    """What a finding is about."""

    DATABASE = "database"
    MASK = "mask"
    HISTORY = "history"
    MODEL = "model"
    IMAGE = "image"


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be, as one sentence.

    mends: whether a repair of the project can do something about it; an image's file is the user's.
    """

    kind: Kind
    sentence: str
    mends: bool = True
    sample: int | None = None


def examine(folder: Path, *, images: bool = True) -> Job[list[Finding]]:
    """Look at everything in the project in `folder`, and change nothing.

    images: look for the image files as well, and whether they have changed.

    Raises:
        ProjectError: there is no project, or it cannot even be opened.
    """
    yield Progress(0.0, tr("Checking the project"))
    project = Project(folder, write=False)
    try:
        findings = list(_database(project))
        if findings:
            return findings  # what is read from a broken database says little
        samples = project.samples.all()
        for done, sample in enumerate(samples):
            yield Progress(done / len(samples), tr("Checking the project"))
            findings += _mask(project, sample)
            findings += _history(project, sample)
            if images:
                findings += _image(sample)
        findings += _models(project)
        return findings
    except sqlite3.Error as error:
        return [*_database(project), Finding(Kind.DATABASE, str(error))]
    finally:
        project.close()


def is_whole_tile(data: object, sample: Sample, y: object, x: object) -> bool:
    """Whether this is a tile of the sample's mask, to its very last byte."""
    if not (isinstance(data, bytes) and isinstance(y, int) and isinstance(x, int)):
        return False
    box = tile_box((y, x), sample.height, sample.width) if y >= 0 and x >= 0 else None
    if box is None or box.is_empty:
        return False
    try:
        unpack_tile(data, box)
    except (ValueError, zlib.error):
        return False
    return True


def model_problem(file: Path, digest: str | None = None) -> str | None:
    """What is wrong with a model file, as one sentence; None where it is whole.

    digest: what `model_digest` gave when it was new; None looks at how it is built only.
    """
    try:
        size = file.stat().st_size
        with file.open("rb") as reader:
            length = int.from_bytes(reader.read(8), "little")
            header = json.loads(reader.read(length)) if 0 < length <= min(size, _MOST_HEADER) else None
    except FileNotFoundError:
        return tr("The model file {name} is missing.").format(name=file.name)
    except OSError as error:
        return tr("The model file {name} cannot be read ({reason}).").format(
            name=file.name, reason=error.strerror or error
        )
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        return tr("The model file {name} is damaged.").format(name=file.name)
    ends = [
        entry["data_offsets"][1]
        for name, entry in header.items()
        if name != "__metadata__" and _has_offsets(entry)
    ]
    if size != 8 + length + max(ends, default=0):
        return tr("The model file {name} is cut off.").format(name=file.name)
    if digest is not None and model_digest(file) != digest:
        return tr("The model file {name} is not as it was written.").format(name=file.name)
    return None


def _has_offsets(entry: object) -> bool:
    offsets = entry.get("data_offsets") if isinstance(entry, dict) else None
    return isinstance(offsets, list) and len(offsets) == 2 and isinstance(offsets[1], int)


def model_digest(file: Path) -> str | None:
    """The digest of a file's bytes; None where it cannot be read."""
    try:
        with file.open("rb") as reader:
            return hashlib.file_digest(reader, "sha256").hexdigest()
    except OSError:
        return None


def _database(project: Project) -> Iterator[Finding]:
    try:
        for (message,) in project.raw.execute(f"PRAGMA integrity_check({_MOST_MESSAGES})").fetchall():
            if message != "ok":
                yield Finding(Kind.DATABASE, tr("The database is damaged: {reason}.").format(reason=message))
        strays = project.raw.execute("PRAGMA foreign_key_check").fetchall()
        for table in sorted({row[0] for row in strays}):
            yield Finding(
                Kind.DATABASE,
                tr("The table {table} has rows that belong to nothing.").format(table=table),
            )
    except sqlite3.Error as error:
        yield Finding(Kind.DATABASE, tr("The database is damaged: {reason}.").format(reason=error))


def _mask(project: Project, sample: Sample) -> Iterator[Finding]:
    rows = project.raw.execute("SELECT y, x, data FROM tiles WHERE sample = ?", (sample.id,))
    bad = sum(not is_whole_tile(data, sample, y, x) for y, x, data in rows)
    if bad:
        yield Finding(
            Kind.MASK,
            tr("{count} parts of the mask of {name} cannot be read.").format(
                count=bad, name=sample.source.path.name
            ),
            sample=sample.id,
        )


def _history(project: Project, sample: Sample) -> Iterator[Finding]:
    rows = project.raw.execute(
        "SELECT t.y, t.x, t.labels, t.corrected, t.borders FROM patches AS p"
        " JOIN patch_tiles AS t ON t.patch = p.id WHERE p.sample = ?",
        (sample.id,),
    )
    bad = any(
        data is not None and not is_whole_tile(data, sample, y, x)
        for y, x, *planes in rows
        for data in planes
    )
    states = {state.value for state in State}
    named = project.raw.execute(
        "SELECT state_before, state_after FROM patches WHERE sample = ?", (sample.id,)
    ).fetchall()
    if bad or any(state not in states for pair in named for state in pair):
        yield Finding(
            Kind.HISTORY,
            tr("A step of the history of {name} cannot be read.").format(name=sample.source.path.name),
            sample=sample.id,
        )


def _models(project: Project) -> Iterator[Finding]:
    for version in project.versions.all():
        problem = model_problem(version.file, project.versions.digest(version.number))
        if problem is not None:
            yield Finding(
                Kind.MODEL,
                tr("Version {number}: {problem}").format(number=version.number, problem=problem),
            )
    try:
        project.versions.in_use()
    except ProjectError:
        yield Finding(Kind.MODEL, tr("The version in use is not there."))


def _image(sample: Sample) -> Iterator[Finding]:
    path = sample.source.path
    gone = tr("The image {path} is missing; `segdesk relink PROJECT FOLDER` finds it again.")
    anew = tr("The image {path} has been written anew since; open it to compare.")
    sentence = {
        Change.NONE: None,
        Change.GONE: gone.format(path=path),
        Change.MAYBE: anew.format(path=path),
        Change.OTHER: other_picture(path),
    }[compare(sample)]
    if sentence is not None:
        yield Finding(Kind.IMAGE, sentence, mends=False, sample=sample.id)
