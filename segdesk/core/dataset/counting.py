"""Gathering a data set's figures in the background, with what is known so far on the way."""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from segdesk.core.dataset.contents import Content, count
from segdesk.core.dataset.overview import Overview, learned_ids
from segdesk.core.jobs import Job, Progress
from segdesk.core.project import Project, Sample
from segdesk.core.translation import tr

_TELL_S, _GROWTH = 0.4, 1.5  # to the first partial overview; from each time to the next


@dataclass(frozen=True)
class Counted(Progress):
    """Progress that now and then carries an overview of what has been counted so far."""

    overview: Overview | None = None


def overview(
    folder: Path, known: Mapping[int, Content] | None = None, samples: Sequence[Sample] | None = None
) -> Job[Overview]:
    """Look the project in `folder` over, through a connection of the job's own, a mask at a time.

    known: contents that still hold, by the samples' ids: those masks are not read again.
    samples: those of the project, where somebody has just read them.

    Raises:
        ProjectError: the project cannot be opened.
    """
    project = Project(folder, write=False)
    try:
        every = tuple(project.samples.all() if samples is None else samples)
        found = Overview(project.classes.all(), every, {}, _learned(project))
        contents: dict[int, Content] = {}
        missing: list[Sample] = []
        for sample in found.labelled:
            if known is not None and sample.id in known:
                contents[sample.id] = known[sample.id]
            else:
                missing.append(sample)
        problems: list[str] = []
        text = tr("Counting what is labelled")
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
                contents[sample.id] = count(project.masks.packed(sample), sample.state)
            except (ValueError, zlib.error):
                problems.append(
                    tr("The mask of {name} is damaged, so it does not count.").format(
                        name=sample.source.path.name
                    )
                )
        return replace(found, contents=contents, problems=tuple(problems))
    finally:
        project.close()


def _learned(project: Project) -> frozenset[int]:
    in_use = project.versions.in_use()
    if in_use is None:
        return frozenset()
    versions = {
        v.number: (v.parent, v.round.learned.samples if v.round is not None else ())
        for v in project.versions.all()
    }
    return frozenset(learned_ids(versions, in_use.number))
