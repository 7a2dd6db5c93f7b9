"""Patches that the stored tiles of a mask do not have yet.

Writing a patch into the journal makes it durable. To write the tiles that it changes as well takes several
times as long, which a person would wait for at the end of every stroke and at every undo. So a patch goes
into the journal alone, marked as ahead of the tiles, and the tiles follow when there is time. Whoever reads
a mask meanwhile gets the tiles with what is ahead of them: patches are differences by XOR, so that their
order does not matter, and one that was taken back after the tiles had got it is ahead of them again.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from segdesk.core.geometry import Box
from segdesk.core.mask import TileKey, tile_box, unpack_tile
from segdesk.core.tile_codec import pack_pixels

LABELS, CORRECTED, FIRST, BORDERS = 0, 1, 2, 3  # planes of the table `tiles`

# Values of `patches.applied`, the sum of what holds.
APPLIED = 1  # else it was taken back
AHEAD = 2  # the tiles do not have it, or have it still after it was taken back
FORGOTTEN = 4  # it was taken back and cannot be done again; it goes once the tiles are without it

IS_APPLIED = f"applied IN ({APPLIED}, {APPLIED | AHEAD})"
CAN_BE_REDONE = f"applied IN (0, {AHEAD})"
IS_AHEAD = f"applied IN ({AHEAD}, {AHEAD | APPLIED}, {AHEAD | FORGOTTEN})"

T = TypeVar("T")
Place = tuple[int, TileKey]  # a plane, and a tile of it


@contextmanager
def at_one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """Let everything that the block reads be of one moment, whatever another process writes meanwhile."""
    within = connection.in_transaction
    if within:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def patches_ahead(connection: sqlite3.Connection, sample_id: int) -> list[int]:
    """The ids of a sample's patches that its tiles do not have."""
    rows = connection.execute(f"SELECT id FROM patches WHERE sample = ? AND {IS_AHEAD}", (sample_id,))
    return [patch for (patch,) in rows.fetchall()]


def are_there(connection: sqlite3.Connection, patches: Iterable[int]) -> bool:
    """Whether all these patches are in the journal still."""
    return all(
        connection.execute("SELECT 1 FROM patches WHERE id = ?", (patch,)).fetchone() for patch in patches
    )


def changes_of(connection: sqlite3.Connection, patches: Iterable[int]) -> dict[Place, list[bytes]]:
    """What patches change, packed, tile by tile."""
    changes: defaultdict[Place, list[bytes]] = defaultdict(list)
    for patch in patches:
        rows = connection.execute(
            "SELECT y, x, labels, corrected, borders FROM patch_tiles WHERE patch = ?", (patch,)
        )
        for y, x, *planes in rows:
            for plane, data in zip((LABELS, CORRECTED, BORDERS), planes, strict=True):
                if data is not None:
                    changes[plane, (y, x)].append(data)
    return changes


def changed(tile: bytes | None, changes: Iterable[bytes], box: Box) -> bytes | None:
    """A packed tile (None: all zero) after changes.

    Raises:
        ValueError, TypeError, zlib.error: one of them is damaged.
    """
    first, *rest = changes if tile is None else (tile, *changes)
    pixels = unpack_tile(first, box)
    if not rest:
        return first
    pixels = pixels.copy()
    for change in rest:
        pixels ^= unpack_tile(change, box)
    return pack_pixels(pixels) if pixels.any() else None


def stored_tile(connection: sqlite3.Connection, sample_id: int, place: Place) -> bytes | None:
    plane, (y, x) = place
    row = connection.execute(
        "SELECT data FROM tiles WHERE sample = ? AND plane = ? AND y = ? AND x = ?", (sample_id, plane, y, x)
    ).fetchone()
    return row[0] if row is not None else None


def catch_up(
    connection: sqlite3.Connection, sample_id: int, height: int, width: int, patches: Iterable[int]
) -> Generator[None, None, dict[Place, bytes | None]]:
    """The tiles after these patches, one a step.

    Raises:
        ValueError, TypeError, zlib.error: one of them is damaged.
    """
    ready: dict[Place, bytes | None] = {}
    for place, changes in changes_of(connection, patches).items():
        box = tile_box(place[1], height, width)
        ready[place] = changed(stored_tile(connection, sample_id, place), changes, box)
        yield
    return ready


def drain(work: Generator[None, None, T]) -> T:
    """The result of work that is done in steps, all of them at once."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


def keep(
    connection: sqlite3.Connection,
    sample_id: int,
    tiles: Mapping[Place, bytes | None],
    patches: Iterable[int],
) -> None:
    """Write the tiles after these patches, which are ahead of them no longer; within a transaction.

    One that was done or taken back while the tiles were made is ahead of them from now on.
    """
    # In the order of the table, so that its pages are filled.
    connection.executemany(
        "INSERT OR REPLACE INTO tiles (sample, plane, y, x, data) VALUES (?, ?, ?, ?, ?)",
        [
            (sample_id, plane, *key, data)
            for (plane, key), data in sorted(tiles.items(), key=lambda tile: tile[0])
            if data is not None
        ],
    )
    connection.executemany(
        "DELETE FROM tiles WHERE sample = ? AND plane = ? AND y = ? AND x = ?",
        [(sample_id, plane, *key) for (plane, key), data in tiles.items() if data is None],
    )
    connection.executemany(
        f"UPDATE patches SET applied = (applied | {AHEAD}) - (applied & {AHEAD}) WHERE id = ?",
        [(patch,) for patch in patches],
    )
    connection.execute("DELETE FROM patches WHERE sample = ? AND applied = ?", (sample_id, FORGOTTEN))
