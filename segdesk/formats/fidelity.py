"""How faithful an export is: what was written is read back and compared with what there was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segdesk.core.classes import SegClass
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import Plane
from segdesk.core.objects.numbering import Numbering
from segdesk.core.patch import Status
from segdesk.core.project import Sample
from segdesk.core.translation import tr
from segdesk.formats.class_mapping import Becomes, default_mapping
from segdesk.formats.foreign import Images, Labelled, Reading
from segdesk.formats.importers import import_format
from segdesk.formats.items import ExportItem, ExportRequest
from segdesk.formats.registry import export_format
from segdesk.formats.shapes import edge_polygons, holes_of, objects_of

_KEEPS_NO_HOLES = ("coco-polygons",)
_KEEPS_NO_CLASSES = ("cellpose", "rootpainter")
_KEEPS_NO_OBJECTS = ("class-png", "binary-png", "training", "rootpainter", "nifti", "dicom-seg")


@dataclass(frozen=True)
class Contents:
    """What there is to be held, over all images: objects, and those that are hard to hold."""

    images: int
    objects: int
    with_holes: int
    of_parts: int  # that hang together by corners alone
    single_pixels: int
    touching: int = 0  # that would be one with a neighbour of their class, if nothing parted them


@dataclass(frozen=True)
class Fidelity:
    """How much of each image came back.

    iou: of each image by its stem, over the pixels of all classes; 0 where it did not come back.
    objects / read: how many were written, and how many came back, where the format lists them.
    problems: why something was left out.
    """

    iou: Mapping[str, float]
    objects: int
    read: int | None
    problems: tuple[str, ...]

    @property
    def worst(self) -> float:
        return min(self.iou.values(), default=1.0)

    def text(self) -> str:
        """The finding in a sentence or two."""
        parts = [self._agreement()]
        if self.read is not None and self.read < self.objects:
            parts.append(tr("{count} objects did not come back.").format(count=self.objects - self.read))
        return " ".join([*parts, *self.problems[:3]])

    def _agreement(self) -> str:
        exact = sum(value == 1.0 for value in self.iou.values())
        if exact == len(self.iou):
            return tr("Read back: all {count} images are exactly what was written.").format(count=exact)
        worst = min(self.iou, key=lambda stem: self.iou[stem])
        return tr(
            "Read back: {exact} of {count} images are exact; the least faithful is {name}, IoU {iou}."
        ).format(exact=exact, count=len(self.iou), name=worst, iou=f"{self.iou[worst]:.4f}")


def contents(request: ExportRequest) -> Job[Contents]:
    """Count what a format may fail to hold, before anything is written."""
    objects = with_holes = of_parts = single = touching = 0
    for done, item in enumerate(request.items):
        yield Progress(done / len(request.items), tr("Checking"))
        found_here = objects_of(item, request.classes).values()
        if item.borders is not None:
            touching += len(found_here) - _without_borders(item, request.classes)
        for found in found_here:
            objects += 1
            with_holes += bool((holes_of(found.covered) & ~found.covered).any())
            of_parts += len(edge_polygons(found.covered, found.box)) > 1
            single += found.area == 1
    return Contents(len(request.items), objects, with_holes, of_parts, single, touching)


def _without_borders(item: ExportItem, classes: Sequence[SegClass]) -> int:
    """How many objects an image has where all that touch are one."""
    known = {c.index for c in classes if c.index}
    return sum(index in known for index in Numbering(item.labels()).classes.values())


def expected_losses(found: Contents, format_name: str) -> tuple[str, ...]:
    """A sentence for each thing that a format will not hold of this content."""
    losses: list[str] = []
    if format_name in _KEEPS_NO_HOLES and found.with_holes:
        losses.append(tr("{count} objects have holes, which will be filled.").format(count=found.with_holes))
    if format_name in ("yolo", "xanylabeling") and found.with_holes:
        losses.append(
            tr("{count} objects have holes; slits lead to them, which can cost a few pixels.").format(
                count=found.with_holes
            )
        )
    if format_name in _KEEPS_NO_OBJECTS and found.touching:
        losses.append(
            tr("{count} objects touch others of their class, and become one with them.").format(
                count=found.touching
            )
        )
    if format_name in _KEEPS_NO_CLASSES:
        losses.append(tr("Which class an object has is not kept in one file."))
    return tuple(losses)


def read_back(request: ExportRequest, format_name: str, out: Path) -> Job[Fidelity | None]:
    """Read an export again and compare; None for formats that hold no labels to be read.

    Raises:
        SegdeskError: what was written cannot be read at all.
    """
    reader = export_format(format_name).reader
    if not reader:
        return None
    items = {item.stem: item for item in request.items}
    # Exports are named by stems, so that each one is found by its own name.
    samples = [_stand_in(number, item) for number, item in enumerate(request.items, start=1)]
    reading = yield from import_format(reader).read(out, Images(samples, add=False))
    mapping = default_mapping(reading.classes, request.classes)
    by_path = {picture.target.key: picture for picture in reading.pictures}
    iou: dict[str, float] = {}
    objects = read = 0
    listed = True
    for done, item in enumerate(items.values()):
        yield Progress(done / len(items), tr("Checking"))
        labels = item.labels()
        objects += len(objects_of(item, request.classes))
        picture = by_path.get((item.source.path, item.source.page))
        iou[item.stem] = _agreement(labels, picture, mapping, reading, format_name) if picture else 0.0
        if picture is None or picture.objects is None:
            listed = False
        else:
            read += picture.objects
    return Fidelity(iou, objects, read if listed else None, reading.problems)


def _agreement(
    labels: Plane, picture: Labelled, mapping: Mapping[int, Becomes], reading: Reading, format_name: str
) -> float:
    table = np.zeros(256, np.uint8)
    for entry in reading.classes:
        table[entry.number] = mapping[entry.number].index or 0
    again = table[picture.labels.unpack()]
    if format_name in _KEEPS_NO_CLASSES:
        again, labels = (picture.labels.unpack() > 0).astype(np.uint8), (labels > 0).astype(np.uint8)
    either = int(np.count_nonzero((labels > 0) | (again > 0)))
    both = int(np.count_nonzero((labels > 0) & (labels == again)))
    return both / either if either else 1.0


def _stand_in(number: int, item: ExportItem) -> Sample:
    """A sample as the reader needs it."""
    return Sample(number, item.source, item.packed.width, item.packed.height, Status(item.state))
