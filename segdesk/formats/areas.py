"""A table of how many pixels each class takes in each image, as CSV."""

from __future__ import annotations

import csv
import io

import numpy as np

from segdesk.core.files import write_bytes
from segdesk.core.jobs import Job, Progress
from segdesk.core.translation import tr
from segdesk.formats.items import ExportReport, ExportRequest


def areas(request: ExportRequest) -> Job[ExportReport]:
    """areas.csv: image, page, state, class, pixels and share (0 to 1), a row an image and class."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["image", "page", "state", "class", "pixels", "share"])
    for done, item in enumerate(request.items):
        yield Progress(done / len(request.items), tr("Exporting"))
        counts = np.bincount(item.labels().ravel(), minlength=256)
        total = int(counts.sum())
        for seg_class in request.classes:
            pixels = int(counts[seg_class.index])
            table.writerow(
                [
                    harmless(item.source.path.name),
                    item.source.page + 1,
                    item.state.value,
                    harmless(seg_class.name),
                    pixels,
                    f"{pixels / total:.6f}",
                ]
            )
    path = request.out / "areas.csv"
    # The byte order mark tells spreadsheets that this is UTF-8.
    write_bytes(path, text.getvalue().encode("utf-8-sig"))
    return ExportReport((path,))


def harmless(text: str) -> str:
    """Text that a spreadsheet shows rather than runs: what begins like a formula gets a quote in front."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
