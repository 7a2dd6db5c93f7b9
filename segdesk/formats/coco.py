"""COCO JSON with run-length encoded masks: one annotation for each connected object of a class."""

from __future__ import annotations

import json
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.files import write_text
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import Plane
from segdesk.core.translation import tr
from segdesk.formats.items import ExportReport, ExportRequest


def coco(request: ExportRequest) -> Job[ExportReport]:
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
            for annotation in _objects(labels == seg_class.index):
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


def _objects(plane: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Area, bounding box and runs of each 8-connected object of a class."""
    count, objects, stats, _ = cv2.connectedComponentsWithStats(plane.astype(np.uint8), connectivity=8)
    if count < 2:
        return []
    height, width = plane.shape
    # All pixels once, down the columns as COCO counts, then brought together object by object.
    x, y = np.nonzero(objects.T)
    owner = objects[y, x]
    order = np.argsort(owner, kind="stable")
    position = (x * height + y)[order]
    ends = np.cumsum(np.bincount(owner, minlength=count)[1:])
    return [
        {
            "area": int(stats[number, cv2.CC_STAT_AREA]),
            "bbox": [int(v) for v in stats[number, :4]],
            "iscrowd": False,
            "segmentation": {"size": [height, width], "counts": _runs(part, height * width)},
        }
        for number, part in enumerate(np.split(position, ends[:-1]), start=1)
    ]


def _runs(positions: NDArray[np.int64], total: int) -> list[int]:
    """Lengths of alternating runs of zeros and ones from the ascending positions of the ones."""
    gaps = np.flatnonzero(np.diff(positions) > 1)
    starts = positions[np.concatenate([[0], gaps + 1])]
    stops = positions[np.concatenate([gaps, [len(positions) - 1]])] + 1
    borders = np.concatenate([[0], np.column_stack([starts, stops]).ravel(), [total]])
    lengths: list[int] = np.diff(borders).tolist()
    return lengths[:-1] if lengths[-1] == 0 else lengths


def decode_runs(counts: list[int], height: int, width: int) -> Plane:
    """(height, width) uint8 of 0 and 1 from uncompressed runs."""
    values = np.arange(len(counts), dtype=np.uint8) % 2
    return np.repeat(values, counts).reshape(width, height).T
