"""A copy of a whole project at another place."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path

from segdesk.core.errors import ProjectError
from segdesk.core.jobs import Job, Progress
from segdesk.core.project.samples import SampleTable
from segdesk.core.project.schema import connect, copy_database, look_into
from segdesk.core.project.store import DATABASE, MODELS, cannot_make
from segdesk.core.translation import tr


def copy_project(source: Path, folder: Path) -> Job[None]:
    """Copy the project in `source` to a new folder, all or nothing; `source` stays as it is.

    What is written to `source` meanwhile may be in the copy or not.

    Raises:
        ProjectError: the folder exists already or cannot be written; or `source` has no sound project.
        SegdeskError: the database cannot be written.
    """
    if folder.exists():
        raise ProjectError(
            tr("{folder} exists already; choose another name for the project.").format(folder=folder)
        )
    text = tr("Copying the project")
    yield Progress(0.0, text)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # What has the project's name is whole, even where the copying is cut off.
        with tempfile.TemporaryDirectory(prefix=".copying-", dir=folder.parent) as place:
            half = Path(place, folder.name)
            (half / MODELS).mkdir(parents=True)
            # The database goes first: the files of all versions that it knows are there already.
            _copy_tables(source, half, folder)
            files = sorted(path for path in (source / MODELS).glob("*") if path.is_file())
            for done, file in enumerate(files):
                yield Progress(done / len(files), text)
                with suppress(FileNotFoundError):  # a round has thrown its candidate away
                    shutil.copy2(file, half / MODELS)
            yield Progress(1.0, text)  # the last moment to cancel
            half.rename(folder)
    except (OSError, sqlite3.Error) as error:
        raise cannot_make(folder, error) from error


def _copy_tables(source: Path, half: Path, folder: Path) -> None:
    """Copy the database from one folder to the other, with the ways to the images from `folder`."""
    original = look_into(source / DATABASE, "")
    try:
        copy_database(original, half / DATABASE)
    finally:
        original.close()
    copy = connect(half / DATABASE)
    try:
        SampleTable(copy, source).relate_to(folder)
    finally:
        copy.close()
