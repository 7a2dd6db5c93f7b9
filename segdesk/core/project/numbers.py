"""The numbers of the samples' objects, once somebody has seen them."""

from __future__ import annotations

import sqlite3

from segdesk.core.objects.anchors import Anchors
from segdesk.core.project.transaction import transaction

_KEY = "objects-{sample}"  # in the table of facts about the whole project


class NumberTable:
    """What ties objects to their numbers, by the samples' ids."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def of(self, sample_id: int) -> Anchors:
        """A sample's; none where nobody has seen its objects, or what was noted cannot be understood."""
        row = self._connection.execute(
            "SELECT value FROM meta WHERE key = ?", (_KEY.format(sample=sample_id),)
        ).fetchone()
        try:
            return Anchors.from_text(row[0]) if row is not None else Anchors()
        except ValueError:
            return Anchors()

    def keep(self, sample_id: int, anchors: Anchors) -> None:
        """Note a sample's; where there are too many, or nothing can be written, nothing."""
        text = anchors.to_text()
        if text is None or anchors == self.of(sample_id):
            return
        with transaction(self._connection):
            self._connection.execute(
                "INSERT OR REPLACE INTO meta (key, value) SELECT ?, ? FROM samples WHERE id = ?",
                (_KEY.format(sample=sample_id), text, sample_id),
            )


def forget(connection: sqlite3.Connection, sample_id: int) -> None:
    """The sample is gone, or another picture; within a transaction of the caller's."""
    connection.execute("DELETE FROM meta WHERE key = ?", (_KEY.format(sample=sample_id),))
