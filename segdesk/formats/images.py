"""Masks and pictures as PNG: class indices, one 0/255 plane a class, overlays and cut-outs."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.classes import SegClass
from segdesk.core.errors import ImageError
from segdesk.core.files import write_bytes, write_text
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import Plane
from segdesk.core.naming import safe_name
from segdesk.core.translation import tr
from segdesk.formats.export_record import ExportRecord
from segdesk.formats.items import ExportItem, ExportReport, ExportRequest
from segdesk.formats.matting import soft_alpha

_OVERLAY_OPACITY = 0.45
# Masks are runs, and searching them for anything else takes longer and makes them larger.
_RUNS = (
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE),
)


def write_png(path: Path, pixels: NDArray[np.uint8], *, named: bool = True) -> None:
    """Write (H, W) labels or gray, (H, W, 3) RGB or (H, W, 4) RGBA pixels, all or nothing.

    named: see `write_bytes`.
    """
    if pixels.ndim == 2:
        _, packed = cv2.imencode(".png", np.ascontiguousarray(pixels), _RUNS)
        write_bytes(path, packed.tobytes(), named=named)
        return
    # What is searched for beyond level 1 takes thrice the time and makes a picture a tenth smaller.
    memory = io.BytesIO()
    Image.fromarray(pixels).save(memory, format="PNG", compress_level=1)
    write_bytes(path, memory.getvalue(), named=named)


def class_index(request: ExportRequest) -> Job[ExportReport]:
    """STEM.png with the class index of each pixel, and classes.txt with a line "index name" a class.

    255 is where nothing is said; see `ExportItem.said`.
    """
    names = request.out / "classes.txt"
    write_text(names, "".join(f"{c.index} {c.name}\n" for c in request.classes))

    def write(item: ExportItem) -> list[Path]:
        path = request.out / f"{item.stem}.png"
        write_png(path, item.said())
        return [path]

    report = yield from each(request, "class-png", write)
    return ExportReport((names, *report.files), report.problems)


def binary(request: ExportRequest) -> Job[ExportReport]:
    """CLASS/STEM.png, 255 where the pixel is of that class, else 0."""
    folders = class_folders(request.foreground)

    def write(item: ExportItem) -> list[Path]:
        labels, paths = item.labels(), []
        for seg_class, folder in zip(request.foreground, folders, strict=True):
            path = request.out / folder / f"{item.stem}.png"
            write_png(path, np.where(labels == seg_class.index, np.uint8(255), np.uint8(0)))
            paths.append(path)
        return paths

    return (yield from each(request, "binary-png", write))


def overlay(request: ExportRequest) -> Job[ExportReport]:
    """STEM.png: the image with each class tinted in its colour and outlined."""

    def write(item: ExportItem) -> list[Path]:
        path = request.out / f"{item.stem}.png"
        write_png(path, blend(item.picture(), item.labels(), request.classes))
        return [path]

    return (yield from each(request, "overlay", write))


def cutout(request: ExportRequest) -> Job[ExportReport]:
    """STEM.png with transparency: what belongs to a class is kept, the background is see-through.

    Near the edge the pixels may be so in part, as wide as the request says.
    """

    def write(item: ExportItem) -> list[Path]:
        picture = item.picture()
        alpha = soft_alpha(picture, item.labels() != 0, request.soft_edge)
        path = request.out / f"{item.stem}.png"
        write_png(path, np.dstack([picture, alpha]))
        return [path]

    return (yield from each(request, "cutout", write))


def blend(picture: NDArray[np.uint8], labels: Plane, classes: tuple[SegClass, ...]) -> NDArray[np.uint8]:
    """(H, W, 3) RGB picture with (H, W) labels laid over it: a tint inside, full colour on the outline."""
    colors = np.zeros((256, 3), np.float32)
    for seg_class in classes:
        colors[seg_class.index] = seg_class.color
    inside = labels != 0
    eroded = cv2.erode(labels, np.ones((3, 3), np.uint8))
    grown = cv2.dilate(labels, np.ones((3, 3), np.uint8))
    outline = inside & ((eroded != labels) | (grown != labels))
    share = np.where(outline, np.float32(1), np.float32(_OVERLAY_OPACITY))[:, :, None]
    mixed = picture * (1 - share) + colors[labels] * share
    return np.where(inside[:, :, None], np.rint(mixed), picture).astype(np.uint8)


def each(
    request: ExportRequest,
    kind: str,
    write: Callable[[ExportItem], list[Path]],
    problems: list[str] | None = None,
) -> Job[ExportReport]:
    """Write sample after sample; an image that cannot be read is reported, and the others go on.

    Those that an interrupted export of the same kind has written are left as they are.

    problems: where `write` puts a sentence on what is not as it should be, though there are files; such a
        sample is written anew the next time.
    """
    files: list[Path] = []
    problems = [] if problems is None else problems
    record = ExportRecord(request, kind)
    try:
        for done, item in enumerate(request.items):
            yield Progress(done / len(request.items), tr("Exporting"))
            written = record.files(item)
            if written is None:
                told = len(problems)
                try:
                    written = write(item)
                except ImageError as error:
                    problems.append(str(error))
                    continue
                if len(problems) == told:
                    record.note(item, written)
            files += written
        record.finish()
    finally:
        record.close()
    return ExportReport(tuple(files), tuple(problems))


def class_folders(classes: tuple[SegClass, ...]) -> list[str]:
    """A folder name for each class, distinct where two names would be the same folder."""
    names: list[str] = []
    for seg_class in classes:
        name = safe_name(seg_class.name)
        taken = {other.casefold() for other in names}
        names.append(f"{name}-{seg_class.index}" if name.casefold() in taken else name)
    return names
