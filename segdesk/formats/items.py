"""What is exported: the labelled samples of a project, as values that a job can take with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import SegClass
from segdesk.core.images import ImageSource, read_image, to_display
from segdesk.core.images.pixel_size import PixelSize
from segdesk.core.jobs import Job
from segdesk.core.mask import UNLABELLED, PackedPlane, Plane
from segdesk.core.naming import unique_stems
from segdesk.core.patch import State
from segdesk.core.project import Project


@dataclass(frozen=True)
class ExportItem:
    """One labelled sample: the name its files get (unique in an export), its image and its labels."""

    stem: str
    source: ImageSource
    state: State
    packed: PackedPlane
    pixel_size: PixelSize | None = None  # as a person said
    corrected: PackedPlane | None = None

    def labels(self) -> Plane:
        """(height, width) uint8, class indices."""
        return self.packed.unpack()

    def corrections(self) -> Plane:
        """(height, width) class indices where a person asserted one, UNLABELLED elsewhere."""
        if self.corrected is None:
            return np.full((self.packed.height, self.packed.width), UNLABELLED, np.uint8)
        return np.where(self.corrected.unpack() == 1, self.labels(), np.uint8(UNLABELLED)).astype(np.uint8)

    def picture(self) -> NDArray[np.uint8]:
        """The image as it is shown, (height, width, 3) uint8 RGB; raises ImageError where it is gone."""
        shown = to_display(read_image(self.source))
        return np.repeat(shown[:, :, None], 3, axis=2) if shown.ndim == 2 else shown


@dataclass(frozen=True)
class ExportRequest:
    """What to export, captured when it was asked for.

    model: the file of the model version in use; None where there is none.
    """

    items: tuple[ExportItem, ...]
    classes: tuple[SegClass, ...]
    model: Path | None
    out: Path

    @property
    def foreground(self) -> tuple[SegClass, ...]:
        """The user's classes, without the background."""
        return self.classes[1:]


@dataclass(frozen=True)
class ExportReport:
    """What was written, and a sentence for each sample that could not be."""

    files: tuple[Path, ...]
    problems: tuple[str, ...] = ()


Writer = Callable[[ExportRequest], Job[ExportReport]]


def export_request(project: Project, out: Path) -> ExportRequest:
    """Capture the project's samples that have labels: all but the new ones."""
    samples = project.samples.all()
    stems = unique_stems([sample.source for sample in samples])
    items: list[ExportItem] = []
    for stem, sample in zip(stems, samples, strict=True):
        if sample.state is not State.NEW:
            mask = project.masks.packed(sample)
            size = project.looks.pixel_size(sample.id)
            items.append(ExportItem(stem, sample.source, sample.state, mask.labels, size, mask.corrected))
    in_use = project.versions.in_use()
    return ExportRequest(tuple(items), project.classes.all(), in_use.file if in_use else None, out)
