"""COCO JSON with run-length encoded masks: one annotation for each connected object of a class."""

from __future__ import annotations

import json
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import SegClass
from segdesk.core.files import write_text
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import Plane
from segdesk.core.translation import tr
from segdesk.formats.items import ExportReport, ExportRequest
from segdesk.formats.shapes import edge_polygons, objects_of


def coco_polygons(request: ExportRequest) -> Job[ExportReport]:
    """As `coco`, with outlines along the pixels' edges, which more programs read; holes are filled."""
    return (yield from coco(request, outlines=True))


def coco(request: ExportRequest, *, outlines: bool = False) -> Job[ExportReport]:
    """annotations.json: images, categories (1.., no background) and annotations (ids from 1).

    Runs are uncompressed, column by column, the first one counting zeros; holes are kept. `iscrowd` is
    false, which readers that compare with a boolean and those that compare with 0 both take.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, item in enumerate(request.items, start=1):
        yield Progress((image_id - 1) / len(request.items), tr("Exporting"))
        labels = item.labels()
        height, width = labels.shape
        images.append(
            {"id": image_id, "file_name": item.source.path.name, "width": width, "height": height}
            | ({"page": item.source.page + 1} if item.source.page else {})
        )
        for seg_class in request.foreground:
            plane = labels == seg_class.index
            for annotation in _outlined(labels, seg_class) if outlines else _objects(plane):
                annotations.append(
                    {"id": len(annotations) + 1, "image_id": image_id, "category_id": seg_class.index}
                    | annotation
                )
    document = {
        "info": {"description": "SegDesk"},
        "images": images,
        "categories": [{"id": c.index, "name": c.name, "supercategory": ""} for c in request.foreground],
        "annotations": annotations,
    }
    path = request.out / "annotations.json"
    write_text(path, json.dumps(document, ensure_ascii=False))
    return ExportReport((path,))


def _outlined(labels: Plane, seg_class: SegClass) -> list[dict[str, Any]]:
    return [
        {
            "area": found.area,
            "bbox": [*found.box],
            "iscrowd": False,
            "segmentation": [
                polygon.outer.astype(int).ravel().tolist()
                for polygon in edge_polygons(found.covered, found.box)
            ],
        }
        for found in objects_of(labels, [seg_class])
    ]


def _objects(plane: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Area, bounding box and runs of each 8-connected object of a class."""
    count, objects, stats, _ = cv2.connectedComponentsWithStats(plane.astype(np.uint8), connectivity=8)
    if count < 2:
        return []
    height, width = plane.shape
    # All runs once, down the columns as COCO counts, then brought together object by object. A row of zeros
    # below the image ends each run with its column, since the next one may be another object's.
    columns = np.zeros((width, height + 1), np.uint8)
    columns[:, :height] = plane.T
    flat = columns.ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat[0]:
        changes = np.concatenate([[0], changes])
    starts, stops = changes[::2], changes[1::2]
    x = starts // (height + 1)
    owner = objects[starts - x * (height + 1), x]
    order = np.argsort(owner, kind="stable")
    runs = np.column_stack([starts - x, stops - x])[order]
    ends = np.cumsum(np.bincount(owner, minlength=count)[1:])
    return [
        {
            "area": int(stats[number, cv2.CC_STAT_AREA]),
            "bbox": [int(v) for v in stats[number, :4]],
            "iscrowd": False,
            "segmentation": {"size": [height, width], "counts": _counts(part, height * width)},
        }
        for number, part in enumerate(np.split(runs, ends[:-1]), start=1)
    ]


def _counts(runs: NDArray[np.int64], total: int) -> list[int]:
    """Lengths of alternating runs of zeros and ones, from (n, 2) starts and stops of the ones, ascending."""
    apart = runs[1:, 0] != runs[:-1, 1]
    starts = runs[np.concatenate([[True], apart]), 0]
    stops = runs[np.concatenate([apart, [True]]), 1]
    borders = np.concatenate([[0], np.column_stack([starts, stops]).ravel(), [total]])
    lengths: list[int] = np.diff(borders).tolist()
    return lengths[:-1] if lengths[-1] == 0 else lengths


def decode_runs(counts: list[int], height: int, width: int) -> Plane:
    """(height, width) uint8 of 0 and 1 from uncompressed runs."""
    values = np.arange(len(counts), dtype=np.uint8) % 2
    return np.repeat(values, counts).reshape(width, height).T
