"""Reading what can be read of a damaged database into a fresh one."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from segdesk.core.errors import ProjectError
from segdesk.core.project.connection import Connection
from segdesk.core.project.schema import VERSION, migrate
from segdesk.core.translation import tr

# In the order in which rows refer to each other, with the key that leads through each table.
_TABLES = {
    "meta": ("key",),
    "classes": ("position",),
    "samples": ("id",),
    "tiles": ("sample", "plane", "y", "x"),
    "patches": ("id",),
    "patch_tiles": ("patch", "y", "x"),
    "rounds": ("id",),
    "versions": ("number",),
    "scores": ("sample",),
}
_INTEGER_KEYS = ("classes", "samples", "patches", "rounds", "versions", "scores")


def salvage(database: Path, target: Path) -> list[str]:
    """Read every row that can be read from a database into a new one; gives what was lost, in sentences.

    The damaged one is only read, and by a copy of it. `target` must not exist.

    Raises:
        ProjectError: nothing can be read, or not even its tables are known.
        OSError: there is no room for the copies.
    """
    losses: list[str] = []
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copied = _copied(database, Path(folder))
        source = sqlite3.connect(copied, isolation_level=None)
        fresh = sqlite3.connect(target, isolation_level=None, factory=Connection)
        try:
            source.execute("PRAGMA cell_size_check = ON")
            source.execute("PRAGMA writable_schema = RESET")
            version = int(source.execute("PRAGMA user_version").fetchone()[0])
            if not 0 < version <= VERSION or not _columns(source, "samples"):
                raise ProjectError(_nothing(database))
            fresh.execute("PRAGMA synchronous = FULL")
            migrate(fresh)
            fresh.execute("BEGIN")
            for table, key in _TABLES.items():
                lost = _take_table(source, fresh, table, key)
                if lost:
                    losses.append(tr("Some rows of the table {table} could not be read.").format(table=table))
            fresh.execute("COMMIT")
        except sqlite3.Error as error:
            raise ProjectError(_nothing(database)) from error
        finally:
            source.close()
            fresh.close()
    return losses


def _nothing(database: Path) -> str:
    return tr("Nothing can be read from {name}; restore a backup of it.").format(name=database)


def _copied(database: Path, folder: Path) -> Path:
    """The files of a database in another folder, with the log of what was not yet written into it."""
    copied = folder / database.name
    shutil.copyfile(database, copied)
    for suffix in ("-wal", "-journal"):
        beside = database.with_name(database.name + suffix)
        if beside.is_file():
            shutil.copyfile(beside, folder / beside.name)
    return copied


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _take_table(
    source: sqlite3.Connection, fresh: sqlite3.Connection, table: str, key: tuple[str, ...]
) -> bool:
    """Copy a table's rows; whether some were lost."""
    try:
        theirs = _columns(source, table)
    except sqlite3.Error:
        return True
    columns = [name for name in _columns(fresh, table) if name in theirs]
    if not columns:
        return False  # an older project does not have this table
    marks = ", ".join("?" * len(columns))
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    lost = [False]
    for row in _rows(source, table, columns, key, lost):
        try:
            fresh.execute(insert, row)
        except sqlite3.Error:  # what stands in it breaks the table's rules
            lost[0] = True
    return lost[0]


def _rows(
    source: sqlite3.Connection, table: str, columns: list[str], key: tuple[str, ...], lost: list[bool]
) -> Iterator[tuple[Any, ...]]:
    names = ", ".join(columns)
    places = [columns.index(name) for name in key]
    seen: set[tuple[Any, ...]] = set()

    def read(query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        try:
            for row in source.execute(query, values):
                found = tuple(row[place] for place in places)
                if found not in seen:
                    seen.add(found)
                    yield row
        except (sqlite3.Error, OverflowError):
            lost[0] = True

    # Through the whole table, from either end: what lies between two damaged places comes last.
    yield from read(f"SELECT {names} FROM {table} ORDER BY {', '.join(key)}")
    if not lost[0]:
        return
    yield from read(f"SELECT {names} FROM {table} ORDER BY {', '.join(f'{name} DESC' for name in key)}")
    if table in _INTEGER_KEYS:
        known = [found[0] for found in seen if isinstance(found[0], int)]
        for number in range(1, max(known, default=0) + 1):
            if (number,) not in seen:
                yield from read(f"SELECT {names} FROM {table} WHERE {key[0]} = ?", number)
    elif key[0] in ("sample", "patch"):
        owners = {"sample": "samples", "patch": "patches"}[key[0]]
        known = [n for (n,) in _quietly(source, f"SELECT id FROM {owners} ORDER BY id")]
        for number in known:
            for order in ("ASC", "DESC"):
                rest = ", ".join(f"{name} {order}" for name in key[1:])
                yield from read(f"SELECT {names} FROM {table} WHERE {key[0]} = ? ORDER BY {rest}", number)


def _quietly(source: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    try:
        yield from source.execute(query)
    except sqlite3.Error:
        return
