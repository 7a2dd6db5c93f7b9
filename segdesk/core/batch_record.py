"""What a batch has done so far, kept beside its results, so that an interrupted one goes on.

Each image is planned before anything of it is written, and marked as done when all of it stands. So a file
that no record knows was written by somebody else, and is never overwritten.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import SegdeskError
from segdesk.core.translation import tr

NAME = ".segdesk-batch"
_SCHEMA = 1
_TABLES = (
    "CREATE TABLE about (model TEXT NOT NULL)",
    "CREATE TABLE images (file BLOB, page INTEGER, pages INTEGER NOT NULL, width INTEGER NOT NULL,"
    " height INTEGER NOT NULL, size INTEGER NOT NULL, time INTEGER NOT NULL, target TEXT NOT NULL UNIQUE,"
    " done INTEGER NOT NULL DEFAULT 0, objects BLOB, PRIMARY KEY (file, page))",
)


@dataclass(frozen=True)
class Entry:
    """One page of a file in the record.

    size / time: of the file when it was looked at.   target: of its mask, below the folder for results.
    done: the mask stands.   measured: its objects are in the record, too.
    """

    page: int
    pages: int
    width: int
    height: int
    size: int
    time: int
    target: str
    done: bool = False
    measured: bool = False


class Record:
    """The record of the batch in `folder`, held alone until it is closed.

    Raises (each method, too):
        SegdeskError: it is damaged, or in use by another batch, or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        with self._told():
            folder.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
            try:
                self._open()
            except BaseException:
                self._base.close()
                raise

    def _open(self) -> None:
        # The lock ends with the process, however that ends.
        self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._base.execute("BEGIN EXCLUSIVE")
        (version,) = self._base.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for table in _TABLES:
                self._base.execute(table)
            self._base.execute(f"PRAGMA user_version = {_SCHEMA}")
        self._base.execute("COMMIT")
        if version > _SCHEMA:
            raise SegdeskError(
                tr("A newer SegDesk has worked on {folder}; use that one, or another folder.").format(
                    folder=self._path.parent
                )
            )

    def close(self) -> None:
        """Let others have it."""
        self._base.close()

    def begin(self, model: str) -> bool:
        """Say which model is used, by its digest; True where another one was, so that nothing is done now."""
        with self._told(), self._at_once():
            known = self._base.execute("SELECT model FROM about").fetchone()
            if known == (model,):
                return False
            self._base.execute("DELETE FROM about")
            self._base.execute("INSERT INTO about VALUES (?)", (model,))
            self._base.execute("UPDATE images SET done = 0, objects = NULL")
            return known is not None

    def forget(self) -> None:
        """Nothing is done any more; the names stay."""
        with self._told():
            self._base.execute("UPDATE images SET done = 0, objects = NULL")

    def entries(self) -> dict[bytes, list[Entry]]:
        """All pages by their file's key, see `key_of`."""
        found: dict[bytes, list[Entry]] = {}
        with self._told():
            for file, *row in self._base.execute(
                "SELECT file, page, pages, width, height, size, time, target, done, objects IS NOT NULL"
                " FROM images ORDER BY file, page"
            ):
                if not _is_sound(file, row):
                    raise sqlite3.DatabaseError(f"a row of {file!r} makes no sense")
                page, pages, width, height, size, written, target, done, measured = row
                found.setdefault(file, []).append(
                    Entry(page, pages, width, height, size, written, target, bool(done), bool(measured))
                )
        return found

    def plan(self, files: Mapping[bytes, list[Entry]], gone: Iterable[bytes] = ()) -> None:
        """Put the pages of files in place of what was known of them, and forget those that are gone."""
        with self._told(), self._at_once():
            self._base.executemany("DELETE FROM images WHERE file = ?", ((file,) for file in (*files, *gone)))
            self._base.executemany(
                "INSERT INTO images (file, page, pages, width, height, size, time, target)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (file, e.page, e.pages, e.width, e.height, e.size, e.time, e.target)
                    for file, pages in files.items()
                    for e in pages
                ),
            )

    def finish(self, file: bytes, page: int, objects: bytes | None) -> None:
        """All files of a page stand; objects: its measurements, where they were asked for."""
        with self._told():
            self._base.execute(
                "UPDATE images SET done = 1, objects = coalesce(?, objects) WHERE file = ? AND page = ?",
                (objects, file, page),
            )

    def unfinish(self, file: bytes, page: int) -> None:
        """Something is wrong with what stands there."""
        with self._told():
            self._base.execute(
                "UPDATE images SET done = 0, objects = NULL WHERE file = ? AND page = ?", (file, page)
            )

    def objects(self, file: bytes, page: int) -> bytes | None:
        """The measurements of a page."""
        with self._told():
            row = self._base.execute(
                "SELECT objects FROM images WHERE file = ? AND page = ? AND done = 1", (file, page)
            ).fetchone()
        return None if row is None else row[0]

    def damaged(self) -> SegdeskError:
        """What to raise where a part of it makes no sense."""
        return SegdeskError(
            tr(
                "{path}, the record of what is done, is damaged; delete it and predict"
                " everything anew (--again)."
            ).format(path=self._path)
        )

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        self._base.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")

    @contextmanager
    def _told(self) -> Iterator[None]:
        folder = self._path.parent
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                text = tr("Another batch is writing to {folder}; wait for it, or choose another folder.")
                raise SegdeskError(text.format(folder=folder)) from error
            text = tr("Cannot write {path} ({reason}); free some space or choose another folder.")
            raise SegdeskError(text.format(path=self._path, reason=error)) from error
        except sqlite3.DatabaseError as error:
            raise self.damaged() from error
        except OSError as error:
            text = tr("Cannot write {path} ({reason}); free some space or choose another folder.")
            raise SegdeskError(text.format(path=folder, reason=error.strerror or error)) from error


def _is_sound(file: object, row: Sequence[object]) -> bool:
    """Whether a row can be one that was written here; a record may come from anybody, with the folder."""
    page, pages, width, height, size, time, target = row[:7]
    numbers = [n for n in (page, pages, width, height, size, time) if isinstance(n, int) and 0 <= n < 2**62]
    if not isinstance(file, bytes) or len(numbers) < 6 or not isinstance(target, str):
        return False
    return numbers[0] < numbers[1] and min(numbers[2:4]) > 0 and _stays_below(target)


def _stays_below(target: str) -> bool:
    """Whether a path leads nowhere but into the folder for results, on every system."""
    parts = target.split("/")
    return all(part and part.strip(".") and not set(part) & set("\\:\0") for part in parts)


def key_of(path: Path, folder: Path) -> bytes:
    """What the record in `folder` calls a file: its path from there, so that both can be moved together."""
    try:
        return os.fsencode(os.path.relpath(path, folder).replace(os.sep, "/"))
    except ValueError:  # on another drive
        return os.fsencode(path)
