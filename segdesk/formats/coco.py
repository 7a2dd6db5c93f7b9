"""COCO JSON with run-length encoded masks: one annotation for each connected object of a class."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from segdesk.core.files import atomic_write
from segdesk.core.jobs import Job, Progress
from segdesk.core.objects.numbering import Numbering
from segdesk.core.translation import tr
from segdesk.formats.items import ExportItem, ExportReport, ExportRequest
from segdesk.formats.runs import Encoded, as_text, encode_objects, encode_runs
from segdesk.formats.shapes import edge_polygons
from segdesk.formats.splits import NAMES, is_split, parts_of

_MOST_OBJECTS = 1_000_000  # of an image, so that its annotations have ids of their own


def coco_polygons(request: ExportRequest) -> Job[ExportReport]:
    """As `coco`, with outlines along the pixels' edges, which more programs read; holes are filled."""
    return (yield from coco(request, outlines=True))


def coco(request: ExportRequest, *, outlines: bool = False) -> Job[ExportReport]:
    """annotations.json: images, categories (1.., no background) and annotations.

    Ids stay from one export to the next: an image's is its sample's, an annotation's is that a million times
    over and the number of the object.
    Where somebody has split the images, annotations_train.json and so on, for each part that has any.
    Runs are uncompressed, column by column, the first one counting zeros; holes are kept. `iscrowd` is
    false, which readers that compare with a boolean and those that compare with 0 both take.
    """
    files = {"annotations.json": request.items}
    if is_split(request):
        parts = parts_of(request).items()
        files = {f"annotations_{NAMES[part]}.json": items for part, items in parts if items}
    done = 0
    for name, items in files.items():
        # An image after the other goes to the file, since the runs of all of them may not fit into memory.
        with atomic_write(request.out / name) as temporary, temporary.open("w", encoding="utf-8") as file:
            yield from _write(file, items, request, done, outlines=outlines)
        done += len(items)
    return ExportReport(tuple(request.out / name for name in files))


def _write(
    file: TextIO, items: Sequence[ExportItem], request: ExportRequest, done: int, *, outlines: bool
) -> Job[None]:
    """One file's content; `done` items are in other files already."""
    images: list[dict[str, Any]] = []
    known = {seg_class.index for seg_class in request.foreground}
    file.write('{"info": {"description": "SegDesk"}, "annotations": [')
    between = ""
    for place, item in enumerate(items, start=done):
        yield Progress(place / len(request.items), tr("Exporting"))
        numbering = (None if outlines else item.runs()) or item.numbering()
        height, width = item.packed.height, item.packed.width
        images.append(
            {"id": item.sample_id, "file_name": item.source.path.name, "width": width, "height": height}
            | ({"page": item.source.page + 1} if item.source.page else {})
        )
        if isinstance(numbering, Numbering):
            shapes = (
                _outlines(numbering) if outlines else _masks(encode_objects(numbering.ids), height, width)
            )
        else:
            shapes = _masks(encode_runs(numbering.runs), height, width)
        wanted = [number for number, index in numbering.classes.items() if index in known]
        for number in sorted(wanted, key=lambda n: (numbering.classes[n], n)):
            x, y, w, h = numbering.boxes[number]
            file.write(
                f'{between}{{"id": {item.sample_id * _MOST_OBJECTS + number}, "image_id": {item.sample_id},'
                f' "category_id": {numbering.classes[number]}, "bbox": [{x}, {y}, {w}, {h}],'
                f' "iscrowd": false, {shapes[number]}}}'
            )
            between = ", "
    categories = [{"id": c.index, "name": c.name, "supercategory": ""} for c in request.foreground]
    file.write(
        f'], "images": {json.dumps(images, ensure_ascii=False)},'
        f' "categories": {json.dumps(categories, ensure_ascii=False)}}}'
    )


def _outlines(numbering: Numbering) -> dict[int, str]:
    """Area and outlines of each object."""
    shapes: dict[int, str] = {}
    for number in numbering.boxes:
        found = numbering.get(number)
        polygons = edge_polygons(found.covered, found.box)
        rings = [polygon.outer.astype(int).ravel().tolist() for polygon in polygons]
        shapes[number] = f'"area": {found.area}, "segmentation": {rings}'
    return shapes


def _masks(objects: Mapping[int, Encoded], height: int, width: int) -> dict[int, str]:
    """Area and mask of each object."""
    texts = as_text(list(objects.values()))
    return {
        number: f'"area": {own.area}, "segmentation": {{"size": [{height}, {width}], "counts": [{text}]}}'
        for (number, own), text in zip(objects.items(), texts, strict=True)
    }
