"""A table of how many pixels each class takes in each image, as CSV."""

from __future__ import annotations

import numpy as np

from segdesk.core.files import write_bytes
from segdesk.core.jobs import Job, Progress
from segdesk.core.spreadsheet import csv_bytes
from segdesk.core.translation import tr
from segdesk.formats.items import ExportReport, ExportRequest


def areas(request: ExportRequest) -> Job[ExportReport]:
    """areas.csv: image, page, state, class, pixels and share (0 to 1), a row an image and class."""
    rows: list[list[object]] = [["image", "page", "state", "class", "pixels", "share"]]
    for done, item in enumerate(request.items):
        yield Progress(done / len(request.items), tr("Exporting"))
        counts = np.bincount(item.labels().ravel(), minlength=256)
        total = int(counts.sum())
        for seg_class in request.classes:
            pixels = int(counts[seg_class.index])
            rows.append(
                [
                    item.source.path.name,
                    item.source.page + 1,
                    item.state.value,
                    seg_class.name,
                    pixels,
                    f"{pixels / total:.6f}",
                ]
            )
    path = request.out / "areas.csv"
    write_bytes(path, csv_bytes(rows))
    return ExportReport((path,))
