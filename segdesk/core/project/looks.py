"""What a person said of the samples' images: how to show them, and how large their pixels are.

It changes nothing of what is learned from or exported.
"""

from __future__ import annotations

import sqlite3

from segdesk.core.images import Look, PixelSize
from segdesk.core.images.pixel_size import sized
from segdesk.core.project.transaction import transaction

_COMMON = "display"  # in the table of facts about the whole project


class LookTable:
    """The samples' looks, or one that all of them share, and the sizes of their pixels."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @property
    def common(self) -> Look | None:
        """The look of all samples; None where each has its own."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (_COMMON,)).fetchone()
        return None if row is None else Look.from_json(row[0])

    def share(self, look: Look | None) -> None:
        """Show all samples like this; None: each like its own look again."""
        with transaction(self._connection):
            if look is None:
                self._connection.execute("DELETE FROM meta WHERE key = ?", (_COMMON,))
            else:
                self._connection.execute(
                    "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_COMMON, look.to_json())
                )

    def of(self, sample_id: int) -> Look:
        """A sample's own look; the usual one where nobody chose another."""
        row = self._connection.execute("SELECT display FROM samples WHERE id = ?", (sample_id,)).fetchone()
        return Look.from_json(row[0] if row else None)

    def keep(self, sample_id: int, look: Look) -> None:
        """Remember a sample's own look."""
        text = None if look == Look() else look.to_json()
        with transaction(self._connection):
            self._connection.execute("UPDATE samples SET display = ? WHERE id = ?", (text, sample_id))

    def pixel_size(self, sample_id: int) -> PixelSize | None:
        """How large a person said that the pixels are; None where nobody did."""
        row = self._connection.execute(
            "SELECT pixel_size, pixel_unit FROM samples WHERE id = ?", (sample_id,)
        ).fetchone()
        return None if row is None or row[0] is None else sized(row[0], row[0], str(row[1]))

    def calibrate(self, sample_id: int | None, size: PixelSize | None) -> None:
        """Remember how large the pixels of a sample (None: of all) are; None: what the file says counts."""
        side, unit = (None, None) if size is None else (size.x, size.unit)
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE samples SET pixel_size = ?, pixel_unit = ?" + (" WHERE id = ?" if sample_id else ""),
                (side, unit, sample_id) if sample_id else (side, unit),
            )
