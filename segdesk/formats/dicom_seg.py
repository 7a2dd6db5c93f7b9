"""DICOM segmentations: one object a series, or an image that is no DICOM; a segment a class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from segdesk.core.errors import FormatError, ImageError
from segdesk.core.files import atomic_write
from segdesk.core.images import PixelSize, kinds, read_pixel_size
from segdesk.core.images.pixel_size import METRES
from segdesk.core.jobs import Job, Progress
from segdesk.core.translation import tr
from segdesk.formats import optional
from segdesk.formats.dicom_frames import FLAT, Plane3, plane_of, read_header
from segdesk.formats.dicom_object import Page, segmentation
from segdesk.formats.items import ExportItem, ExportReport, ExportRequest
from segdesk.formats.stacks import stacks_of

ENDING = "-seg.dcm"


def dicom_seg(request: ExportRequest) -> Job[ExportReport]:
    """STEM-seg.dcm: binary frames, each of a class on a page, with a reference to the source image.

    Only frames with something on them are there, and the first class's where a page has nothing at all.
    Images that are no DICOM lie flat in a space of their own, a page after the other.

    Raises:
        FormatError: pydicom is not installed, or there is no class.
        SegdeskError: a file cannot be written.
    """
    optional.needed(*optional.DICOM)
    if not request.foreground:
        raise FormatError(tr("There is no class to export; add one first."))
    paths: list[Path] = []
    problems: list[str] = []
    groups = list(_groups(request.items, problems))
    for done, (stem, pages) in enumerate(groups):
        yield Progress(done / len(groups), tr("Exporting"))
        path = request.out / f"{stem}{ENDING}"
        data = segmentation(pages, request.foreground)
        with atomic_write(path) as temporary, temporary.open("wb") as file:
            data.save_as(file, enforce_file_format=True)
        paths.append(path)
    return ExportReport(tuple(paths), tuple(problems))


def _groups(items: Sequence[ExportItem], problems: list[str]) -> Iterator[tuple[str, list[Page]]]:
    """The pages of each object to be, in the order of their places."""
    series: dict[tuple[Any, ...], list[Page]] = defaultdict(list)
    headers: dict[Path, Any] = {}
    others: list[ExportItem] = []
    for item in items:
        path = item.source.path
        try:
            if not path.is_file() or kinds.recognise(path) != kinds.DICOM:
                others.append(item)
                continue
            if path not in headers:
                headers[path] = read_header(path)
            plane = plane_of(headers[path], item.source.page, _millimetres(item))
        except ImageError as error:
            problems.append(str(error))
            continue
        own = headers[path]
        size = (item.packed.height, item.packed.width)
        key = (str(own.get("SeriesInstanceUID", path)), str(own.get("FrameOfReferenceUID", "")), size)
        series[key].append(Page(item, plane, own))
    for pages in series.values():
        pages.sort(key=lambda page: (page.plane.depth, page.item.source.page))
        yield min((page.item.stack for page in pages), key=lambda stem: (len(stem), stem)), pages
    for stack in stacks_of(others):
        x, y = _millimetres(stack.first)
        yield (
            stack.stem,
            [Page(item, Plane3((0.0, 0.0, page * x), FLAT, (y, x), x)) for page, item in stack.items.items()],
        )


def _millimetres(item: ExportItem) -> tuple[float, float]:
    size: PixelSize | None = item.pixel_size or read_pixel_size(item.source)
    if size is None:
        return 1.0, 1.0
    return size.x * METRES[size.unit] * 1000, size.y * METRES[size.unit] * 1000
