"""The samples of a project: which images it is about, and how far each one is."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from segdesk.core.errors import ProjectError
from segdesk.core.images import ImageSource
from segdesk.core.patch import State, Status
from segdesk.core.project.counts import forget_count
from segdesk.core.project.fingerprint import UNKNOWN, Fingerprint
from segdesk.core.project.numbers import forget
from segdesk.core.project.places import Places
from segdesk.core.project.splits import Split
from segdesk.core.project.transaction import transaction
from segdesk.core.translation import tr

_COLUMNS = (
    "id, path, relative, page, width, height, state, predicted_by, first_version, seconds, corrections,"
    " digest, file_size, file_time, pixels, split, split_fixed, split_group"
)

_ITEMS = ", ".join(f"json_extract(value, '$[{number}]')" for number in range(8))  # of a list in JSON


@dataclass(frozen=True)
class NewSample:
    """An image to be added: where it is, its size in pixels, and what its file is known by."""

    source: ImageSource
    width: int
    height: int
    fingerprint: Fingerprint = UNKNOWN


@dataclass(frozen=True)
class Sample:
    """One image of a project, or one page of a file of several, by an id that never changes.

    first_version: the model version that made the first prediction of it, which is kept (see MaskTable);
        None where a person began without one.
    seconds: of annotation.   corrections: strokes and the like so far.
    fingerprint: of its file when it was added, or last known to be the same picture.
    split: which part of the data set it is in, if any.   split_fixed: a person said so.
    group: those of one group stay in one split; None where it stays with no other.
    """

    id: int
    source: ImageSource
    width: int
    height: int
    status: Status
    first_version: int | None = None
    seconds: float = 0.0
    corrections: int = 0
    fingerprint: Fingerprint = UNKNOWN
    split: Split | None = None
    split_fixed: bool = False
    group: str | None = None

    @property
    def state(self) -> State:
        return self.status.state


class SampleTable:
    """The project's samples, in the order in which they were added."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder

    def all(self) -> list[Sample]:
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM samples ORDER BY id").fetchall()
        places = Places(self._folder)
        return [self._sample(row, places) for row in rows]

    @property
    def corrections(self) -> int:
        """Strokes and the like so far, in all samples."""
        (made,) = self._connection.execute("SELECT COALESCE(SUM(corrections), 0) FROM samples").fetchone()
        return int(made)

    def get(self, sample_id: int) -> Sample:
        """The sample of this id.

        Raises:
            ProjectError: there is none.
        """
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM samples WHERE id = ?", (sample_id,)
        ).fetchone()
        if row is None:
            raise ProjectError(tr("This image is no longer part of the project."))
        return self._sample(row)

    def add(self, news: Iterable[NewSample]) -> list[Sample]:
        """Take images into the project; one that is in it already is left as it is.

        Returns the samples of all the images named, new or not, in their order.
        """
        rows, ways = [], _Ways(self._folder)
        for new in news:
            path = os.path.abspath(new.source.path)  # noqa: PTH100  (resolve() would follow links)
            known = new.fingerprint
            size = new.width, new.height
            rows.append((path, new.source.page, ways.to(path), *size, known.digest, known.size, known.time))
        if not rows:
            return []
        # Python's threads take turns at each row that the database gives or takes, so that thousands one by
        # one take seconds while another thread is busy. As one text they come and go in one step.
        text = json.dumps(rows)
        with transaction(self._connection):
            self._connection.execute(
                "INSERT OR IGNORE INTO samples (path, page, relative, width, height, digest, file_size,"
                f" file_time, state) SELECT {_ITEMS}, ? FROM json_each(?) ORDER BY key",
                (State.NEW.value, text),
            )
            (found,) = self._connection.execute(
                f"SELECT json_group_array(json_array(key, {_COLUMNS})) FROM (SELECT key,"
                " json_extract(value, '$[0]') AS file, json_extract(value, '$[1]') AS number"
                " FROM json_each(?)) JOIN samples ON path = file AND page = number",
                (text,),
            ).fetchone()
        return [self._sample(row, at=Path(row[1])) for _, *row in sorted(json.loads(found))]

    def named(self, endings: Iterable[str], after: int = 0) -> list[int]:
        """The ids above `after` of first pages whose files' names end so, in upper or lower case.

        It looks at a hundred thousand in 10 ms.
        """
        wanted = [f"%{ending}" for ending in endings]
        either = " OR ".join(["path LIKE ?"] * len(wanted))
        rows = self._connection.execute(
            f"SELECT id FROM samples WHERE id > ? AND page = 0 AND ({either}) ORDER BY id", (after, *wanted)
        )
        return [sample_id for (sample_id,) in rows]

    def remove(self, *sample_ids: int) -> None:
        """Take samples and their masks out of the project, all or none; the image files stay untouched."""
        with transaction(self._connection):
            for sample_id in sample_ids:
                forget(self._connection, sample_id)
                forget_count(self._connection, sample_id)
                self._connection.execute("DELETE FROM samples WHERE id = ?", (sample_id,))

    def recognise(self, sample_id: int, known: Fingerprint) -> None:
        """Note what the file of a sample is known by from now on; its mask stays."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE samples SET digest = ?, file_size = ?, file_time = ?, pixels = ? WHERE id = ?",
                (known.digest, known.size, known.time, known.pixels, sample_id),
            )

    def begin_anew(self, sample_id: int, width: int, height: int, known: Fingerprint) -> None:
        """The file holds another picture now, of this size: the mask and history of the old one are gone."""
        with transaction(self._connection):
            forget(self._connection, sample_id)
            forget_count(self._connection, sample_id)
            for table in ("tiles", "patches", "scores"):
                self._connection.execute(f"DELETE FROM {table} WHERE sample = ?", (sample_id,))
            self._connection.execute(
                "UPDATE samples SET width = ?, height = ?, state = ?, predicted_by = NULL,"
                " first_version = NULL, corrections = 0 WHERE id = ?",
                (width, height, State.NEW.value, sample_id),
            )
            self.recognise(sample_id, known)

    def relocate(self, places: Mapping[int, Path]) -> None:
        """Say where the files of some samples are now, by the samples' ids.

        Raises:
            ProjectError: the project cannot be written, or one of the files is another sample's already.
        """
        with transaction(self._connection):
            for sample_id, place in places.items():
                path = Path(os.path.abspath(place))  # noqa: PTH100  (resolve() would follow links)
                self._connection.execute(
                    "UPDATE samples SET path = ?, relative = ? WHERE id = ?",
                    (str(path), self._relative(path), sample_id),
                )

    def spend(self, sample_id: int, seconds: float) -> None:
        """Add to the seconds that a person has spent on annotating a sample."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE samples SET seconds = seconds + ? WHERE id = ?", (seconds, sample_id)
            )

    def relate_to(self, folder: Path) -> None:
        """Note the ways from `folder` to the images, for a project that is about to live there."""
        with transaction(self._connection):
            for sample in self.all():
                self._connection.execute(
                    "UPDATE samples SET relative = ?, path = ? WHERE id = ?",
                    (_way(folder, sample.source.path), str(sample.source.path), sample.id),
                )

    def _relative(self, path: Path) -> str | None:
        return _way(self._folder, path)

    def _sample(self, row: Any, places: Places | None = None, at: Path | None = None) -> Sample:
        """at: where its file is, if that is known already; else it is looked for."""
        sample_id, path, relative, page, width, height, state, predicted_by = row[:8]
        found = at or (places or Places(self._folder)).find(path, relative)
        known = Fingerprint(*row[11:15]) if row[11] is not None else UNKNOWN
        status = _status(state, predicted_by)
        first, seconds, corrections = row[8:11]
        source = ImageSource(found, page)
        split, fixed, group = row[15:18]
        return Sample(
            sample_id, source, width, height, status, first, seconds, corrections, known,
            Split(split) if split is not None else None, bool(fixed), group,
        )  # fmt: skip


@cache
def _status(state: str, predicted_by: int | None) -> Status:
    return Status(State(state), predicted_by)


class _Ways:
    """The ways from a folder to many files, most of which lie side by side."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, str | None] = {}

    def to(self, path: str) -> str | None:
        """The way to an absolute path; None where there is none."""
        parent, name = os.path.split(path)
        if parent not in self._known:
            self._known[parent] = _way(self._folder, Path(parent))
        way = self._known[parent]
        return name if way == "." else f"{way}/{name}" if way is not None else None


def _way(folder: Path, path: Path) -> str | None:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive on Windows
        return None
