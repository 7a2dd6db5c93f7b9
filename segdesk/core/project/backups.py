"""Dated copies of a project's database, so that a mistake or a bad disk does not take everything."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from segdesk.core.errors import ProjectError
from segdesk.core.jobs import Job, Progress
from segdesk.core.project.schema import BACKUPS, copy_database, look_into
from segdesk.core.project.store import DATABASE
from segdesk.core.translation import tr

_NAME = "project-%Y-%m-%d-%H%M%S.sqlite"
_PATTERN = "project-*.sqlite"


def backups(folder: Path) -> list[Path]:
    """The copies of the project in `folder`, the newest first."""
    try:
        return sorted((folder / BACKUPS).glob(_PATTERN), reverse=True)
    except OSError:
        return []


def is_due(folder: Path, now: datetime | None = None) -> bool:
    """Whether there is none of today (local time) yet."""
    today = (now or datetime.now()).strftime("project-%Y-%m-%d-")
    newest = next(iter(backups(folder)), None)
    return newest is None or not newest.name.startswith(today)


def back_up(folder: Path, most: int, now: datetime | None = None) -> Job[Path | None]:
    """Copy the database of the project in `folder` aside; work on it may go on meanwhile.

    most: how many copies are kept, the oldest go; with 0, none is made and none thrown away.

    Raises:
        ProjectError: the database cannot be read.
        SegdeskError: the copy cannot be written.
    """
    if most <= 0:
        return None
    yield Progress(None, tr("Backing up the project"))
    target = folder / BACKUPS / (now or datetime.now()).strftime(_NAME)
    connection = look_into(folder / DATABASE, "")
    try:
        copy_database(connection, target)
    except sqlite3.Error as error:
        raise ProjectError(
            tr("The project could not be backed up ({reason}); free some space or check the disk.").format(
                reason=error
            )
        ) from error
    finally:
        connection.close()
    for old in backups(folder)[most:]:
        try:
            old.unlink()
        except OSError:
            continue  # it costs space, and nothing else
    return target
