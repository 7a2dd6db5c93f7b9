"""The tables of a project, and how an older project is brought up to date."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segdesk.core.errors import ProjectError
from segdesk.core.files import atomic_write, is_full, is_on_network
from segdesk.core.project.connection import Connection, DamagedError
from segdesk.core.project.soundness import check_rows
from segdesk.core.translation import tr

BACKUPS = "backups"  # a folder within the project's

# Each entry brings a database from the version that is its index to the next one. Entries are never
# changed once a project may have been made with them; new tables come by new entries.
_MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE classes (
        position INTEGER PRIMARY KEY,  -- the class index in masks
        name TEXT NOT NULL,
        color TEXT NOT NULL            -- '#rrggbb'
    );

    CREATE TABLE samples (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL,            -- absolute, as it was found
        relative TEXT,                 -- from the project's folder, where there is such a way
        page INTEGER NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        state TEXT NOT NULL,
        predicted_by INTEGER,
        UNIQUE (path, page)
    );

    CREATE TABLE tiles (               -- planes: 0 labels, 1 corrected; a tile of zeros has no row
        sample INTEGER NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
        plane INTEGER NOT NULL,
        y INTEGER NOT NULL,
        x INTEGER NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (sample, plane, y, x)
    ) WITHOUT ROWID;

    CREATE TABLE patches (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sample INTEGER NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
        applied INTEGER NOT NULL,      -- 0: taken back, can be done again
        name TEXT NOT NULL,
        x INTEGER NOT NULL, y INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
        state_before TEXT NOT NULL, predicted_by_before INTEGER,
        state_after TEXT NOT NULL, predicted_by_after INTEGER,
        size INTEGER NOT NULL
    );
    CREATE INDEX patches_of_sample ON patches (sample, id);

    CREATE TABLE patch_tiles (
        patch INTEGER NOT NULL REFERENCES patches (id) ON DELETE CASCADE,
        y INTEGER NOT NULL,
        x INTEGER NOT NULL,
        labels BLOB,
        corrected BLOB,
        PRIMARY KEY (patch, y, x)
    ) WITHOUT ROWID;

    CREATE TABLE rounds (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        finished TEXT NOT NULL,        -- UTC, ISO 8601
        version INTEGER,               -- the model version it yielded; NULL where the gate refused it
        parent INTEGER,                -- the version it started from
        network TEXT NOT NULL,
        dice_before REAL, dice_after REAL,
        samples INTEGER NOT NULL,
        figures TEXT NOT NULL,         -- JSON: name to number
        curve TEXT NOT NULL,           -- JSON: [[seconds, loss, dice or null], ...]
        note TEXT NOT NULL
    );

    CREATE TABLE versions (
        number INTEGER PRIMARY KEY,
        file TEXT NOT NULL,            -- inside the project's folder of models
        name TEXT NOT NULL,
        created TEXT NOT NULL          -- UTC, ISO 8601
    );
    """,
    # Plane 2 of `tiles` is the first prediction: what a model that had not learned from the sample said.
    """
    ALTER TABLE samples ADD COLUMN first_version INTEGER;              -- the version of that model
    ALTER TABLE samples ADD COLUMN seconds REAL NOT NULL DEFAULT 0;    -- of annotation
    ALTER TABLE samples ADD COLUMN corrections INTEGER NOT NULL DEFAULT 0;

    CREATE TABLE scores (              -- how useful it would be to look at a sample next
        sample INTEGER PRIMARY KEY REFERENCES samples (id) ON DELETE CASCADE,
        version INTEGER NOT NULL,      -- the model version whose prediction this is about
        uncertainty REAL,              -- 0 to 1
        disagreement REAL              -- with the version before, 0 to 1
    );

    ALTER TABLE rounds ADD COLUMN learned TEXT NOT NULL DEFAULT '{}';  -- JSON: what it learned from
    """,
    """
    -- What an image's file is known by, see fingerprint.py.
    ALTER TABLE samples ADD COLUMN digest TEXT;          -- of its size and three pieces: finds a moved one
    ALTER TABLE samples ADD COLUMN file_size INTEGER;    -- bytes, and
    ALTER TABLE samples ADD COLUMN file_time INTEGER;    -- nanoseconds: while both stay, so do the pixels
    ALTER TABLE samples ADD COLUMN pixels TEXT;          -- digest of the pixels, once they were on screen

    ALTER TABLE samples ADD COLUMN pixel_size REAL;      -- a pixel's side, where a person said so
    ALTER TABLE samples ADD COLUMN pixel_unit TEXT;      -- of pixel_size, such as 'µm'
    ALTER TABLE samples ADD COLUMN display TEXT;         -- JSON: how it is shown, where a person chose that
    """,
    # Plane 3 of `tiles` is the borders: where objects of one class that touch are parted.
    """
    ALTER TABLE patch_tiles ADD COLUMN borders BLOB;

    ALTER TABLE samples ADD COLUMN split TEXT;           -- 'train', 'validation' or 'test'
    ALTER TABLE samples ADD COLUMN split_fixed INTEGER NOT NULL DEFAULT 0;  -- 1: a person said so
    ALTER TABLE samples ADD COLUMN split_group TEXT;     -- those of one group stay together
    """,
    # `patches.applied` is a sum from here on, see ahead.py: patches that the tiles do not have yet are found
    # without reading the whole journal.
    """
    CREATE INDEX patches_ahead ON patches (sample) WHERE applied IN (2, 3, 6);
    """,
)

VERSION = len(_MIGRATIONS)

# The first projects of version 3 had these, which nothing used; version 4 makes a column of that name.
_UNUSED_IN_3 = """
    ALTER TABLE samples DROP COLUMN split;
    DROP TABLE borders;
"""


def connect(database: Path) -> Connection:
    """Open a project's database to work on it, making or updating its tables.

    A commit is on disk when it returns, through a power cut too. One writer at a time: another process
    waits for up to ten seconds.

    Raises:
        ProjectError: it is no project's database, is damaged, or was made by a newer SegDesk.
    """
    with _told(database):
        connection = _connected(str(database))
        try:
            # The index of a write-ahead log is shared memory, which computers cannot share over a network.
            journal = "DELETE" if is_on_network(database) else "WAL"
            connection.execute(f"PRAGMA journal_mode = {journal}")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            if 0 < _version(connection) < VERSION:
                _keep_as_it_was(connection, database)
            migrate(connection)
            check_rows(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def look_into(database: Path, refusal: str) -> Connection:
    """Open a project's database without ever changing it, whoever else works on it and where it lies.

    refusal: the sentence that meets whoever tries to write.

    Raises:
        ProjectError: as `connect` does; or it was cut off and lies where it cannot be brought in order.
    """
    with _told(database):
        location = database.absolute().as_uri()
        if not _can_be_written(database):
            if _left_over(database):
                raise ProjectError(
                    tr("{name} was cut off while it was written, and its folder is read-only; copy it first.")
                    .format(name=database.parent.name)
                )  # fmt: skip
            location += "?mode=ro&immutable=1"  # SQLite would want to make files beside it
        else:
            location += "?mode=rw"
        connection = _connected(location)
        try:
            if _version(connection) != VERSION:
                connection = _renewed_in_memory(connection)
            check_rows(connection)
            connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
    connection.refusal = refusal
    return connection


@contextmanager
def _told(database: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if isinstance(error, DamagedError) and not isinstance(error.__cause__, sqlite3.Error):
            raise  # it could be read, and makes no sense
        if is_full(database.parent):  # a log of changes needs a little room, also where nothing is changed
            raise ProjectError(
                tr("{name} cannot be opened as the disk is full; free some space.").format(
                    name=database.parent.name
                )
            ) from error
        raise ProjectError(
            tr(
                "{name} cannot be opened as a project ({reason}); check the disk, or try"
                " `segdesk doctor PROJECT --repair`."
            ).format(name=database.parent.name, reason=error.__cause__ or error)
        ) from error


def _connected(location: str) -> Connection:
    return sqlite3.connect(
        location, timeout=10, isolation_level=None, factory=Connection, uri="?" in location
    )


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _has_column(connection: sqlite3.Connection, table: str, column: str) -> bool:
    return any(row[1] == column for row in connection.execute(f"PRAGMA table_info({table})"))


def _renewed_in_memory(connection: Connection) -> Connection:
    """A copy with today's tables, for a project of an older SegDesk that must stay as it is."""
    copy = _connected(":memory:")
    connection.backup(copy)
    connection.close()
    migrate(copy)
    return copy


def _keep_as_it_was(connection: sqlite3.Connection, database: Path) -> None:
    """A backup of what an older SegDesk made, before its tables are changed."""
    version = _version(connection)
    target = database.parent / BACKUPS / f"before-version-{VERSION}-from-{version}.sqlite"
    if not target.exists():
        copy_database(connection, target)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to date, one version after the other, each as one transaction.

    Raises:
        ProjectError: a newer SegDesk made them.
        sqlite3.Error: it is no such database, or damaged.
    """
    version = _version(connection)
    if version > VERSION:
        raise ProjectError(tr("This project was made by a newer SegDesk; install the newest one to open it."))
    for number in range(version, VERSION):
        unused = _UNUSED_IN_3 if number == 3 and _has_column(connection, "samples", "split") else ""
        script = f"{unused} {_MIGRATIONS[number]} PRAGMA user_version = {number + 1};"
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {script} COMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def copy_database(connection: sqlite3.Connection, target: Path) -> None:
    """Write a whole and consistent copy of a database to a file, all or nothing.

    Those who write meanwhile are not held up.

    Raises:
        SegdeskError: the file cannot be written.
        sqlite3.Error: the database cannot be read.
    """
    with atomic_write(target) as temporary:
        copy = sqlite3.connect(temporary, isolation_level=None)
        try:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it
        finally:
            copy.close()


def _can_be_written(database: Path) -> bool:
    return os.access(database, os.W_OK) and os.access(database.parent, os.W_OK)


def _left_over(database: Path) -> bool:
    """Whether changes wait in a log or journal beside the database."""
    for suffix in ("-wal", "-journal"):
        try:
            if database.with_name(database.name + suffix).stat().st_size > 0:
                return True
        except OSError:
            continue
    return False
