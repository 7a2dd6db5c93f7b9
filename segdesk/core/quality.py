"""How good a project's models are, and what the annotation costs, from what the project has kept.

The first prediction of a sample was made by a model that had not learned from it. Its agreement with the
mask that the person confirmed in the end is the honest figure for new images, without a test set.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import SegClass
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import PackedPlane, tile_box, unpack_tile
from segdesk.core.metrics import ClassScore, Confusion, class_score, confusion
from segdesk.core.patch import State
from segdesk.core.project import Project, Round, Sample
from segdesk.core.translation import tr

WINDOW = 10  # images that a running mean looks back on


@dataclass(frozen=True)
class Comparison:
    """The first prediction of a sample against its confirmed mask.

    version: the model version that made the prediction.
    pixels: (true class, predicted class, how many pixels), for each pair that occurs.
    dice: of each of the user's classes by its index, 0 to 1; a class that is neither in the mask nor in the
        prediction says nothing, and is left out.
    mean_dice: over those classes. An image without any class, predicted as such, is all right: 1.
    """

    version: int
    pixels: tuple[tuple[int, int, int], ...]
    dice: Mapping[int, float]
    mean_dice: float

    @classmethod
    def of(cls, version: int, counts: Confusion) -> Comparison:
        """From a confusion table of one image: true class by row, predicted class by column."""
        pairs = zip(*(part.tolist() for part in np.nonzero(counts)), strict=True)
        dice = {i: score.dice for i, score in enumerate(class_scores(counts)) if i and score is not None}
        mean = sum(dice.values()) / len(dice) if dice else 1.0
        return cls(version, tuple((t, p, int(counts[t, p])) for t, p in pairs), dice, mean)


@dataclass(frozen=True)
class SampleQuality:
    """A sample, and how its first prediction did; None where it is not confirmed or began without one."""

    sample: Sample
    comparison: Comparison | None = None


@dataclass(frozen=True)
class Quality:
    """All figures of a project at one moment.

    samples: in the order of the project.   rounds: in the order in which they finished.
    confusion: (classes, classes) int64, pixels over all comparisons: true class by row, predicted by column.
    problems: a sentence for each sample whose masks cannot be read.
    """

    classes: tuple[SegClass, ...]
    samples: tuple[SampleQuality, ...]
    rounds: tuple[Round, ...]
    confusion: Confusion = field(compare=False)
    problems: tuple[str, ...] = ()

    @property
    def first_predictions(self) -> tuple[SampleQuality, ...]:
        """The samples with a comparison, by the version that predicted them: how new images went."""
        return tuple(s for s in self.confirmed if s.comparison is not None)

    @cached_property
    def confirmed(self) -> tuple[SampleQuality, ...]:
        """The confirmed samples, by the version that they began with; those begun without one come first.

        Within a version they are in the order of the project.
        """
        done = [s for s in self.samples if s.sample.state is State.CONFIRMED]
        return tuple(sorted(done, key=lambda s: (s.sample.first_version or 0, s.sample.id)))

    @property
    def comparisons(self) -> dict[int, Comparison]:
        """By the samples' ids: what `measure` need not do again."""
        return {s.sample.id: s.comparison for s in self.samples if s.comparison is not None}


def measure(folder: Path, known: Mapping[int, Comparison] | None = None) -> Job[Quality]:
    """Gather the figures of the project in `folder`, through a connection of the job's own.

    known: comparisons that still hold, by the samples' ids: those masks are not read again.

    Raises:
        ProjectError: the project cannot be opened.
    """
    project = Project(folder, write=False)
    try:
        classes = project.classes.all()
        samples = project.samples.all()
        compared, problems = yield from _compare_all(project, samples, len(classes), known or {})
        return Quality(
            classes,
            tuple(SampleQuality(s, compared.get(s.id)) for s in samples),
            tuple(project.versions.rounds()),
            total_confusion(compared.values(), len(classes)),
            tuple(problems),
        )
    finally:
        project.close()


def _compare_all(
    project: Project, samples: Sequence[Sample], classes: int, known: Mapping[int, Comparison]
) -> Job[tuple[dict[int, Comparison], list[str]]]:
    text = tr("Comparing first predictions")
    wanted = [s for s in samples if s.state is State.CONFIRMED and s.first_version is not None]
    compared: dict[int, Comparison] = {}
    problems: list[str] = []
    yield Progress(0.0, text)
    for done, sample in enumerate(wanted):
        before = known.get(sample.id)
        if before is not None and before.version == sample.first_version:
            compared[sample.id] = before
            continue
        yield Progress(done / len(wanted), text)
        prediction = project.masks.first_prediction(sample)
        if prediction is None or sample.first_version is None:
            continue
        try:
            counts = packed_confusion(prediction, project.masks.packed(sample).labels, classes)
        except (ValueError, zlib.error):
            problems.append(
                tr("The mask of {name} is damaged, so it does not count.").format(
                    name=sample.source.path.name
                )
            )
            continue
        compared[sample.id] = Comparison.of(sample.first_version, counts)
    return compared, problems


def packed_confusion(prediction: PackedPlane, truth: PackedPlane, classes: int) -> Confusion:
    """Count pixels as `metrics.confusion` does, tile by tile, so that no image is too large for it.

    Raises:
        ValueError, zlib.error: the sizes differ, a tile is damaged, or holds what is no class.
    """
    height, width = truth.height, truth.width
    if (prediction.height, prediction.width) != (height, width):
        raise ValueError(f"planes of {prediction.height} x {prediction.width} and {height} x {width} differ")
    counts: Confusion = np.zeros((classes, classes), np.int64)
    empty = height * width
    for key in truth.tiles.keys() | prediction.tiles.keys():
        box = tile_box(key, height, width)
        background = np.zeros((box.height, box.width), np.uint8)
        true, found = (
            unpack_tile(plane.tiles[key], box) if key in plane.tiles else background
            for plane in (truth, prediction)
        )
        counts += confusion(found, true, classes, ignore=-1)
        empty -= box.width * box.height
    counts[0, 0] += empty  # tiles of zeros are not stored
    return counts


def total_confusion(comparisons: Iterable[Comparison], classes: int) -> Confusion:
    """(classes, classes) int64: pixels over all comparisons, true class by row, predicted by column."""
    total: Confusion = np.zeros((classes, classes), np.int64)
    found = [pixels for comparison in comparisons for pixels in comparison.pixels]
    if found:
        truth, prediction, pixels = np.array(found, np.int64).T
        np.add.at(total, (truth, prediction), pixels)
    return total


def class_scores(counts: Confusion) -> tuple[ClassScore | None, ...]:
    """Figures of each class, the background first; None for a class that is nowhere."""
    return tuple(
        class_score(counts, index) if counts[index].any() or counts[:, index].any() else None
        for index in range(len(counts))
    )


def row_shares(counts: Confusion) -> NDArray[np.float64]:
    """(classes, classes) float64, 0 to 1: each row by its sum; a row without pixels is NaN."""
    totals = counts.sum(axis=1, keepdims=True).astype(np.float64)
    shares = np.full(counts.shape, np.nan)
    np.divide(counts, totals, out=shares, where=totals > 0)
    return shares


def running_mean(values: Sequence[float], window: int = WINDOW) -> Iterator[float]:
    """The mean of each value and up to `window` - 1 before it."""
    for end in range(1, len(values) + 1):
        part = values[max(0, end - window) : end]
        yield sum(part) / len(part)
