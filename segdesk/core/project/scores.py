"""How useful it would be to look at a sample next: what the model thinks of its own prediction."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from segdesk.core.patch import State
from segdesk.core.project.transaction import transaction


@dataclass(frozen=True)
class Score:
    """What is known about the prediction that a sample has.

    version: the model version that made it.
    uncertainty: 0 (sure of each pixel) to 1 (all classes alike everywhere); None where nobody computed it.
    disagreement: with what another version had predicted before it, 0 (the same) to 1 (nothing in common);
        None where there was no such prediction.
    """

    version: int
    uncertainty: float | None
    disagreement: float | None


class ScoreTable:
    """The scores of the project's samples, of those that have one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self) -> dict[int, Score]:
        """The scores by sample id.

        A confirmed sample has none, as there is nothing left to find in it; nor has one whose prediction was
        taken back, as the score was about that one.
        """
        return self._read("")

    def get(self, sample_id: int) -> Score | None:
        """One sample's score; None as in `all`."""
        return next(iter(self._read(" AND samples.id = ?", sample_id).values()), None)

    def keep(
        self, sample_id: int, version: int, uncertainty: float | None, disagreement: float | None = None
    ) -> None:
        """Note what is known about a new prediction.

        A figure that is None stays what it was if the same version had made the prediction before.
        """
        with transaction(self._connection):
            self._connection.execute(
                "INSERT INTO scores (sample, version, uncertainty, disagreement) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (sample) DO UPDATE SET version = excluded.version,"
                f" uncertainty = {_renewed('uncertainty')}, disagreement = {_renewed('disagreement')}",
                (sample_id, version, uncertainty, disagreement),
            )

    def _read(self, condition: str, *values: int) -> dict[int, Score]:
        rows = self._connection.execute(
            "SELECT sample, version, uncertainty, disagreement FROM scores"
            " JOIN samples ON samples.id = scores.sample AND samples.predicted_by = scores.version"
            f" WHERE samples.state <> ?{condition}",
            (State.CONFIRMED.value, *values),
        )
        return {sample: Score(version, unsure, differs) for sample, version, unsure, differs in rows}


def _renewed(column: str) -> str:
    return f"COALESCE(excluded.{column}, CASE WHEN version = excluded.version THEN {column} END)"
