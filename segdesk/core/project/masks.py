"""Where masks live: compressed tiles, and the journal of patches that led to them.

A patch is written in one transaction, so a stroke is either whole or absent after a crash, and undo goes on
where it was when the project is opened again. The tiles follow the journal when there is time, see `ahead`.
"""

from __future__ import annotations

import math
import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segdesk.core.errors import ProjectError
from segdesk.core.geometry import Box
from segdesk.core.mask import Mask, PackedMask, PackedPlane, TileKey, pack_tile
from segdesk.core.patch import Patch, State, Status, TileDelta
from segdesk.core.project.ahead import (
    AHEAD,
    APPLIED,
    BORDERS,
    CAN_BE_REDONE,
    CORRECTED,
    FIRST,
    FORGOTTEN,
    IS_APPLIED,
    LABELS,
    at_one_moment,
    drain,
    patches_ahead,
)
from segdesk.core.project.recent import RecentPatches
from segdesk.core.project.samples import Sample
from segdesk.core.project.settling import Settling, damaged, followed
from segdesk.core.project.transaction import transaction
from segdesk.core.translation import tr

_PATCH = (
    "id, name, x, y, width, height, state_before, predicted_by_before, state_after, predicted_by_after,"
    " applied"
)


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
        self._recent = RecentPatches()
        self._settling = Settling(connection)

    def packed(self, sample: Sample) -> PackedMask:
        """The sample's mask as it is stored, which is quick to take and small to keep.

        Raises:
            ProjectError: a part of it is damaged.
        """
        with at_one_moment(self._connection):
            planes = {plane: self._stored(sample, plane) for plane in (LABELS, CORRECTED, BORDERS)}
            patches = patches_ahead(self._connection, sample.id)
            following = followed(
                self._connection,
                sample.id,
                str(sample.source.path),
                sample.height,
                sample.width,
                patches,
            )
            for (plane, key), data in drain(following).items():
                if data is None:
                    planes[plane].pop(key, None)
                else:
                    planes[plane][key] = data
        packed = {plane: PackedPlane(sample.height, sample.width, tiles) for plane, tiles in planes.items()}
        return PackedMask(packed[LABELS], packed[CORRECTED], packed[BORDERS] if planes[BORDERS] else None)

    def first_prediction(self, sample: Sample) -> PackedPlane | None:
        """The labels that a model had predicted before anybody corrected or confirmed the sample.

        That model had not learned from it, so they tell how well it does on new images. None where the
        person began without a prediction, or has not begun.
        """
        if sample.first_version is None:
            return None
        return PackedPlane(sample.height, sample.width, self._stored(sample, FIRST))

    def _stored(self, sample: Sample, plane: int) -> dict[TileKey, bytes]:
        rows = self._connection.execute(
            "SELECT y, x, data FROM tiles WHERE sample = ? AND plane = ?", (sample.id, plane)
        )
        return {(y, x): data for y, x, data in rows}

    def load(self, sample: Sample) -> Mask:
        """The sample's mask, all background where nobody has said anything yet.

        Raises:
            ProjectError: a part of it is damaged.
        """
        try:
            return self.packed(sample).unpack()
        except (ValueError, TypeError, zlib.error) as error:
            raise damaged(sample.source.path.name) from error

    def commit(self, sample_id: int, patch: Patch, *, by_person: bool = True) -> None:
        """Keep a patch that has just been applied to the mask; what had been taken back is forgotten.

        by_person: it is a correction or a confirmation, and not a prediction.
        """
        with transaction(self._connection):
            if by_person:
                self._count(sample_id, patch.before.predicted_by)
            patch_id = self._note(sample_id, patch, APPLIED | AHEAD)
            self._set_status(sample_id, patch.after)
            self._forget_oldest()
        self._recent.add(patch_id, patch)

    def standing(self, sample_id: int) -> Standing:
        """Which state the sample's mask is in on disk; raises ProjectError where there is no such sample."""
        row = self._connection.execute(
            f"SELECT (SELECT MAX(id) FROM patches WHERE sample = samples.id AND {IS_APPLIED}),"
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
            self._settling.now(sample_id)
            patch_id = self._note(sample_id, patch, APPLIED)
            for plane, changed in ((LABELS, tiles.labels), (BORDERS, tiles.borders)):
                for key, data in changed.items():
                    self._write_tile(sample_id, plane, key, data)
            self._set_status(sample_id, patch.after)
            self._forget_oldest()
        self._recent.add(patch_id, patch)
        return True

    def settle(self, seconds: float = math.inf) -> bool:
        """Let tiles follow the journal for so long; whether all that can have done so.

        Raises:
            ProjectError: a mask is damaged, or the project cannot be saved.
        """
        return self._settling.go_on(seconds)

    def end(self) -> None:
        """Let tiles follow for the last time: the project is about to be closed."""
        self._settling.end()

    def _note(self, sample_id: int, patch: Patch, applied: int) -> int:
        """Write a new patch into the journal, and give its id; what had been taken back is forgotten."""
        self._settling.may_be_behind = True
        self._connection.execute("DELETE FROM patches WHERE sample = ? AND applied = 0", (sample_id,))
        self._connection.execute(
            "UPDATE patches SET applied = ? WHERE sample = ? AND applied = ?",
            (AHEAD | FORGOTTEN, sample_id, AHEAD),
        )
        cursor = self._connection.execute(
            "INSERT INTO patches (sample, applied, name, x, y, width, height, state_before,"
            " predicted_by_before, state_after, predicted_by_after, size)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                sample_id,
                applied,
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
        return int(cursor.lastrowid or 0)

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
            self._settling.now(sample_id)
            self._connection.execute(
                "UPDATE samples SET first_version = ? WHERE id = ?", (predicted_by, sample_id)
            )
            self._connection.execute(
                "INSERT INTO tiles SELECT sample, ?, y, x, data FROM tiles WHERE sample = ? AND plane = ?",
                (FIRST, sample_id, LABELS),
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
            patch = self._recent.get(row[0]) or self._patch(row)
            patch.toggle(mask)
        except (ValueError, TypeError, zlib.error) as error:
            raise ProjectError(
                tr("This step of the history is damaged; `segdesk doctor PROJECT --repair` takes it out.")
            ) from error
        try:
            with transaction(self._connection):
                self._settling.may_be_behind = True
                # What the tiles had is what they lack now, and the other way round.
                self._connection.execute(
                    "UPDATE patches SET applied = ? WHERE id = ?", (int(row[-1]) ^ (APPLIED | AHEAD), row[0])
                )
                self._set_status(sample_id, patch.before if back else patch.after)
        except BaseException:
            patch.toggle(mask)  # what could not be saved did not happen
            raise
        return patch

    def _neighbours(self, sample_id: int) -> tuple[Any, Any]:
        query = f"SELECT {_PATCH} FROM patches WHERE sample = ? AND"
        last = self._connection.execute(
            f"{query} {IS_APPLIED} ORDER BY id DESC LIMIT 1", (sample_id,)
        ).fetchone()
        following = self._connection.execute(
            f"{query} {CAN_BE_REDONE} ORDER BY id LIMIT 1", (sample_id,)
        ).fetchone()
        return last, following

    def _patch(self, row: Any) -> Patch:
        patch_id, name, x, y, width, height, state_before, by_before, state_after, by_after, _ = row
        tiles = {
            (ty, tx): TileDelta(labels, corrected, borders)
            for ty, tx, labels, corrected, borders in self._connection.execute(
                "SELECT y, x, labels, corrected, borders FROM patch_tiles WHERE patch = ?", (patch_id,)
            )
        }
        before, after = Status(State(state_before), by_before), Status(State(state_after), by_after)
        return Patch(name, Box(x, y, width, height), tiles, before, after)

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
            patch_id, sample_id, is_ahead, is_applied = self._connection.execute(
                f"SELECT id, sample, applied & {AHEAD}, applied & {APPLIED} FROM patches ORDER BY id LIMIT 1"
            ).fetchone()
            if is_ahead:
                self._settling.now(sample_id)
            if is_applied:
                self._connection.execute("DELETE FROM patches WHERE id = ?", (patch_id,))
            else:  # what could be done again builds on this one, so all of it goes
                self._connection.execute(
                    f"DELETE FROM patches WHERE sample = ? AND NOT {IS_APPLIED}", (sample_id,)
                )
            self._history_size = self._measure_history()
