"""Taking what was read into a project: a summary first, then all of it in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from segdesk.core.document import Document
from segdesk.core.errors import FormatError
from segdesk.core.jobs import Job, Progress
from segdesk.core.lasting_numbers import numbers_kept
from segdesk.core.mask import UNLABELLED, PackedPlane, Plane
from segdesk.core.patch import State
from segdesk.core.project import Project, Sample
from segdesk.core.translation import tr
from segdesk.formats.class_mapping import Becomes, ClassMap, lookup, new_names
from segdesk.formats.foreign import ForeignClass, Labelled, Reading


class Standing(StrEnum):
    """What imported labels count as."""

    CONFIRMED = "confirmed"
    PREDICTION = "prediction"


class Conflict(StrEnum):
    """Whose labels stay where a person has corrected something already."""

    MINE = "mine"  # images that have been corrected or confirmed are left alone
    THEIRS = "theirs"
    UNLABELLED = "unlabelled"  # theirs, but only in pixels that nobody has corrected


@dataclass(frozen=True)
class Choices:
    """How a reading is taken in."""

    mapping: ClassMap
    standing: Standing = Standing.CONFIRMED
    conflict: Conflict = Conflict.MINE


@dataclass(frozen=True)
class Summary:
    """What taking a reading in would do; nothing has happened yet.

    images: how many get labels.   added: images that the project does not have yet.
    kept: names of images that stay as they are because a person has worked on them.
    classes: each class of the file, and what becomes of it.   new_classes: names.
    split: the images come with their split into training, validation and test, which is kept.
    """

    images: int
    added: int
    kept: tuple[str, ...]
    classes: tuple[tuple[ForeignClass, Becomes], ...]
    new_classes: tuple[str, ...]
    problems: tuple[str, ...]
    unmatched: tuple[str, ...]
    split: bool = False


@dataclass(frozen=True)
class Taken:
    """Ids of the samples that were given labels, and how many images and classes are new."""

    samples: tuple[int, ...]
    added: int
    new_classes: int


def summarise(reading: Reading, choices: Choices) -> Summary:
    """Say what would happen."""
    wanted, kept = _wanted(reading, choices)
    return Summary(
        images=len(wanted),
        added=sum(picture.target.sample is None for picture in wanted),
        kept=tuple(picture.target.source.path.name for picture in kept),
        classes=tuple((c, choices.mapping.get(c.number, Becomes())) for c in reading.classes),
        new_classes=tuple(new_names(choices.mapping)),
        problems=reading.problems,
        unmatched=reading.unmatched,
        split=_is_parted(reading),
    )


def take(
    project: Project, reading: Reading, choices: Choices, documents: Mapping[int, Document] | None = None
) -> Job[Taken]:
    """Write it into the project, all or nothing; runs in the project's thread, a step an image.

    documents: those that are open, by their samples' ids; the change is made through them.

    Raises:
        FormatError: there is nothing to take in, or too many classes.
        ProjectError: the project cannot be written.
    """
    wanted, _ = _wanted(reading, choices)
    if not wanted and reading.unmatched:
        raise FormatError(
            tr("{count} files are of no image that is here, such as {name}; name labels like images.").format(
                count=len(reading.unmatched), name=reading.unmatched[0]
            )
        )
    if not wanted:
        raise FormatError(tr("There is nothing to import: no labels fit an image that may still be changed."))
    done: list[int] = []
    opened = documents or {}
    with project.at_once():
        names = new_names(choices.mapping)
        project.classes.add_all(names)
        table = lookup(choices.mapping, project.classes.all())
        news = [p.target.new for p in wanted if p.target.sample is None and p.target.new is not None]
        added = project.samples.add(news) if news else []
        by_source = {(new.source.path, new.source.page): s for new, s in zip(news, added, strict=True)}
        parted = _is_parted(reading)
        for number, picture in enumerate(wanted):
            yield Progress(number / len(wanted), tr("Importing"))
            sample = picture.target.sample or by_source[picture.target.key]
            document = opened.get(sample.id)
            labels = table[picture.labels.unpack()]
            if document is not None:
                _label(document, labels, picture.borders, choices)
            else:
                with numbers_kept(project, sample.id):
                    document = Document(project, project.samples.get(sample.id))
                    _label(document, labels, picture.borders, choices)
            if picture.anchors is not None and not project.numbers.of(sample.id).current:
                project.numbers.keep(sample.id, picture.anchors)
            done.append(sample.id)
            if parted and picture.split is not None and not sample.split_fixed:
                project.splits.fix({sample.id: picture.split})  # as the data set's authors wanted it
    return Taken(tuple(done), len(added), len(names))


def _is_parted(reading: Reading) -> bool:
    """Whether the images are in several parts; a folder that happens to be called "test" says nothing."""
    return len({p.split for p in reading.pictures} - {None}) > 1


def _wanted(reading: Reading, choices: Choices) -> tuple[Sequence[Labelled], Sequence[Labelled]]:
    """The pictures to take, and those that are left alone."""
    wanted: list[Labelled] = []
    kept: list[Labelled] = []
    for picture in reading.pictures:
        sample = picture.target.sample
        (kept if sample is not None and _stays(sample, choices) else wanted).append(picture)
    return wanted, kept


def _stays(sample: Sample, choices: Choices) -> bool:
    if choices.standing is Standing.PREDICTION and sample.state is State.CONFIRMED:
        return True  # what a person confirmed is never predicted over
    if choices.conflict is Conflict.UNLABELLED:
        return sample.state is State.CONFIRMED  # there, nothing is unlabelled
    return choices.conflict is Conflict.MINE and sample.state in (State.CORRECTED, State.CONFIRMED)


def _label(document: Document, labels: Plane, packed: PackedPlane | None, choices: Choices) -> None:
    borders = packed.unpack() if packed is not None else None
    says = labels != UNLABELLED
    if choices.standing is Standing.PREDICTION:
        document.predict(np.where(says, labels, document.mask.labels), None, tr("Import"), borders)
        return
    if choices.conflict is Conflict.UNLABELLED:
        says &= document.mask.corrected == 0
    document.begin().assert_labels(labels, says, borders)
    document.commit(tr("Import"), whole=bool(document.mask.corrected.all()))
