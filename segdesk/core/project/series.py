"""Which samples are the slices of one series, once somebody has looked into their files."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from functools import cached_property

from segdesk.core.project.transaction import transaction

_KEY = "series"  # in the table of facts about the whole project


@dataclass(frozen=True)
class Series:
    """volumes: the ids of the samples of each series, from its first slice to its last.

    alone: of those that were looked into and are of none.
    """

    volumes: tuple[tuple[int, ...], ...] = ()
    alone: tuple[int, ...] = ()

    @cached_property
    def known(self) -> frozenset[int]:
        """The ids of all samples that were looked into."""
        return frozenset(self.alone).union(*self.volumes)

    def renewed(self, found: Series) -> Series:
        """With what was found of some samples in place of what was known of them."""
        volumes = [volume for volume in self.volumes if found.known.isdisjoint(volume)]
        alone = [each for each in self.alone if each not in found.known]
        return Series((*volumes, *found.volumes), (*alone, *found.alone))


class SeriesTable:
    """What is known of the project's series; samples that are gone since may still be named."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self) -> Series:
        """What was noted last; nothing where it cannot be understood."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
        try:
            return _series(json.loads(row[0])) if row is not None else Series()
        except (ValueError, RecursionError):
            return Series()

    def keep(self, series: Series) -> None:
        """Note this in place of what was noted.

        Raises:
            ProjectError: the project cannot be written.
        """
        text = json.dumps({"volumes": series.volumes, "alone": series.alone})
        with transaction(self._connection):
            self._connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_KEY, text))


def _series(found: object) -> Series:
    if not isinstance(found, dict):
        raise ValueError
    volumes, alone = found.get("volumes"), found.get("alone")
    if not isinstance(volumes, list):
        raise ValueError
    series = Series(tuple(_ids(volume) for volume in volumes), _ids(alone))
    if len(series.known) != len(series.alone) + sum(map(len, series.volumes)):
        raise ValueError  # a sample is in one place
    return series


def _ids(found: object) -> tuple[int, ...]:
    if not isinstance(found, list) or not all(type(each) is int for each in found):
        raise ValueError
    return tuple(found)
