"""All or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from segdesk.core.errors import ProjectError
from segdesk.core.translation import tr


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make what the block writes durable as one, or leave everything as it was.

    Within another one it becomes a part of that.

    Raises:
        ProjectError: the disk is full, the project is read-only, or another program holds it.
    """
    refusal = getattr(connection, "refusal", None)
    if refusal is not None:
        raise ProjectError(refusal)
    try:
        within = connection.in_transaction
        if within:
            yield
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        cause = error.__cause__ if isinstance(error, ProjectError) else error
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if isinstance(error, ProjectError) and code != sqlite3.SQLITE_IOERR:
            raise  # what is damaged says so itself
        raise ProjectError(
            tr("The project cannot be saved ({reason}); free some space or save it elsewhere.").format(
                reason=cause
            )
        ) from error
