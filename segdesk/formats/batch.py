"""What a batch writes of an image: its mask, its overlay, and its objects as rows of one table."""

from __future__ import annotations

import csv
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.batch import Batch, BatchRequest, Predict
from segdesk.core.batch_plan import BatchItem
from segdesk.core.batch_record import Record
from segdesk.core.classes import SegClass, make_classes
from segdesk.core.errors import ImageError
from segdesk.core.files import atomic_write
from segdesk.core.images import read_image, read_labels, read_pixel_size, to_display
from segdesk.core.limits import raised
from segdesk.core.mask import Plane
from segdesk.core.measure import measure_objects
from segdesk.core.measure.scale import scale_of
from segdesk.core.objects.numbering import Numbering
from segdesk.core.spreadsheet import cell
from segdesk.core.translation import tr
from segdesk.formats.images import blend, write_png
from segdesk.formats.measurements import add_rows
from segdesk.formats.sheets import Sheet, check_sheet, write_sheet

_MOST_BYTES = 2**30  # of the measurements of one image


@dataclass(frozen=True)
class BatchWriter:
    """Writes the files of one image after the other, in any thread.

    overlays: the folder for overlays; None for none.   measure: also gives the rows of the objects, packed.
    """

    classes: tuple[SegClass, ...]
    overlays: Path | None = None
    measure: bool = False

    def __call__(self, item: BatchItem, labels: Plane | None) -> bytes | None:
        """Write what is missing; without `labels`, the mask stands already, and is read.

        Raises:
            ImageError: the image, or its mask, cannot be read any more.
            SegdeskError: something cannot be written.
        """
        found = _mask(item) if labels is None else labels
        image: NDArray[Any] | None = None
        if self.overlays is not None or self.measure:
            image = read_image(item.source)
            if image.shape[:2] != found.shape:
                raise ImageError(
                    tr("{name} has changed meanwhile; run the batch again.").format(name=item.name)
                )
        if labels is not None:
            _write(item.mask, labels)
        if self.overlays is not None and image is not None:
            shown = to_display(image)
            shown = np.repeat(shown[:, :, None], 3, axis=2) if shown.ndim == 2 else shown
            _write(self.overlays / item.target, blend(shown, found, self.classes))
        return self._rows(item, found, image) if self.measure else None

    def _rows(self, item: BatchItem, labels: Plane, image: NDArray[Any] | None) -> bytes:
        table = measure_objects(Numbering(labels).ids, labels, image)
        scale = scale_of(None, read_pixel_size(item.source))
        sheet = Sheet()
        add_rows(sheet, item.source, table, self.classes, np.arange(len(table)), scale)
        return zlib.compress(json.dumps([sheet.length, sheet.columns]).encode(), 1)


def _write(path: Path, pixels: NDArray[np.uint8]) -> None:
    # A batch that goes on looks whether a file is there, and could not tell an older one from its own.
    write_png(path, pixels, named=path.exists())


def batch_of(request: BatchRequest, classes: Sequence[str], predict: Predict) -> Batch:
    """A batch that writes what its request asks for; classes: the model's, the background first."""
    writer = BatchWriter(make_classes(list(classes[1:])), request.overlays, request.measure)
    return Batch(request, predict, writer)


def _mask(item: BatchItem) -> Plane:
    labels = read_labels(item.mask)
    if labels.shape != (item.height, item.width) or labels.dtype != np.uint8:
        raise ImageError(
            tr("{path} is not the mask that the batch wrote; run it again.").format(path=item.mask)
        )
    return labels


def write_table(path: Path, out: Path, items: Iterable[BatchItem]) -> int:
    """Write the rows of all objects of some images that are done, and give how many there are.

    The columns are those of `segdesk.formats.measurements`; `image` is the path below the folder.

    Raises:
        FormatError, SegdeskError: it cannot be written; see `sheets.write_sheet`.
    """
    check_sheet(path)
    wanted = tuple(items)
    with closing(Record(out)) as record:
        if path.suffix.lower() != ".csv":
            sheet = Sheet()
            for length, columns in _kept(record, wanted):
                sheet.append(length, columns)
            write_sheet(sheet, path)
            return sheet.length
        names = list(dict.fromkeys(name for _, columns in _kept(record, wanted) for name in columns))
        rows = 0
        # Row after row, since the table of a large folder would not fit into memory.
        with atomic_write(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(map(cell, names))
            for length, columns in _kept(record, wanted):
                empty = [None] * length
                parts = [columns.get(name, empty) for name in names]
                table.writerows([cell(value) for value in row] for row in zip(*parts, strict=True))
                rows += length
    return rows


def _kept(record: Record, items: Iterable[BatchItem]) -> Iterator[tuple[int, dict[str, list[Any]]]]:
    for item in items:
        packed = record.objects(item.key, item.source.page)
        if packed is not None:
            length, columns = _unpacked(packed, record)
            # A name that is no text in any encoding would end the writing.
            columns["image"] = [os.fsencode(item.name).decode("utf-8", errors="replace")] * length
            yield length, columns


def _unpacked(packed: bytes, record: Record) -> tuple[int, dict[str, list[Any]]]:
    """How many rows there are of an image, and its columns; a record may come from anybody."""
    try:
        stream = zlib.decompressobj()
        length, columns = json.loads(stream.decompress(packed, raised(_MOST_BYTES)))
        whole = all(isinstance(column, list) and len(column) == length for column in columns.values())
    except (zlib.error, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise record.damaged() from error
    if not whole or not all(isinstance(c, str | int | float | None) for col in columns.values() for c in col):
        raise record.damaged()
    return length, columns
