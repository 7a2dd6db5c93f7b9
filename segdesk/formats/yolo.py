"""YOLO's segmentation labels: a text file an image, a line an object, and data.yaml with the names."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np

from segdesk.core.errors import FormatError, ImageError
from segdesk.core.files import write_text
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import MAX_CLASSES
from segdesk.core.naming import natural_key
from segdesk.core.project import Split
from segdesk.core.translation import tr
from segdesk.formats.foreign import Collector, Drawing, ForeignClass, Images, Reading
from segdesk.formats.images import each, write_png
from segdesk.formats.items import ExportItem, ExportReport, ExportRequest
from segdesk.formats.numbers import number_of
from segdesk.formats.shapes import area_of, fill_even_odd, keyhole, objects_of
from segdesk.formats.splits import NAMES, part_of, split_named
from segdesk.formats.yaml_names import names_of, quoted

_LISTS = ("classes.txt", "train.txt", "val.txt", "test.txt", "readme.txt", "requirements.txt")
# Some readers round to a pixel and some cut the fraction off, after arithmetic of seven digits.
_WITHIN = 0.25
_DIGITS = 9  # of a share of the side: below a thousandth of a pixel in any image


def yolo(request: ExportRequest) -> Job[ExportReport]:
    """images/train, labels/train/STEM.txt and data.yaml: classes from 0 on, pixel indices over the size.

    An object is one ring: a slit leads into each hole. An empty file is an image without objects. What is
    split is in images/val and images/test likewise; without validation images, those to train with stand in.
    """
    problems: list[str] = []
    numbers = {c.index: n for n, c in enumerate(request.foreground)}

    def write(item: ExportItem) -> list[Path]:
        height, width = item.packed.height, item.packed.width
        lines = []
        for found in objects_of(item, request.classes).values():
            ring = (keyhole(found.covered, found.box) + _WITHIN) / (width, height)
            points = " ".join(f"{value:.{_DIGITS}f}" for value in ring.ravel().tolist())
            lines.append(f"{numbers[found.class_index]} {points}\n")
        part = NAMES[part_of(item)]
        paths = [request.out / "labels" / part / f"{item.stem}.txt"]
        write_text(paths[0], "".join(lines))
        try:
            picture = item.picture()
        except ImageError as error:
            problems.append(str(error))
        else:
            paths.append(request.out / "images" / part / f"{item.stem}.png")
            write_png(paths[1], picture)
        return paths

    report = yield from each(request, "yolo", write, problems)
    names = "".join(f"  {n}: {quoted(c.name)}\n" for n, c in enumerate(request.foreground))
    data = request.out / "data.yaml"
    there = {part_of(item) for item in request.items}
    val = NAMES[Split.VALIDATION if Split.VALIDATION in there else Split.TRAIN]
    test = "test: images/test\n" if Split.TEST in there else ""
    write_text(data, f"train: images/train\nval: images/{val}\n{test}names:\n{names}")
    return ExportReport((*report.files, data), report.problems)


def recognise(path: Path) -> bool:
    """Whether there are such lines in the first text file, or a data.yaml."""
    if path.is_dir() and (path / "data.yaml").is_file():
        return True
    for file in _files(path)[:3]:
        try:
            with file.open(encoding="utf-8") as text:
                fields = text.readline().split()
            outline = len(fields) >= 7 and number_of(fields[0]) is not None
            if outline and all(abs(float(v)) <= 2 for v in fields[1:]):
                return True
        except (OSError, UnicodeDecodeError, ValueError):
            continue
    return False


def read(path: Path, images: Images) -> Job[Reading]:
    """An object a line, a later one over an earlier one; filled as OpenCV does, so a slit is no loss."""
    collector = Collector(images)
    seen: set[int] = set()
    names = _names(path)
    files = _files(path)
    for done, file in enumerate(files):
        yield Progress(done / len(files), tr("Reading labels"))
        target = collector.find(file.stem, _near(file))
        if target is None:
            continue
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            collector.complain(file.name, error.strerror or error)
            continue
        except UnicodeDecodeError as error:
            before = error.object[: error.start].count(b"\n")
            where = tr("{name}, line {number}").format(name=file.name, number=before + 1)
            collector.complain(where, tr("it is not in UTF-8; save it in that encoding"))
            continue
        drawing = Drawing(target)
        taken = 0
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                index, ring = _parsed(line)
                if names and index >= len(names):
                    raise FormatError(tr("its class {id} is not listed").format(id=index))
                size = target.height, target.width
                area = area_of([ring * (target.width, target.height)], *size, fill_even_odd)
                drawing.add(area, index + 1)
                seen.add(index)
                taken += 1
            except FormatError as error:
                where = tr("{name}, line {number}").format(name=file.name, number=number)
                collector.complain(where, error)
        collector.add(target, drawing.labels, file.name, taken, split_named(file.parent.name), drawing.ids)
    known = sorted(seen | set(range(min(len(names), MAX_CLASSES - 1))))
    classes = [ForeignClass(n + 1, names[n] if n < len(names) else "") for n in known]
    return collector.reading((ForeignClass(0, "background"), *classes))


def _parsed(line: str) -> tuple[int, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    fields = line.split()
    number = number_of(fields[0])
    if number is None or number + 1 >= MAX_CLASSES:
        raise FormatError(tr("it begins with no class number"))
    if len(fields) == 5:
        raise FormatError(tr("it is a box, not an outline"))
    if len(fields) < 7 or len(fields) % 2 == 0:
        raise FormatError(tr("a polygon needs three points or more"))
    try:
        values = np.array([float(v) for v in fields[1:]])
    except ValueError as error:
        raise FormatError(tr("its points are not pairs of numbers")) from error
    if not np.isfinite(values).all() or np.abs(values).max() > 100:
        raise FormatError(tr("its points are not shares of the image's size"))
    return number, values.reshape(-1, 2)


def _names(path: Path) -> list[str]:
    folder = path if path.is_dir() else path.parent
    for place in (folder, folder.parent, folder.parent.parent):
        for file in (place / "data.yaml", *islice(place.glob("*.yaml"), 5)):
            if names := names_of(file, "names"):
                return names
        try:
            lines = (place / "classes.txt").read_text(encoding="utf-8-sig").splitlines()
            return [line.strip() for line in lines if line.strip()]
        except (OSError, UnicodeDecodeError):
            continue
    return []


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() == ".txt" else []
    root = path / "labels" if (path / "labels").is_dir() else path
    found = [*root.glob("*.txt"), *root.glob("*/*.txt")]
    files = [p for p in found if p.name.lower() not in _LISTS and p.is_file()]
    return sorted(files, key=lambda p: natural_key(str(p)))


def _near(file: Path) -> list[Path]:
    """Folders that may hold the image: beside it, or where "images" stands for "labels"."""
    parts = list(file.parent.parts)
    near = [file.parent]
    for place in reversed(range(len(parts))):
        if parts[place].lower() == "labels":
            near.append(Path(*parts[:place], "images", *parts[place + 1 :]))
            break
    return near
