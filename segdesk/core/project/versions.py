"""The model versions of a project, and the rounds of learning that led to them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from segdesk.core.errors import ProjectError
from segdesk.core.jobs import TrainResult
from segdesk.core.project.transaction import transaction
from segdesk.core.translation import tr

_IN_USE = "version_in_use"


@dataclass(frozen=True)
class Learned:
    """What a round learned from.

    samples: ids of the corrected or confirmed samples; confirmed: how many of them were confirmed.
    corrections: strokes and the like so far, over all samples.   seconds: of annotation so far, likewise.
    """

    samples: tuple[int, ...] = ()
    confirmed: int = 0
    corrections: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Round:
    """One retraining: what it started from, what it yielded and the figures it earned.

    version: the model version it yielded; None where the gate refused the candidate.
    parent: the version it started from; None for fresh weights or a file.
    dice_before / dice_after: held-out Dice, 0 to 1; None where nothing was held out or there was no version.
    samples: how many corrected or confirmed samples it learned from.
    curve: (seconds, loss, held-out Dice or None) as it ran.
    learned: what it learned from; `samples` alone is known of rounds of older projects.
    """

    finished: str
    version: int | None
    parent: int | None
    network: str
    dice_before: float | None
    dice_after: float | None
    samples: int
    figures: Mapping[str, float]
    curve: tuple[tuple[float, float, float | None], ...]
    note: str
    learned: Learned


@dataclass(frozen=True)
class ModelVersion:
    """A model of the project: its number, file and name, and the round that made it (None: imported)."""

    number: int
    file: Path
    name: str
    created: str
    round: Round | None


class VersionTable:
    """The model versions of a project; none is ever overwritten."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the model files are."""
        return self._folder

    def all(self) -> list[ModelVersion]:
        rounds = {r.version: r for r in self.rounds() if r.version is not None}
        rows = self._connection.execute("SELECT number, file, name, created FROM versions ORDER BY number")
        return [
            ModelVersion(number, self._folder / file, name, created, rounds.get(number))
            for number, file, name, created in rows
        ]

    def get(self, number: int) -> ModelVersion:
        """The version of this number.

        Raises:
            ProjectError: there is none.
        """
        for version in self.all():
            if version.number == number:
                return version
        raise ProjectError(
            tr("There is no model version {number} in this project; `segdesk models` lists them.").format(
                number=number
            )
        )

    def in_use(self) -> ModelVersion | None:
        """The version that predicts now; None before the first round."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (_IN_USE,)).fetchone()
        return self.get(int(row[0])) if row else None

    def use(self, number: int) -> ModelVersion:
        """Let this version predict from now on; raises ProjectError where there is none."""
        version = self.get(number)
        with transaction(self._connection):
            self._set_in_use(number)
        return version

    def next_file(self) -> Path:
        """A file name that no version has; what a round writes its candidate to."""
        (last,) = self._connection.execute("SELECT COALESCE(MAX(number), 0) FROM versions").fetchone()
        number = last + 1
        while (file := self._folder / f"version-{number:03}.safetensors").exists():
            number += 1  # left by a round that was killed before it could be recorded
        return file

    def record(
        self, result: TrainResult, file: Path, parent: int | None, learned: Learned
    ) -> ModelVersion | None:
        """Note what became of a round; an accepted candidate becomes a version, and is in use from now on."""
        finished = datetime.now(UTC).isoformat(timespec="seconds")
        number: int | None = None
        with transaction(self._connection):
            if result.accepted:
                number = self._insert(file, finished)
                self._set_in_use(number)
            self._connection.execute(
                "INSERT INTO rounds (finished, version, parent, network, dice_before, dice_after, samples,"
                " figures, curve, note, learned) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    finished,
                    number,
                    parent,
                    result.network,
                    result.before,
                    result.after,
                    len(learned.samples),
                    json.dumps({name: value for name, value in result.figures.items() if isfinite(value)}),
                    json.dumps([[x if isfinite(x) else None for x in point] for point in result.curve]),
                    result.note,
                    json.dumps(asdict(learned)),
                ),
            )
        return self.get(number) if number is not None else None

    def rounds(self) -> list[Round]:
        """All rounds in the order in which they finished."""
        rows = self._connection.execute(
            "SELECT finished, version, parent, network, dice_before, dice_after, samples, figures, curve,"
            " note, learned FROM rounds ORDER BY id"
        )
        return [_round(row) for row in rows]

    def _insert(self, file: Path, created: str) -> int:
        (last,) = self._connection.execute("SELECT COALESCE(MAX(number), 0) FROM versions").fetchone()
        number = int(last) + 1
        self._connection.execute("INSERT INTO versions VALUES (?, ?, ?, ?)", (number, file.name, "", created))
        return number

    def _set_in_use(self, number: int) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_IN_USE, str(number)))


def _round(row: Any) -> Round:
    finished, version, parent, network, before, after, samples, figures, curve, note, learned = row
    return Round(
        finished=finished,
        version=version,
        parent=parent,
        network=network,
        dice_before=before,
        dice_after=after,
        samples=samples,
        figures=json.loads(figures),
        curve=tuple((point[0], point[1], point[2]) for point in json.loads(curve)),
        note=note,
        learned=_learned(json.loads(learned)),
    )


def _learned(data: Mapping[str, Any]) -> Learned:
    return Learned(**{**data, "samples": tuple(data["samples"])}) if data else Learned()
