"""The table of a project's model versions, and of the rounds of learning that led to them."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path

from segdesk.core.errors import ProjectError
from segdesk.core.jobs import TrainResult
from segdesk.core.project.model_files import MODEL_SUFFIX, copy_in
from segdesk.core.project.rounds import Learned, ModelVersion, Origin, Round, read_round
from segdesk.core.project.soundness import understood
from segdesk.core.project.transaction import transaction
from segdesk.core.translation import tr

_log = logging.getLogger(__name__)

_ROUND = "finished, version, parent, network, dice_before, dice_after, samples, figures, curve, note, learned"

# Rows of the table `meta`.
_IN_USE = "version_in_use"
_LAST = "last_version"  # the highest number ever given: a deleted version's is not given again
_DIGEST = "digest_of_version_{number}"  # of its file, once somebody had the time to make it
_IMPORTED = "imported_version_{number}"  # JSON: what is known of a version that no round made


class VersionTable:
    """The model versions of a project; none is ever overwritten, and no number is given twice."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder
        self._rounds: dict[int, Round] = {}  # those read so far, by their ids

    @property
    def folder(self) -> Path:
        """Where the model files are."""
        return self._folder

    def all(self) -> list[ModelVersion]:
        """Every version, by its number."""
        rounds = {r.version: r for r in self._read_rounds("WHERE version IS NOT NULL")}
        return [self._version(row, rounds.get(row[0])) for row in self._read_versions("")]

    def get(self, number: int) -> ModelVersion:
        """The version of this number.

        Raises:
            ProjectError: there is none.
        """
        for row in self._read_versions("WHERE number = ?", number):
            found = self._read_rounds("WHERE version = ?", number)
            return self._version(row, found[-1] if found else None)
        raise ProjectError(
            tr("There is no model version {number} in this project; `segdesk models` lists them.").format(
                number=number
            )
        )

    def in_use(self) -> ModelVersion | None:
        """The version that predicts now; None before the first round."""
        number = self._meta(_IN_USE)
        with understood():
            return self.get(int(number)) if number is not None else None

    def use(self, number: int) -> ModelVersion:
        """Let this version predict from now on; raises ProjectError where there is none."""
        with transaction(self._connection):
            version = self.get(number)
            self._set(_IN_USE, str(number))
        return version

    def rename(self, number: int, name: str) -> None:
        """Give a version a name, on one line; an empty one takes it away again.

        Raises:
            ProjectError: there is no such version.
        """
        with transaction(self._connection):
            self.get(number)
            self._connection.execute(
                "UPDATE versions SET name = ? WHERE number = ?", (" ".join(name.split()), number)
            )

    def delete(self, number: int) -> None:
        """Throw a version away with its file. The record of its round stays, and so do its descendants.

        Raises:
            ProjectError: there is no such version, or it is the one in use.
        """
        with transaction(self._connection):
            version = self.get(number)
            if self._meta(_IN_USE) == str(number):
                raise ProjectError(
                    tr("Version {number} is in use and cannot be deleted; use another version first.").format(
                        number=number
                    )
                )
            self._take_out(number)
        # Only now: had the file gone first, a crash in between would leave a version without a model.
        try:
            version.file.unlink(missing_ok=True)
        except OSError as error:  # another program holds it: it costs space, and nothing refers to it
            _log.warning("cannot remove %s: %s", version.file, error)

    def import_file(self, path: Path, name: str = "", network: str = "") -> ModelVersion:
        """Copy a model file into the project as a new version, which is not in use yet.

        That it is a model, and has no more classes than the project, is for the caller to see to.

        Raises:
            SegdeskError: the file cannot be read or copied, or the project cannot be written.
        """
        return self.adopt(copy_in(path, self._folder), name, Origin(network, path.name))

    def adopt(self, file: Path, name: str, origin: Origin) -> ModelVersion:
        """Make a file that lies in the folder of models already a new version, which is not in use yet.

        Raises:
            ProjectError: the project cannot be written; the file is removed then.
        """
        try:
            with transaction(self._connection):
                number = self._insert(file, datetime.now(UTC).isoformat(timespec="seconds"), name)
                self._set(_IMPORTED.format(number=number), json.dumps(asdict(origin)))
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        return self.get(number)

    def digest(self, number: int) -> str | None:
        """The digest of a version's file when it was whole; None where it was never made."""
        return self._meta(_DIGEST.format(number=number))

    def note_digests(self, digests: Mapping[int, str]) -> None:
        """Note the digests of versions' files, by the versions' numbers; the ones that are there stay."""
        with transaction(self._connection):
            for number, digest in digests.items():
                if self.digest(number) is None:
                    self._set(_DIGEST.format(number=number), digest)

    def forget(self, number: int) -> None:
        """Take out a version whose file is lost; where it was in use, the newest of the others is."""
        with transaction(self._connection):
            self._take_out(number)
            if self._meta(_IN_USE) == str(number):
                self._connection.execute("DELETE FROM meta WHERE key = ?", (_IN_USE,))
                if others := self.all():
                    self._set(_IN_USE, str(others[-1].number))

    def _take_out(self, number: int) -> None:
        self._set(_LAST, str(self._last()))
        self._connection.execute("DELETE FROM versions WHERE number = ?", (number,))
        for key in (_IMPORTED, _DIGEST):
            self._connection.execute("DELETE FROM meta WHERE key = ?", (key.format(number=number),))

    def next_file(self) -> Path:
        """A file name that no version has; what a round writes its candidate to."""
        number = self._last() + 1
        while (file := self._folder / f"version-{number:03}{MODEL_SUFFIX}").exists():
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
                self._set(_IN_USE, str(number))
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
        return self._read_rounds("")

    def _read_rounds(self, where: str, *values: object) -> list[Round]:
        ids = [
            row[0] for row in self._connection.execute(f"SELECT id FROM rounds {where} ORDER BY id", values)
        ]
        for round_id in ids:
            if round_id not in self._rounds:  # a round never changes once it is recorded
                row = self._connection.execute(
                    f"SELECT {_ROUND} FROM rounds WHERE id = ?", (round_id,)
                ).fetchone()
                with understood():
                    self._rounds[round_id] = read_round(row)
        return [self._rounds[round_id] for round_id in ids]

    def _read_versions(self, where: str, *values: object) -> list[tuple[int, str, str, str]]:
        return self._connection.execute(
            f"SELECT number, file, name, created FROM versions {where} ORDER BY number", values
        ).fetchall()

    def _version(self, row: tuple[int, str, str, str], found: Round | None) -> ModelVersion:
        number, file, name, created = row
        noted = self._meta(_IMPORTED.format(number=number)) if found is None else None
        with understood():
            origin = Origin(**json.loads(noted)) if noted is not None else None
        return ModelVersion(number, self._folder / file, name, created, found, origin)

    def _last(self) -> int:
        """The highest number that a version has or ever had."""
        (last,) = self._connection.execute(
            "SELECT MAX(COALESCE((SELECT MAX(number) FROM versions), 0),"
            " COALESCE((SELECT MAX(version) FROM rounds), 0))"
        ).fetchone()
        with understood():
            return max(int(last), int(self._meta(_LAST) or 0))

    def _insert(self, file: Path, created: str, name: str = "") -> int:
        number = self._last() + 1
        self._connection.execute(
            "INSERT INTO versions VALUES (?, ?, ?, ?)", (number, file.name, " ".join(name.split()), created)
        )
        return number

    def _meta(self, key: str) -> str | None:
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def _set(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def drop_unknown_versions(connection: sqlite3.Connection) -> None:
    """Take out what is noted of versions and rounds where it makes no sense, for a repair."""
    for (round_id,) in connection.execute("SELECT id FROM rounds").fetchall():
        row = connection.execute(f"SELECT {_ROUND} FROM rounds WHERE id = ?", (round_id,)).fetchone()
        try:
            with understood():
                read_round(row)
        except ProjectError:
            connection.execute("DELETE FROM rounds WHERE id = ?", (round_id,))
    connection.execute(
        "DELETE FROM meta WHERE key IN (?, ?)"
        " AND (value GLOB '*[^0-9]*' OR length(value) NOT BETWEEN 1 AND 9)",
        (_IN_USE, _LAST),
    )
    connection.execute(
        "DELETE FROM meta WHERE key = ? AND CAST(value AS INTEGER) NOT IN (SELECT number FROM versions)",
        (_IN_USE,),
    )
    prefix = _IMPORTED.format(number="")
    for key, value in connection.execute("SELECT key, value FROM meta").fetchall():
        if key.startswith(prefix):
            try:
                with understood():
                    Origin(**json.loads(value))
            except ProjectError:
                connection.execute("DELETE FROM meta WHERE key = ?", (key,))
