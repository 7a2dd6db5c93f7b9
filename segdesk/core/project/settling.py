"""Stored tiles follow the journal, a little at a time."""

from __future__ import annotations

import math
import sqlite3
import time
import zlib
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

from segdesk.core.errors import ProjectError
from segdesk.core.project.ahead import IS_AHEAD, Place, are_there, catch_up, keep, patches_ahead
from segdesk.core.project.transaction import transaction
from segdesk.core.translation import tr


class Settling:
    """Knows whether tiles may be behind, and how far the work on one sample's has come."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._under_way: Iterator[None] | None = None
        self._stuck: set[int] = set()  # samples whose masks are damaged
        self.may_be_behind = True

    def go_on(self, seconds: float = math.inf) -> bool:
        """Work for so long; whether all tiles that can follow have done so.

        Raises:
            ProjectError: a mask is damaged, or the project cannot be saved.
        """
        until = time.monotonic() + seconds
        while self.may_be_behind and time.monotonic() < until:
            if self._connection.in_transaction or getattr(self._connection, "refusal", None) is not None:
                return False
            self.step()
        return not self.may_be_behind

    def step(self) -> None:
        """As little as can be done at once: one tile, or writing all of a sample's that are ready."""
        if self._under_way is None:
            sample_id = self._next_sample()
            if sample_id is None:
                self.may_be_behind = False
                return
            self._under_way = self._following(sample_id)
        try:
            if next(self._under_way, self) is self:
                self._under_way = None
        except BaseException:
            self._under_way = None
            raise

    def now(self, sample_id: int) -> None:
        """Let the tiles of one sample follow at once."""
        self._under_way = None
        for _ in self._following(sample_id):
            pass

    def end(self) -> None:
        """Let the tiles follow, as far as that can be, for the last time.

        Where it cannot, whoever opens the project next gets the same masks all the same.
        """
        with suppress(ProjectError, sqlite3.Error):
            self.go_on()
        self.may_be_behind = False

    def _next_sample(self) -> int | None:
        rows = self._connection.execute(f"SELECT DISTINCT sample FROM patches WHERE {IS_AHEAD}")
        return next((sample for (sample,) in rows.fetchall() if sample not in self._stuck), None)

    def _following(self, sample_id: int) -> Iterator[None]:
        patches = patches_ahead(self._connection, sample_id)
        if not patches:
            return
        path, height, width = self._connection.execute(
            "SELECT path, height, width FROM samples WHERE id = ?", (sample_id,)
        ).fetchone()
        try:
            tiles = yield from followed(self._connection, sample_id, path, height, width, patches)
        except ProjectError:
            self._stuck.add(sample_id)
            raise
        with transaction(self._connection):
            if are_there(self._connection, patches):  # neither the sample nor a step is gone meanwhile
                keep(self._connection, sample_id, tiles, patches)


def followed(
    connection: sqlite3.Connection, sample_id: int, path: str, height: int, width: int, patches: list[int]
) -> Generator[None, None, dict[Place, bytes | None]]:
    """The tiles of a sample after these patches, one a step.

    Raises:
        ProjectError: they are damaged.
    """
    try:
        return (yield from catch_up(connection, sample_id, height, width, patches))
    except (ValueError, TypeError, zlib.error) as error:
        raise damaged(Path(path).name) from error


def damaged(name: str) -> ProjectError:
    """What a person is told of a mask that cannot be read."""
    return ProjectError(
        tr("The mask of {name} is damaged; `segdesk doctor PROJECT --repair` keeps what can be read of it.")
        .format(name=name)
    )  # fmt: skip
