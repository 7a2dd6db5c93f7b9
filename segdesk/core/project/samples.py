"""The samples of a project: which images it is about, and how far each one is."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segdesk.core.errors import ProjectError
from segdesk.core.images import ImageSource
from segdesk.core.patch import State, Status
from segdesk.core.project.transaction import transaction
from segdesk.core.translation import tr

_COLUMNS = "id, path, relative, page, width, height, state, predicted_by, first_version, seconds, corrections"


@dataclass(frozen=True)
class NewSample:
    """An image to be added: where it is, and its size in pixels."""

    source: ImageSource
    width: int
    height: int


@dataclass(frozen=True)
class Sample:
    """One image of a project, or one page of a file of several, by an id that never changes.

    first_version: the model version that made the first prediction of it, which is kept (see MaskTable);
        None where a person began without one.
    seconds: of annotation.   corrections: strokes and the like so far.
    """

    id: int
    source: ImageSource
    width: int
    height: int
    status: Status
    first_version: int | None = None
    seconds: float = 0.0
    corrections: int = 0

    @property
    def state(self) -> State:
        return self.status.state


class SampleTable:
    """The project's samples, in the order in which they were added."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder

    def all(self) -> list[Sample]:
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM samples ORDER BY id")
        return [self._sample(row) for row in rows]

    def get(self, sample_id: int) -> Sample:
        """The sample of this id.

        Raises:
            ProjectError: there is none.
        """
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM samples WHERE id = ?", (sample_id,)
        ).fetchone()
        if row is None:
            raise ProjectError(tr("This image is no longer part of the project."))
        return self._sample(row)

    def add(self, news: Iterable[NewSample]) -> list[Sample]:
        """Take images into the project; one that is in it already is left as it is.

        Returns the samples of all the images named, new or not, in their order.
        """
        ids: list[int] = []
        with transaction(self._connection):
            for new in news:
                path = Path(os.path.abspath(new.source.path))  # noqa: PTH100  (resolve() would follow links)
                self._connection.execute(
                    "INSERT OR IGNORE INTO samples (path, relative, page, width, height, state)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        str(path),
                        self._relative(path),
                        new.source.page,
                        new.width,
                        new.height,
                        State.NEW.value,
                    ),
                )
                (sample_id,) = self._connection.execute(
                    "SELECT id FROM samples WHERE path = ? AND page = ?", (str(path), new.source.page)
                ).fetchone()
                ids.append(sample_id)
        return [self.get(sample_id) for sample_id in ids]

    def remove(self, sample_id: int) -> None:
        """Take a sample and its mask out of the project; the image file stays untouched."""
        with transaction(self._connection):
            self._connection.execute("DELETE FROM samples WHERE id = ?", (sample_id,))

    def spend(self, sample_id: int, seconds: float) -> None:
        """Add to the seconds that a person has spent on annotating a sample."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE samples SET seconds = seconds + ? WHERE id = ?", (seconds, sample_id)
            )

    def relate_to(self, folder: Path) -> None:
        """Note the ways from `folder` to the images, for a project that is about to live there."""
        for sample in self.all():
            self._connection.execute(
                "UPDATE samples SET relative = ?, path = ? WHERE id = ?",
                (_way(folder, sample.source.path), str(sample.source.path), sample.id),
            )

    def _relative(self, path: Path) -> str | None:
        return _way(self._folder, path)

    def _sample(self, row: Any) -> Sample:
        sample_id, path, relative, page, width, height, state, predicted_by, *effort = row
        found = Path(path)
        if relative is not None and not found.exists():
            # A project that was moved together with its images finds them by the way from its folder.
            moved = Path(os.path.normpath(self._folder / relative))
            found = moved if moved.exists() else found
        status = Status(State(state), predicted_by)
        return Sample(sample_id, ImageSource(found, page), width, height, status, *effort)


def _way(folder: Path, path: Path) -> str | None:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive on Windows
        return None
