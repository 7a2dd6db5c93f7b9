"""The connection to a project's database, which tells a person what is wrong with it."""

from __future__ import annotations

import sqlite3
from typing import Any, Self

from segdesk.core.errors import ProjectError
from segdesk.core.translation import tr

_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


class DamagedError(ProjectError, sqlite3.DatabaseError):
    """A part of the database cannot be read."""


class Cursor(sqlite3.Cursor):
    """A cursor whose reading says in one sentence that the database is damaged."""

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        try:
            return super().execute(sql, parameters)
        except sqlite3.Error as error:
            raise _readable(error) from error
        except UnicodeEncodeError as error:  # the name of a file on Linux can be any bytes
            raise ProjectError(
                tr("The name of {file} is not in UTF-8; rename the file, or the folder it is in.").format(
                    file=error.object
                )
            ) from error

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except sqlite3.Error as error:
            raise _readable(error) from error

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except sqlite3.Error as error:
            raise _readable(error) from error

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except sqlite3.Error as error:
            raise _readable(error) from error


class Connection(sqlite3.Connection):
    """A connection that knows why nothing may be written through it; None where it may."""

    refusal: str | None = None

    def cursor(self, factory: Any = Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        return self.cursor().execute(sql, parameters)


def _readable(error: sqlite3.Error) -> sqlite3.Error:
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, ProjectError) or code is None or code & 0xFF not in _BROKEN:
        return error
    return DamagedError(
        tr("The project cannot be read ({reason}); check the disk, or try `segdesk doctor PROJECT --repair`.")
        .format(reason=error)
    )  # fmt: skip
