"""What was counted in the samples' masks, kept as text with the mark of the mask that it was counted in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

from segdesk.core.project.ahead import IS_APPLIED
from segdesk.core.project.transaction import transaction

_KEY = "content-"  # and the sample's id, in the table of facts about the whole project

# Where a sample's patches are all gone from the journal, how its tiles are packed tells whether they changed.
_MARK = (
    "samples.state || '/' || COALESCE(samples.predicted_by, '') || '/' || COALESCE("
    f"(SELECT MAX(id) FROM patches WHERE sample = samples.id AND {IS_APPLIED}),"
    " (SELECT samples.corrections || '/' || COUNT(*) || '/' || COALESCE(SUM(LENGTH(data)), 0) FROM tiles"
    " WHERE sample = samples.id))"
)


class CountTable:
    """Texts by the samples' ids. A mark begins with the sample's state and a slash."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def mark(self, sample_id: int) -> str | None:
        """What the sample's mask is known by as it is now; None where there is no such sample."""
        row = self._connection.execute(f"SELECT {_MARK} FROM samples WHERE id = ?", (sample_id,)).fetchone()
        return row[0] if row is not None else None

    def valid(self) -> Iterator[tuple[int, str]]:
        """Ids and texts of the samples whose masks have not changed since they were counted."""
        yield from self._connection.execute(
            "SELECT samples.id, substr(value, instr(value, ' ') + 1) FROM samples"
            f" JOIN meta ON key = '{_KEY}' || samples.id"
            f" WHERE substr(value, 1, instr(value, ' ') - 1) = {_MARK}"
        )

    def keep(self, counted: Mapping[int, tuple[str, str]]) -> None:
        """Note marks and texts, in place of what was noted.

        Raises:
            ProjectError: the project cannot be written.
        """
        with transaction(self._connection):
            self._connection.executemany(
                "INSERT OR REPLACE INTO meta (key, value) SELECT ?, ? FROM samples WHERE id = ?",
                [(f"{_KEY}{each}", f"{mark} {text}", each) for each, (mark, text) in counted.items()],
            )


def forget_count(connection: sqlite3.Connection, sample_id: int) -> None:
    """The sample or its mask is gone; within a transaction of the caller's."""
    connection.execute("DELETE FROM meta WHERE key = ?", (f"{_KEY}{sample_id}",))
