"""A table of all objects and their measurements."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import SegClass
from segdesk.core.errors import ImageError
from segdesk.core.images import ImageSource
from segdesk.core.images.calibration import read_pixel_size
from segdesk.core.jobs import Job, Progress
from segdesk.core.measure import ObjectTable, measure_objects
from segdesk.core.measure.scale import Scale, scale_of
from segdesk.core.translation import tr
from segdesk.formats.items import ExportReport, ExportRequest
from segdesk.formats.sheets import Sheet, write_sheet


@dataclass(frozen=True)
class Measured:
    """The table of all objects, and a sentence for each image whose values could not be read."""

    sheet: Sheet
    problems: tuple[str, ...]


def measurements(request: ExportRequest) -> Job[ExportReport]:
    """objects.csv: a row an object, as `measure_all` makes them."""
    measured = yield from measure_all(request)
    path = request.out / "objects.csv"
    write_sheet(measured.sheet, path)
    return ExportReport((path,), measured.problems)


def measure_all(request: ExportRequest, *, skeleton: bool = True) -> Job[Measured]:
    """Measure every object of the labelled samples.

    Columns: image, page, object (its number in the image), class, and each measurement in pixels; where the
    size of a pixel is known also NAME_physical with lengths and areas in `unit`. An image that cannot be read
    has no intensities.
    """
    sheet, problems = Sheet(), []
    for done, item in enumerate(request.items):
        yield Progress(done / len(request.items), tr("Measuring"))
        labels = item.labels()
        image: NDArray[Any] | None = None
        try:
            image = item.pixels()
            if image.shape[:2] != labels.shape:
                image = None
        except ImageError as error:
            problems.append(str(error))
        table = measure_objects(item.numbering().ids, labels, image, skeleton=skeleton)
        scale = scale_of(item.pixel_size, read_pixel_size(item.source))
        add_rows(sheet, item.source, table, request.classes, np.arange(len(table)), scale)
    return Measured(sheet, tuple(problems))


def write_rows(
    path: Path,
    source: ImageSource,
    table: ObjectTable,
    classes: tuple[SegClass, ...],
    rows: NDArray[np.intp],
    scale: Scale,
) -> None:
    """Write some rows of one image's table; raises SegdeskError where that cannot be."""
    sheet = Sheet()
    add_rows(sheet, source, table, classes, rows, scale)
    write_sheet(sheet, path)


def add_rows(
    sheet: Sheet,
    source: ImageSource,
    table: ObjectTable,
    classes: tuple[SegClass, ...],
    rows: NDArray[np.intp],
    scale: Scale,
) -> None:
    """Add rows of one image's table to a sheet."""
    names = {c.index: c.name for c in classes}
    count = len(rows)
    cells: dict[str, Any] = {
        "image": [source.path.name] * count,
        "page": [source.page + 1] * count,
        "object": table.numbers[rows],
        "class": [names.get(int(index), str(index)) for index in table.classes[rows]],
    }
    for column in table.columns:
        values = table.values[column.name][rows]
        cells[column.name] = values.astype(np.int64) if column.whole else values
    if scale.size is not None:
        for column in table.columns:
            if column.power:
                cells[f"{column.name}_physical"] = table.in_units(column, scale.size)[rows]
        cells["unit"] = [scale.unit] * count
    sheet.append(count, cells)
