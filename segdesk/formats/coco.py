"""COCO JSON with run-length encoded masks: one annotation for each connected object of a class."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from segdesk.core.files import write_text
from segdesk.core.jobs import Job, Progress
from segdesk.core.objects.found import FoundObject
from segdesk.core.translation import tr
from segdesk.formats.items import ExportItem, ExportReport, ExportRequest
from segdesk.formats.runs import Runs, encode_objects
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
        document = yield from _document(items, request, done, outlines=outlines)
        write_text(request.out / name, json.dumps(document, ensure_ascii=False))
        done += len(items)
    return ExportReport(tuple(request.out / name for name in files))


def _document(
    items: Sequence[ExportItem], request: ExportRequest, done: int, *, outlines: bool
) -> Job[dict[str, Any]]:
    """One file's content; `done` items are in other files already."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    known = {seg_class.index for seg_class in request.foreground}
    for place, item in enumerate(items, start=done):
        yield Progress(place / len(request.items), tr("Exporting"))
        numbering = item.numbering()
        height, width = numbering.ids.shape
        images.append(
            {"id": item.sample_id, "file_name": item.source.path.name, "width": width, "height": height}
            | ({"page": item.source.page + 1} if item.source.page else {})
        )
        runs = {} if outlines else encode_objects(numbering.ids)
        for number, index in sorted(numbering.classes.items(), key=lambda pair: (pair[1], pair[0])):
            if index in known:
                annotations.append(
                    {
                        "id": item.sample_id * _MOST_OBJECTS + number,
                        "image_id": item.sample_id,
                        "category_id": index,
                        "bbox": [*numbering.boxes[number]],
                        "iscrowd": False,
                    }
                    | (_outline(numbering.get(number)) if outlines else _mask(runs[number], height, width))
                )
    return {
        "info": {"description": "SegDesk"},
        "images": images,
        "categories": [{"id": c.index, "name": c.name, "supercategory": ""} for c in request.foreground],
        "annotations": annotations,
    }


def _outline(found: FoundObject) -> dict[str, Any]:
    """Area and outlines of an object."""
    polygons = edge_polygons(found.covered, found.box)
    return {
        "area": found.area,
        "segmentation": [polygon.outer.astype(int).ravel().tolist() for polygon in polygons],
    }


def _mask(runs: Runs, height: int, width: int) -> dict[str, Any]:
    """Area and mask of an object."""
    return {"area": runs.area, "segmentation": {"size": [height, width], "counts": runs.counts}}
