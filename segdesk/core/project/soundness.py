"""What every row of a project must be like, so that nobody who reads it needs to doubt it.

SQLite keeps whatever it is given in any column. A project that was made elsewhere, or on a bad disk, is
looked over once when it is opened; the large tables, of masks and their history, where they are read.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from segdesk.core.patch import State
from segdesk.core.project.connection import DamagedError
from segdesk.core.project.splits import Split
from segdesk.core.translation import tr

_LARGEST = 2**31  # side of an image, in pixels
_STATES = ", ".join(f"'{state.value}'" for state in State)
_SPLITS = ", ".join(f"'{split.value}'" for split in Split)


def _is(kind: str, *columns: str) -> str:
    return " AND ".join(f"typeof({column}) = '{kind}'" for column in columns)


def _may_be(kind: str, *columns: str) -> str:
    allowed = "'null', 'real', 'integer'" if kind == "real" else f"'null', '{kind}'"
    return " AND ".join(f"typeof({column}) IN ({allowed})" for column in columns)


# By table: what holds for each of its rows.
_SOUND = {
    "meta": _is("text", "key", "value"),
    "classes": f"position BETWEEN 0 AND 254 AND {_is('text', 'name', 'color')}"
    f" AND lower(color) GLOB '#{'[0-9a-f]' * 6}'",
    "samples": f"{_is('text', 'path')} AND {_is('integer', 'page', 'width', 'height', 'corrections')}"
    f" AND instr(path, char(0)) = 0 AND path <> '' AND page BETWEEN 0 AND {_LARGEST}"
    f" AND width BETWEEN 1 AND {_LARGEST} AND height BETWEEN 1 AND {_LARGEST}"
    f" AND state IN ({_STATES}) AND {_may_be('text', 'relative', 'digest', 'pixels', 'pixel_unit')}"
    f" AND {_may_be('text', 'display')} AND instr(COALESCE(relative, ''), char(0)) = 0"
    f" AND {_may_be('integer', 'predicted_by', 'first_version', 'file_size', 'file_time')}"
    f" AND {_may_be('real', 'seconds', 'pixel_size')} AND seconds IS NOT NULL"
    f" AND (split IS NULL OR split IN ({_SPLITS})) AND {_is('integer', 'split_fixed')}"
    f" AND {_may_be('text', 'split_group')}",
    "versions": f"{_is('text', 'file', 'name', 'created')} AND number >= 1"
    " AND file NOT LIKE '%/%' AND file NOT LIKE '%\\%' AND file NOT IN ('', '.', '..')"
    " AND instr(file, char(0)) = 0",
    "rounds": f"{_is('text', 'finished', 'network', 'figures', 'curve', 'note', 'learned')}"
    f" AND {_may_be('integer', 'version', 'parent')} AND {_may_be('real', 'dice_before', 'dice_after')}"
    f" AND {_is('integer', 'samples')}"
    " AND json_type(CASE WHEN json_valid(figures) THEN figures ELSE '0' END) = 'object'"
    " AND json_type(CASE WHEN json_valid(curve) THEN curve ELSE '0' END) = 'array'"
    " AND json_type(CASE WHEN json_valid(learned) THEN learned ELSE '0' END) = 'object'",
    "scores": f"{_is('integer', 'version')} AND {_may_be('real', 'uncertainty', 'disagreement')}",
}


def check_rows(connection: sqlite3.Connection) -> None:
    """Look at the rows that are read as a whole.

    Raises:
        DamagedError: one of them is not what SegDesk writes.
    """
    for table, sound in _SOUND.items():
        if connection.execute(f"SELECT 1 FROM {table} WHERE ({sound}) IS NOT 1 LIMIT 1").fetchone():
            raise DamagedError(
                tr(
                    "The table {table} of the project holds what SegDesk never writes;"
                    " `segdesk doctor PROJECT --repair` takes it out."
                ).format(table=table)
            )


def drop_rows(connection: sqlite3.Connection) -> list[str]:
    """Take out the rows that do not hold; gives the names of their tables.

    A sample whose state alone is wrong counts as corrected, so that somebody looks at it; one whose split is
    wrong is in none.
    """
    connection.execute(
        "UPDATE samples SET split = NULL, split_fixed = 0, split_group = NULL"
        f" WHERE split NOT IN ({_SPLITS}) OR typeof(split_fixed) <> 'integer'"
        " OR typeof(split_group) NOT IN ('null', 'text')"
    )
    connection.execute(f"UPDATE samples SET state = '{State.CORRECTED.value}' WHERE state NOT IN ({_STATES})")
    return [
        table
        for table, sound in _SOUND.items()
        if connection.execute(f"DELETE FROM {table} WHERE ({sound}) IS NOT 1").rowcount
    ]


@contextmanager
def understood() -> Iterator[None]:
    """Around the reading of a row that nobody has looked at: what is wrong with it is damage.

    Raises:
        DamagedError: it is not what SegDesk writes.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, zlib.error) as error:
        raise DamagedError(
            tr("A part of the project is damaged; `segdesk doctor PROJECT --repair` keeps what can be read.")
        ) from error
