"""What is exported: the labelled samples of a project, as values that a job can take with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import SegClass
from segdesk.core.images import ImageSource, read_image, to_display
from segdesk.core.images.pixel_size import PixelSize
from segdesk.core.jobs import Job
from segdesk.core.mask import UNLABELLED, PackedPlane, Plane
from segdesk.core.naming import stack_stems, unique_stems
from segdesk.core.objects.anchors import Anchors
from segdesk.core.objects.numbering import Numbering
from segdesk.core.objects.run_numbering import RunNumbering
from segdesk.core.patch import State
from segdesk.core.project import Project, Split
from segdesk.core.project.fingerprint import UNKNOWN, Fingerprint, check_same

MOST_SOFT = 50  # pixels of a soft edge
_MOSTLY = 0.5  # of an image: where a person said less, the rest is what nobody has come to yet


@dataclass(frozen=True)
class ExportItem:
    """One labelled sample: the name its files get (unique in an export), its image and its labels.

    stack: the name of a file that takes all pages of its image.
    split: which part of the data set it is in, if any.
    predicted: whether a model has filled in what nobody corrected.
    known: what its image was known by when its mask was drawn.
    borders: where objects that touch are parted. anchors: what ties its objects to their numbers; and `seen`,
        the same after they were looked at, for the project to keep.
    """

    stem: str
    source: ImageSource
    state: State
    packed: PackedPlane
    pixel_size: PixelSize | None = None  # as a person said
    corrected: PackedPlane | None = None
    stack: str = ""
    split: Split | None = None
    sample_id: int = 0
    borders: PackedPlane | None = None
    anchors: Anchors | None = None
    seen: list[Anchors] = field(default_factory=list, compare=False)
    predicted: bool = False
    known: Fingerprint = UNKNOWN

    def labels(self) -> Plane:
        """(height, width) uint8, class indices."""
        return self.packed.unpack()

    def said(self) -> Plane:
        """The labels, and UNLABELLED where they say nothing: in pixels that an imported set leaves out.

        That is where nobody asserted a class and no model predicted one, in an image that is labelled else.
        """
        labels = self.labels()
        if self.state is not State.CORRECTED or self.predicted or self.corrected is None:
            return labels
        asserted = self.corrected.unpack() == 1
        if asserted.mean() < _MOSTLY:
            return labels
        return np.where(asserted | (labels > 0), labels, np.uint8(UNLABELLED)).astype(np.uint8)

    def numbering(self) -> Numbering:
        """Its objects by the numbers that stay with them."""
        borders = self.borders.unpack() if self.borders is not None else None
        found = Numbering(self.labels(), borders, self.anchors)
        self.seen[:] = [found.anchors]
        return found

    def runs(self) -> RunNumbering | None:
        """The same as runs down the columns, in a fraction of the time; None where borders part objects."""
        if self.borders is not None and self.borders.tiles:
            return None
        found = RunNumbering(self.labels(), self.anchors)
        self.seen[:] = [found.anchors]
        return found

    def corrections(self) -> Plane:
        """(height, width) class indices where a person asserted one, UNLABELLED elsewhere."""
        if self.corrected is None:
            return np.full((self.packed.height, self.packed.width), UNLABELLED, np.uint8)
        return np.where(self.corrected.unpack() == 1, self.labels(), np.uint8(UNLABELLED)).astype(np.uint8)

    def pixels(self) -> NDArray[Any]:
        """The image as `read_image` gives it; raises ImageError where it is gone, or another picture now."""
        check_same(self.source, self.known)
        return read_image(self.source)

    def picture(self) -> NDArray[np.uint8]:
        """The same as it is shown, (height, width, 3) uint8 RGB."""
        shown = to_display(self.pixels())
        return np.repeat(shown[:, :, None], 3, axis=2) if shown.ndim == 2 else shown


@dataclass(frozen=True)
class ExportRequest:
    """What to export, captured when it was asked for.

    model: the file of the model version in use; None where there is none.
    soft_edge: how wide the see-through edge of cut-outs is, in pixels to either side; 0 for a hard one.
    """

    items: tuple[ExportItem, ...]
    classes: tuple[SegClass, ...]
    model: Path | None
    out: Path
    soft_edge: int = 0

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


def keep_numbers(project: Project, request: ExportRequest) -> None:
    """Let the objects that an export has numbered keep those numbers, where the project may be written."""
    if project.refusal is None:
        for item in request.items:
            for anchors in item.seen:
                project.numbers.keep(item.sample_id, anchors)


def export_request(project: Project, out: Path, *, soft_edge: int = 0) -> ExportRequest:
    """Capture the project's samples that have labels: all but the new ones."""
    samples = project.samples.all()
    stems = unique_stems([sample.source for sample in samples])
    stacks = stack_stems([sample.source for sample in samples])
    items: list[ExportItem] = []
    for stem, sample in zip(stems, samples, strict=True):
        if sample.state is not State.NEW:
            mask = project.masks.packed(sample)
            size = project.looks.pixel_size(sample.id)
            items.append(
                ExportItem(
                    stem,
                    sample.source,
                    sample.state,
                    mask.labels,
                    size,
                    mask.corrected,
                    stacks[sample.source.path],
                    sample.split,
                    sample.id,
                    mask.borders,
                    project.numbers.of(sample.id),
                    predicted=sample.status.predicted_by is not None,
                    known=sample.fingerprint,
                )
            )
    in_use = project.versions.in_use()
    return ExportRequest(tuple(items), project.classes.all(), in_use.file if in_use else None, out, soft_edge)
