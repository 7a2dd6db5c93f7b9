"""One batch as a job of the window's worker: what is wanted of it, how far it is, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from segdesk.core.batch import Batch, BatchRequest, BatchSummary
from segdesk.core.batch_files import Search
from segdesk.core.jobs import Job, Progress
from segdesk.core.translation import tr
from segdesk.formats.batch import batch_of, write_table
from segdesk.formats.sheets import check_sheet
from segdesk.gui.worker import Engine, LazyEngine

_GAP = 0.1  # seconds between two reports, of which there may be hundreds a second


@dataclass(frozen=True)
class Wanted:
    """What a person chose.

    images: the folder that is looked into.   out: the folder that gets a folder for each kind of result.
    table: the ending of a table of all objects, such as ".csv"; "" for none.
    again: nothing that was done before counts.   watch: go on with images that arrive.
    """

    model: Path
    images: Path
    out: Path
    patterns: tuple[str, ...] = ()
    recursive: bool = True
    overlays: bool = False
    table: str = ""
    again: bool = False
    watch: bool = False
    device: str = "auto"

    @property
    def masks(self) -> Path:
        return self.out / "masks"

    @property
    def table_file(self) -> Path | None:
        return self.out / f"objects{self.table}" if self.table else None

    def request(self) -> BatchRequest:
        """The same for the batch; nothing is looked for in the folder of results, where that lies within."""
        search = Search((self.images,), self.patterns, self.recursive, (self.out,))
        overlays = self.out / "overlays" if self.overlays else None
        return BatchRequest(
            self.model, search, self.masks, overlays, bool(self.table), self.again, self.device
        )


@dataclass(frozen=True)
class Count:
    """How far a batch is, or what has come of it.

    images: all that it is about, with those that cannot be read.   new / kept: masks written now, or before.

    """

    images: int = 0
    new: int = 0
    kept: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    speed: float = 0.0
    objects: int | None = None

    @property
    def done(self) -> int:
        """Images that nothing more is done about."""
        return self.new + self.kept + len(self.failed)


@dataclass(frozen=True)
class BatchProgress(Progress):
    """Progress with how far the batch is."""

    count: Count = field(default_factory=Count)


class BatchRun:
    """One batch; `count` says what has come of it once its job has ended, however it did."""

    def __init__(self, wanted: Wanted, engine: Callable[[], Engine]) -> None:
        """engine: makes one that is closed when the batch ends, so that others are never in its way."""
        self.wanted = wanted
        self._engine = LazyEngine(engine)
        self._summary = BatchSummary()
        self._objects: int | None = None

    def count(self) -> Count:
        summary = self._summary
        new = len(summary.files)
        return Count(
            summary.images,
            new,
            summary.kept,
            dict(summary.problems),
            new / summary.seconds if summary.seconds > 0 else 0.0,
            self._objects,
        )

    def job(self) -> Job[Count]:
        """Do it; see `segdesk.core.batch`. Raises SegdeskError."""
        wanted = self.wanted
        try:
            if wanted.table_file is not None:
                check_sheet(wanted.table_file)
            facts = yield from self._engine.describe(wanted.model)
            batch = batch_of(wanted.request(), facts.classes, self._engine.predict)
            self._summary = batch.summary
            yield from self._watched(batch)
        finally:
            self._engine.close()
        return (yield from self.table())

    def table(self) -> Job[Count]:
        """Write the table of what is done so far, where one is wanted. Raises SegdeskError."""
        path = self.wanted.table_file
        if path is not None and self._summary.items:
            yield BatchProgress(None, tr("Writing the table"), count=self.count())
            self._objects = write_table(path, self.wanted.masks, self._summary.items)
        return self.count()

    def close(self) -> None:
        """End the engine, whatever it is at."""
        self._engine.close()

    def _watched(self, batch: Batch) -> Job[None]:
        told = 0.0
        with closing(batch.watch() if self.wanted.watch else batch.run()) as job:
            for progress in job:
                now = time.monotonic()
                if now - told >= _GAP:
                    told = now
                    yield BatchProgress(
                        progress.fraction, progress.text, progress.seconds_left, count=self.count()
                    )
                else:
                    yield Progress(progress.fraction, progress.text, progress.seconds_left)
