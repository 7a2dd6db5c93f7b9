"""Which part of the data set a sample is in: what is learned from, what judges it, what nobody looks at."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from enum import StrEnum

from segdesk.core.project.transaction import transaction


class Split(StrEnum):
    """The parts of a data set. A sample in none of them counts as one to learn from.

    Validation samples judge what is learned and are not learned from; test samples take part in nothing.
    """

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class SplitTable:
    """The split of a project's samples; what it is now stands in each `Sample`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def draw(self, splits: Mapping[int, Split | None]) -> None:
        """Put samples where they were drawn to, by their ids; those that a person fixed stay where they are.

        Raises:
            ProjectError: the project cannot be written.
        """
        with transaction(self._connection):
            self._connection.executemany(
                "UPDATE samples SET split = ? WHERE id = ? AND split_fixed = 0",
                [(split.value if split else None, sample_id) for sample_id, split in splits.items()],
            )

    def fix(self, splits: Mapping[int, Split]) -> None:
        """Put samples where a person, or a data set's authors, want them; no drawing moves them.

        Raises:
            ProjectError: the project cannot be written.
        """
        with transaction(self._connection):
            self._connection.executemany(
                "UPDATE samples SET split = ?, split_fixed = 1 WHERE id = ?",
                [(split.value, sample_id) for sample_id, split in splits.items()],
            )

    def free(self, sample_ids: Iterable[int]) -> None:
        """Let the next drawing move these samples again; raises ProjectError as `draw` does."""
        with transaction(self._connection):
            self._connection.executemany(
                "UPDATE samples SET split_fixed = 0 WHERE id = ?", [(sample_id,) for sample_id in sample_ids]
            )

    def clear(self) -> None:
        """Let no sample be in a split, nor fixed; groups stay. Raises ProjectError as `draw` does."""
        with transaction(self._connection):
            self._connection.execute("UPDATE samples SET split = NULL, split_fixed = 0")

    def group(self, groups: Mapping[int, str | None]) -> None:
        """Say which samples stay together, by the name of their group; None: with no other.

        Raises:
            ProjectError: the project cannot be written.
        """
        with transaction(self._connection):
            self._connection.executemany(
                "UPDATE samples SET split_group = ? WHERE id = ?",
                [(group or None, sample_id) for sample_id, group in groups.items()],
            )
