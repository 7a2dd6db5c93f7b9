"""Where masks live: compressed tiles, and the journal of patches that led to them.

A patch and the tiles it changed are written in one transaction, so a stroke is either whole or absent
after a crash, and undo goes on where it was when the project is opened again.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segdesk.core.errors import ProjectError
from segdesk.core.geometry import Box
from segdesk.core.mask import Mask, PackedMask, PackedPlane, TileKey, pack_tile
from segdesk.core.patch import Patch, State, Status, TileDelta
from segdesk.core.project.samples import Sample
from segdesk.core.project.transaction import transaction
from segdesk.core.translation import tr

LABELS, _CORRECTED, _FIRST, BORDERS = 0, 1, 2, 3  # planes of the table `tiles`
_PATCH = "id, name, x, y, width, height, state_before, predicted_by_before, state_after, predicted_by_after"


@dataclass(frozen=True)
class Standing:
    """Which state a mask is in: two masks of a sample of the same standing are the same.

    patch: the id of the last one that is applied, or None.
    """

    patch: int | None
    status: Status


@dataclass(frozen=True)
class PackedTiles:
    """Tiles of a mask's planes as they are after a patch, packed; None for one that is all zero."""

    labels: Mapping[TileKey, bytes | None]
    borders: Mapping[TileKey, bytes | None]

    @classmethod
    def changed(cls, patch: Patch, mask: Mask) -> PackedTiles:
        """Those that a prediction's patch has just changed in `mask`."""
        tiles = patch.tiles.items()
        return cls(
            {key: pack_tile(mask.labels, key) for key, delta in tiles if delta.labels is not None},
            {key: pack_tile(mask.with_borders(), key) for key, delta in tiles if delta.borders is not None},
        )


@dataclass(frozen=True)
class History:
    """What can be taken back and done again next, by name; None where there is nothing."""

    undo: str | None
    redo: str | None


class MaskTable:
    """The masks of a project's samples and their history.

    history_budget: bytes of patches kept in the project; the oldest ones go first.
    """

    def __init__(self, connection: sqlite3.Connection, history_budget: int = 512 * 2**20) -> None:
        self._connection = connection
        self._history_budget = history_budget
        self._history_size = self._measure_history()

    def packed(self, sample: Sample) -> PackedMask:
        """The sample's mask as it is stored, which is quick to take and small to keep."""
        borders = self._plane(sample, BORDERS)
        return PackedMask(
            self._plane(sample, LABELS),
            self._plane(sample, _CORRECTED),
            borders if borders.tiles else None,
        )

    def first_prediction(self, sample: Sample) -> PackedPlane | None:
        """The labels that a model had predicted before anybody corrected or confirmed the sample.

        That model had not learned from it, so they tell how well it does on new images. None where the
        person began without a prediction, or has not begun.
        """
        return self._plane(sample, _FIRST) if sample.first_version is not None else None

    def _plane(self, sample: Sample, plane: int) -> PackedPlane:
        rows = self._connection.execute(
            "SELECT y, x, data FROM tiles WHERE sample = ? AND plane = ?", (sample.id, plane)
        )
        tiles: dict[TileKey, bytes] = {(y, x): data for y, x, data in rows}
        return PackedPlane(sample.height, sample.width, tiles)

    def load(self, sample: Sample) -> Mask:
        """The sample's mask, all background where nobody has said anything yet.

        Raises:
            ProjectError: a part of it is damaged.
        """
        try:
            return self.packed(sample).unpack()
        except (ValueError, TypeError, zlib.error) as error:
            raise _damaged(sample.source.path.name) from error

    def commit(self, sample_id: int, patch: Patch, mask: Mask, *, by_person: bool = True) -> None:
        """Keep a patch that has just been applied to `mask`; what had been taken back is forgotten.

        by_person: it is a correction or a confirmation, and not a prediction.
        """
        with transaction(self._connection):
            if by_person:
                self._count(sample_id, patch.before.predicted_by)
            self._note(sample_id, patch)
            self._store(sample_id, patch, mask, patch.after)
            self._forget_oldest()

    def standing(self, sample_id: int) -> Standing:
        """Which state the sample's mask is in on disk; raises ProjectError where there is no such sample."""
        row = self._connection.execute(
            "SELECT (SELECT MAX(id) FROM patches WHERE sample = samples.id AND applied = 1),"
            " state, predicted_by FROM samples WHERE id = ?",
            (sample_id,),
        ).fetchone()
        if row is None:
            raise ProjectError(tr("This image is no longer part of the project."))
        return Standing(row[0], Status(State(row[1]), row[2]))

    def commit_ready(self, sample_id: int, standing: Standing, patch: Patch, tiles: PackedTiles) -> bool:
        """Keep a prediction's patch, made for a mask of that standing; False, and nothing, if it has changed.

        tiles: what the patch makes of the tiles that it changes.
        """
        with transaction(self._connection):
            if self.standing(sample_id) != standing:
                return False
            self._note(sample_id, patch)
            for plane, changed in ((LABELS, tiles.labels), (BORDERS, tiles.borders)):
                for key, data in changed.items():
                    self._write_tile(sample_id, plane, key, data)
            self._set_status(sample_id, patch.after)
            self._forget_oldest()
        return True

    def _note(self, sample_id: int, patch: Patch) -> None:
        """Write a new patch into the journal; what had been taken back is forgotten."""
        self._connection.execute("DELETE FROM patches WHERE sample = ? AND applied = 0", (sample_id,))
        cursor = self._connection.execute(
            "INSERT INTO patches (sample, applied, name, x, y, width, height, state_before,"
            " predicted_by_before, state_after, predicted_by_after, size)"
            " VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                sample_id,
                patch.name,
                *patch.box,
                patch.before.state.value,
                patch.before.predicted_by,
                patch.after.state.value,
                patch.after.predicted_by,
                patch.size,
            ),
        )
        self._connection.executemany(
            "INSERT INTO patch_tiles (patch, y, x, labels, corrected, borders) VALUES (?, ?, ?, ?, ?, ?)",
            [(cursor.lastrowid, *key, d.labels, d.corrected, d.borders) for key, d in patch.tiles.items()],
        )
        self._history_size += patch.size

    def undo(self, sample_id: int, mask: Mask) -> Patch | None:
        """Take the last patch back in `mask` and on disk, and give it; None where there is none."""
        return self._step(sample_id, mask, back=True)

    def redo(self, sample_id: int, mask: Mask) -> Patch | None:
        """Do the next patch again, and give it; None where there is none."""
        return self._step(sample_id, mask, back=False)

    def history(self, sample_id: int) -> History:
        last, following = self._neighbours(sample_id)
        return History(last[1] if last else None, following[1] if following else None)

    def _count(self, sample_id: int, predicted_by: int | None) -> None:
        """Note a person's work; before the very first of it, keep what the model had said."""
        (worked,) = self._connection.execute(
            "SELECT corrections FROM samples WHERE id = ?", (sample_id,)
        ).fetchone()
        if not worked and predicted_by is not None:
            self._connection.execute(
                "UPDATE samples SET first_version = ? WHERE id = ?", (predicted_by, sample_id)
            )
            self._connection.execute(
                "INSERT INTO tiles SELECT sample, ?, y, x, data FROM tiles WHERE sample = ? AND plane = ?",
                (_FIRST, sample_id, LABELS),
            )
        self._connection.execute(
            "UPDATE samples SET corrections = corrections + 1 WHERE id = ?", (sample_id,)
        )

    def _step(self, sample_id: int, mask: Mask, *, back: bool) -> Patch | None:
        last, following = self._neighbours(sample_id)
        row = last if back else following
        if row is None:
            return None
        try:
            patch = self._patch(row)
            patch.toggle(mask)
        except (ValueError, TypeError, zlib.error) as error:
            raise ProjectError(
                tr("This step of the history is damaged; `segdesk doctor PROJECT --repair` takes it out.")
            ) from error
        try:
            with transaction(self._connection):
                self._connection.execute(
                    "UPDATE patches SET applied = ? WHERE id = ?", (0 if back else 1, row[0])
                )
                self._store(sample_id, patch, mask, patch.before if back else patch.after)
        except BaseException:
            patch.toggle(mask)  # what could not be saved did not happen
            raise
        return patch

    def _neighbours(self, sample_id: int) -> tuple[Any, Any]:
        query = f"SELECT {_PATCH} FROM patches WHERE sample = ? AND applied = ? ORDER BY id"
        last = self._connection.execute(f"{query} DESC LIMIT 1", (sample_id, 1)).fetchone()
        following = self._connection.execute(f"{query} LIMIT 1", (sample_id, 0)).fetchone()
        return last, following

    def _patch(self, row: Any) -> Patch:
        patch_id, name, x, y, width, height, state_before, by_before, state_after, by_after = row
        tiles = {
            (ty, tx): TileDelta(labels, corrected, borders)
            for ty, tx, labels, corrected, borders in self._connection.execute(
                "SELECT y, x, labels, corrected, borders FROM patch_tiles WHERE patch = ?", (patch_id,)
            )
        }
        before, after = Status(State(state_before), by_before), Status(State(state_after), by_after)
        return Patch(name, Box(x, y, width, height), tiles, before, after)

    def _store(self, sample_id: int, patch: Patch, mask: Mask, status: Status) -> None:
        for key, delta in patch.tiles.items():
            if delta.labels is not None:
                self._write_tile(sample_id, LABELS, key, pack_tile(mask.labels, key))
            if delta.corrected is not None:
                self._write_tile(sample_id, _CORRECTED, key, pack_tile(mask.corrected, key))
            if delta.borders is not None:
                self._write_tile(sample_id, BORDERS, key, pack_tile(mask.with_borders(), key))
        self._set_status(sample_id, status)

    def _set_status(self, sample_id: int, status: Status) -> None:
        self._connection.execute(
            "UPDATE samples SET state = ?, predicted_by = ? WHERE id = ?",
            (status.state.value, status.predicted_by, sample_id),
        )

    def _write_tile(self, sample_id: int, plane: int, key: TileKey, data: bytes | None) -> None:
        if data is None:
            self._connection.execute(
                "DELETE FROM tiles WHERE sample = ? AND plane = ? AND y = ? AND x = ?",
                (sample_id, plane, *key),
            )
        else:
            self._connection.execute(
                "INSERT OR REPLACE INTO tiles (sample, plane, y, x, data) VALUES (?, ?, ?, ?, ?)",
                (sample_id, plane, *key, data),
            )

    def _measure_history(self) -> int:
        (size,) = self._connection.execute("SELECT COALESCE(SUM(size), 0) FROM patches").fetchone()
        return int(size)

    def _forget_oldest(self) -> None:
        if self._history_size <= self._history_budget:
            return
        self._history_size = self._measure_history()
        while self._history_size > self._history_budget:
            patch_id, sample_id, applied = self._connection.execute(
                "SELECT id, sample, applied FROM patches ORDER BY id LIMIT 1"
            ).fetchone()
            if applied:
                self._connection.execute("DELETE FROM patches WHERE id = ?", (patch_id,))
            else:  # what could be done again builds on this one, so all of it goes
                self._connection.execute("DELETE FROM patches WHERE sample = ? AND applied = 0", (sample_id,))
            self._history_size = self._measure_history()


def _damaged(name: str) -> ProjectError:
    return ProjectError(
        tr("The mask of {name} is damaged; `segdesk doctor PROJECT --repair` keeps what can be read of it.")
        .format(name=name)
    )  # fmt: skip
