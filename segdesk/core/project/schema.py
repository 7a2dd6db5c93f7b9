"""The tables of a project, and how an older project is brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from segdesk.core.errors import ProjectError
from segdesk.core.translation import tr

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
)

VERSION = len(_MIGRATIONS)


def connect(database: Path) -> sqlite3.Connection:
    """Open a project's database, making or updating its tables.

    A commit is on disk when it returns, through a power cut too. One writer at a time: another process
    waits for up to ten seconds.

    Raises:
        ProjectError: it is no project's database, is damaged, or was made by a newer SegDesk.
    """
    try:
        connection = sqlite3.connect(database, timeout=10, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection)
    except sqlite3.Error as error:
        raise ProjectError(
            tr("{name} cannot be opened as a project ({reason}); check the disk, or restore a copy.").format(
                name=database.parent.name, reason=error
            )
        ) from error
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        connection.close()
        raise ProjectError(tr("This project was made by a newer SegDesk; install the newest one to open it."))
    for number in range(version, VERSION):
        connection.executescript(
            f"BEGIN IMMEDIATE; {_MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;"
        )
