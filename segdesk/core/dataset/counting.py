"""Gathering a data set's figures in the background, with what is known so far on the way."""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from segdesk.core.dataset.contents import Content, count
from segdesk.core.dataset.overview import Overview, learned_ids
from segdesk.core.errors import ProjectError
from segdesk.core.jobs import Job, Progress
from segdesk.core.project import Project, Sample
from segdesk.core.project.ahead import at_one_moment
from segdesk.core.project.connection import Connection
from segdesk.core.project.counts import CountTable
from segdesk.core.project.schema import connect
from segdesk.core.project.store import DATABASE
from segdesk.core.translation import tr

_TELL_S, _GROWTH = 0.4, 1.5  # to the first partial overview; from each time to the next
_KEPT_AT_ONCE = 300  # counts; others who write to the project wait so long
_READ_AT_ONCE = 100


@dataclass(frozen=True)
class Counted(Progress):
    """Progress that now and then carries an overview of what has been counted so far."""

    overview: Overview | None = None


def overview(
    folder: Path,
    known: Mapping[int, Content] | None = None,
    samples: Sequence[Sample] | None = None,
    *,
    keep: bool = False,
) -> Job[Overview]:
    """Look the project in `folder` over, through a connection of the job's own, a mask at a time.

    known: contents that still hold, by the samples' ids: those masks are not read again.
    samples: those of the project, where somebody has just read them.
    keep: note in the project what is counted, so that it need not be counted again: this process has it.

    Raises:
        ProjectError: the project cannot be opened.
    """
    project = Project(folder, write=False)
    keeping = _Keeping(folder if keep else None)
    try:
        every = tuple(project.samples.all() if samples is None else samples)
        found = Overview(project.classes.all(), every, {}, _learned(project))
        text = tr("Counting what is labelled")
        labelled = {sample.id: sample for sample in found.labelled}
        contents = {each: content for each, content in (known or {}).items() if each in labelled}
        if len(contents) < len(labelled):
            for number, (sample_id, kept) in enumerate(project.counts.valid()):
                if sample_id in labelled and sample_id not in contents:
                    content = Content.from_text(kept)
                    if content is not None:
                        contents[sample_id] = content
                if number % _READ_AT_ONCE == 0:
                    yield Counted(0.0, text)
        missing = [sample for sample in found.labelled if sample.id not in contents]
        problems: list[str] = []
        found = replace(found, contents=dict(contents))
        yield Counted(0.0, text, overview=found)
        told, pause = time.monotonic(), _TELL_S
        for done, sample in enumerate(missing):
            if time.monotonic() - told > pause:
                found = replace(found, contents=dict(contents), problems=tuple(problems))
                yield Counted(done / len(missing), text, overview=found)
                told, pause = time.monotonic(), pause * _GROWTH
            else:
                yield Counted(done / len(missing), text)
            try:
                with at_one_moment(project.raw):
                    mark, mask = project.counts.mark(sample.id), project.masks.packed(sample)
                contents[sample.id] = count(mask, sample.state)
                keeping.add(sample, mark, contents[sample.id])
            except (ValueError, zlib.error):
                problems.append(
                    tr("The mask of {name} is damaged, so it does not count.").format(
                        name=sample.source.path.name
                    )
                )
        return replace(found, contents=contents, problems=tuple(problems))
    finally:
        keeping.close()
        project.close()


class _Keeping:
    """Writes counts into the project through a connection of its own, some at a time."""

    def __init__(self, folder: Path | None) -> None:
        """folder: of the project; None keeps nothing."""
        self._folder = folder
        self._waiting: dict[int, tuple[str, str]] = {}
        self._connection: Connection | None = None

    def add(self, sample: Sample, mark: str | None, content: Content) -> None:
        """mark: of the mask that was counted as that of a sample in this state."""
        if self._folder is not None and mark is not None and mark.startswith(f"{sample.state.value}/"):
            self._waiting[sample.id] = mark, content.to_text()
            if len(self._waiting) >= _KEPT_AT_ONCE:
                self._write()

    def close(self) -> None:
        self._write()
        if self._connection is not None:
            self._connection.close()

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, {}
        if self._folder is None or not waiting:
            return
        with suppress(ProjectError, sqlite3.Error):  # then they are counted again
            if self._connection is None:
                self._connection = connect(self._folder / DATABASE)
            CountTable(self._connection).keep(waiting)


def _learned(project: Project) -> frozenset[int]:
    in_use = project.versions.in_use()
    if in_use is None:
        return frozenset()
    versions = {
        v.number: (v.parent, v.round.learned.samples if v.round is not None else ())
        for v in project.versions.all()
    }
    return frozenset(learned_ids(versions, in_use.number))
