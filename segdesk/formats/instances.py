"""Label pictures that number objects: 16-bit PNG, TIFF for ilastik, napari and Cellpose, and NumPy files."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.classes import SegClass
from segdesk.core.errors import FormatError
from segdesk.core.files import atomic_write, write_bytes
from segdesk.core.images import MAX_PIXELS
from segdesk.core.jobs import Job, Progress
from segdesk.core.limits import raised
from segdesk.core.mask import MAX_CLASSES, Plane
from segdesk.core.naming import natural_key
from segdesk.core.spreadsheet import csv_bytes
from segdesk.core.translation import tr
from segdesk.formats.foreign import Collector, ForeignClass, Images, Reading
from segdesk.formats.items import ExportItem, ExportReport, ExportRequest
from segdesk.formats.stacks import stacks_of

Ids = NDArray[np.int32]

_MOST_IN_PNG = 65535
_KEYS = ("labels", "label", "mask", "masks", "segmentation", "arr_0")


def numbered(item: ExportItem, classes: Sequence[SegClass]) -> Ids:
    """(height, width) int32: the numbers that stay with objects, 0 outside of them."""
    numbering = item.numbering()
    known = {c.index for c in classes if c.index}
    strangers = [number for number, index in numbering.classes.items() if index not in known]
    return np.where(np.isin(numbering.ids, strangers), 0, numbering.ids) if strangers else numbering.ids


def counted(ids: Ids) -> Ids:
    """The same objects, from 1 on without a gap, for formats that count on that."""
    table = np.zeros(int(ids.max(initial=0)) + 1, np.int32)
    there = np.flatnonzero(np.bincount(ids.ravel()))
    there = there[there > 0]
    table[there] = np.arange(1, len(there) + 1, dtype=np.int32)
    return np.asarray(table[ids])


def instance_png(request: ExportRequest) -> Job[ExportReport]:
    """STEM.png of 16 bits, and objects.csv with the class of each object."""
    groups = [(f"{item.stem}.png", [item]) for item in request.items]
    return (yield from _each(request, groups, _write_png))


def instance_tiff(request: ExportRequest) -> Job[ExportReport]:
    """STEM.tif of 16 bits, or 32 where there are more objects, and objects.csv.

    The pages of a file are pages of one, where all of them are labelled; a page of zeros would say that there
    is nothing on it.
    """
    groups: list[tuple[str, list[ExportItem]]] = []
    for stack in stacks_of(request.items):
        pages = [stack.items[page] for page in sorted(stack.items)]
        if len(pages) == stack.pages > 1:
            groups.append((f"{stack.stem}.tif", pages))
        else:
            groups += [(f"{item.stem}.tif", [item]) for item in pages]
    return (yield from _each(request, groups, _write_tiff))


def npz(request: ExportRequest) -> Job[ExportReport]:
    """STEM.npz: labels (height, width) uint8, objects int32, and classes, the names by their index."""
    names = np.array([c.name for c in request.classes])
    paths: list[Path] = []
    for done, item in enumerate(request.items):
        yield Progress(done / len(request.items), tr("Exporting"))
        labels = item.said()
        path = request.out / f"{item.stem}.npz"
        with atomic_write(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, labels=labels, objects=numbered(item, request.classes), classes=names)
        paths.append(path)
    return ExportReport(tuple(paths))


def recognise_npz(path: Path) -> bool:
    return bool(_archives(path))


def read_npz(path: Path, images: Images) -> Job[Reading]:
    """Class numbers under one of the usual names; nothing in the file is ever unpickled."""
    collector = Collector(images)
    names: dict[int, str] = {}
    values: set[int] = {0}
    files = _archives(path)
    for done, file in enumerate(files):
        yield Progress(done / len(files), tr("Reading labels"))
        target = collector.find(file.stem, (file.parent, file.parent.parent / "images"))
        if target is None:
            continue
        try:
            labels, ids, listed = _arrays(file)
        except FormatError as error:
            collector.complain(file.name, error)
            continue
        if listed and names and listed != names:
            collector.complain(file.name, tr("its classes are not those of the files before it"))
            continue
        names = names or listed
        collector.add(target, labels, file.name, None if ids is None else _count(ids), ids=ids, lasting=True)
        values |= {int(v) for v in np.unique(labels)}
    known = sorted((values | set(names)) - {255})
    return collector.reading([ForeignClass(n, names.get(n, "background" if n == 0 else "")) for n in known])


def _each(
    request: ExportRequest,
    groups: Sequence[tuple[str, Sequence[ExportItem]]],
    write: Callable[[Path, Sequence[Ids]], None],
) -> Job[ExportReport]:
    """Write files of the names given, each with the pages that belong into it, and the table."""
    paths: list[Path] = []
    problems: list[str] = []
    paged = any(len(items) > 1 for _, items in groups)
    rows: list[list[object]] = [["label_image", "object", "class", *(["page"] if paged else [])]]
    names = {c.index: c.name for c in request.classes}
    for done, (name, items) in enumerate(groups):
        yield Progress(done / len(groups), tr("Exporting"))
        pages = [numbered(item, request.classes) for item in items]
        pages = [counted(ids) if ids.max(initial=0) > _MOST_IN_PNG else ids for ids in pages]
        path = request.out / name
        try:
            write(path, pages)
        except FormatError as error:
            problems.append(str(error))
            continue
        paths.append(path)
        for page, (item, ids) in enumerate(zip(items, pages, strict=True), start=1):
            labels = item.labels()
            numbers, places = np.unique(ids, return_index=True)
            for number, place in zip(numbers.tolist(), places.tolist(), strict=True):
                if number:
                    row = [path.stem, number, names[int(labels.ravel()[place])]]
                    rows.append([*row, page] if paged else row)
    listing = request.out / "objects.csv"
    write_bytes(listing, csv_bytes(rows))
    return ExportReport((*paths, listing), tuple(problems))


def _write_png(path: Path, pages: Sequence[Ids]) -> None:
    (ids,) = pages
    if ids.max() > _MOST_IN_PNG:
        raise FormatError(
            tr("{name} would need more than 65535 objects; export it as label TIFF instead.").format(
                name=path.name
            )
        )
    with atomic_write(path) as temporary:
        Image.fromarray(ids.astype(np.uint16)).save(temporary, format="PNG")


def _write_tiff(path: Path, pages: Sequence[Ids]) -> None:
    kind = np.uint16 if max(ids.max() for ids in pages) <= _MOST_IN_PNG else np.uint32
    with atomic_write(path) as temporary, tifffile.TiffWriter(temporary) as file:
        for ids in pages:
            file.write(ids.astype(kind), compression="zlib", metadata=None)


def _archives(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() == ".npz" else []
    return sorted(path.glob("*.npz"), key=lambda p: natural_key(p.name))


def _count(ids: NDArray[Any]) -> int:
    return len(np.unique(ids[ids > 0]))


def _arrays(file: Path) -> tuple[Plane, NDArray[Any] | None, dict[int, str]]:
    """Labels, the objects that pixels belong to, and the classes' names where the file has them."""
    try:
        with zipfile.ZipFile(file) as archive:
            if any(entry.file_size > 8 * raised(MAX_PIXELS) for entry in archive.infolist()):
                raise FormatError(tr("it is too large to be read"))
        with np.load(file, allow_pickle=False) as content:
            key = next((k for k in _KEYS if k in content.files), None)
            if key is None:
                raise FormatError(tr("it has no array named {names}").format(names=", ".join(_KEYS)))
            labels: NDArray[Any] = content[key]
            names = content["classes"] if "classes" in content.files else np.array([], str)
            ids: NDArray[Any] | None = content["objects"] if "objects" in content.files else None
    except (
        OSError,
        ValueError,
        EOFError,
        KeyError,
        MemoryError,
        SyntaxError,
        NotImplementedError,
        tokenize.TokenError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise FormatError(tr("it is no NumPy file that can be read without running it")) from error
    if labels.ndim != 2 or labels.dtype.kind not in "iub":
        raise FormatError(tr("its labels are no plane of whole numbers"))
    if labels.size and (labels.min() < 0 or labels.max() > 255):
        raise FormatError(tr("its labels go beyond 255"))
    listed = dict(enumerate(str(n) for n in names[:MAX_CLASSES])) if names.dtype.kind == "U" else {}
    if ids is not None and (ids.shape != labels.shape or ids.dtype.kind not in "iu"):
        raise FormatError(tr("its objects are no plane of whole numbers of the same size"))
    return labels.astype(np.uint8), ids, listed
