"""Reading COCO JSON: polygons by pixels' edges, and runs, compressed or not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from segdesk.core.errors import FormatError
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import Plane
from segdesk.core.naming import natural_key
from segdesk.core.translation import tr
from segdesk.formats.foreign import Collector, Drawing, Images, Reading, Target, check_declared
from segdesk.formats.json_files import entries, points_of, read_json, read_object, text_of, whole
from segdesk.formats.runs import decode_runs
from segdesk.formats.shapes import Area, Covered, Ring, area_of, fill_edges
from segdesk.formats.splits import split_named


def recognise(path: Path) -> bool:
    """Whether a JSON file, or one of a folder, lists images and annotations."""
    return any(_is_coco(file) for file in _files(path)[:10])


def read(path: Path, images: Images) -> Job[Reading]:
    """All annotations in their order, a later one over an earlier one; crowds count like any other."""
    collector = Collector(images)
    for file in _files(path):
        try:
            content = read_object(file)
            if path.is_dir() and not _lists(content):
                continue
        except FormatError as error:
            collector.problems.append(str(error))
            continue
        try:
            yield from _read_file(file, content, collector)
        except FormatError as error:
            collector.complain(file.name, error)
    return collector.reading()


def _read_file(file: Path, content: dict[str, Any], collector: Collector) -> Job[None]:
    classes = _classes(entries(content, "categories"), file, collector)
    targets = _targets(entries(content, "images"), file, collector)
    by_image: dict[Any, list[tuple[int, dict[str, Any]]]] = {key: [] for key in targets}
    strangers: list[int] = []
    seen: set[Any] = set()
    for number, entry in enumerate(entries(content, "annotations"), start=1):
        where = _where(file, number)
        if not isinstance(entry, dict):
            collector.complain(where, tr("it is no object"))
            continue
        own = entry.get("id")
        if isinstance(own, int) and own in seen:
            collector.complain(where, tr("the id {id} is taken already").format(id=own))
            continue
        if isinstance(own, int):
            seen.add(own)
        image = entry.get("image_id")
        if isinstance(image, int | str) and image in by_image:
            by_image[image].append((number, entry))
        else:
            strangers.append(number)
    if strangers:
        one = tr("its image is not listed")
        many = tr("its image is not listed, nor are those of {count} others").format(count=len(strangers) - 1)
        collector.complain(_where(file, strangers[0]), one if len(strangers) == 1 else many)
    for done, (key, target) in enumerate(targets.items()):
        yield Progress(done / len(targets), tr("Reading labels"))
        if target is None:
            continue
        drawing = Drawing(target)
        taken = 0
        for number, entry in by_image[key]:
            try:
                category = entry.get("category_id")
                if not isinstance(category, int) or category not in classes:
                    raise FormatError(tr("its class {id} is not listed").format(id=str(category)[:20]))
                area = decode(entry.get("segmentation"), target)
                drawing.add(area, classes[category])
                taken += 1
            except FormatError as error:
                collector.complain(_where(file, number), error)
        collector.add(target, drawing.labels, file.name, taken, split_named(file.stem), drawing.ids)


def _classes(listed: list[Any], file: Path, collector: Collector) -> dict[int, int]:
    classes: dict[int, int] = {}
    for number, entry in enumerate(listed, start=1):
        try:
            classes[whole(entry.get("id") if isinstance(entry, dict) else None)] = collector.number(
                text_of(entry, "name")
            )
        except FormatError as error:
            collector.complain(tr("{name}, class {number}").format(name=file.name, number=number), error)
    return classes


def _targets(listed: list[Any], file: Path, collector: Collector) -> dict[Any, Target | None]:
    targets: dict[Any, Target | None] = {}
    near = (file.parent, file.parent / "images", file.parent.parent / "images", file.parent.parent)
    for number, entry in enumerate(listed, start=1):
        try:
            name = text_of(entry, "file_name")
            key = entry.get("id")
            if not isinstance(key, int | str):
                raise FormatError(tr("it has no id"))
            if key in targets:
                raise FormatError(tr("the id {id} is taken already").format(id=key))
            targets[key] = None  # whatever is wrong with it is said once, and not of each annotation
            page = whole(entry["page"]) - 1 if "page" in entry else 0
            target = collector.find(name, near, page)
            if target is not None:
                check_declared(entry.get("width"), entry.get("height"), target)
            targets[key] = target
        except FormatError as error:
            collector.complain(tr("{name}, image {number}").format(name=file.name, number=number), error)
    return targets


def decode(segmentation: Any, target: Target) -> Area:
    """The pixels of polygons or runs.

    Raises:
        FormatError: it is neither, or of another size.
    """
    height, width = target.height, target.width
    if isinstance(segmentation, dict):
        size = segmentation.get("size")
        if size != [height, width]:
            raise FormatError(tr("its runs are of another size than the image"))
        counts = segmentation.get("counts")
        runs = _unpacked(counts) if isinstance(counts, str) else counts
        return Area((slice(0, height), slice(0, width)), _from_runs(runs, height, width) > 0)
    if not isinstance(segmentation, list) or not segmentation:
        raise FormatError(tr("it has no outline"))
    rings: list[Ring] = []
    for ring in segmentation:
        if not isinstance(ring, list) or len(ring) < 6 or len(ring) % 2:
            raise FormatError(tr("a polygon needs three points or more"))
        rings.append(points_of([ring[i : i + 2] for i in range(0, len(ring), 2)]))
    return area_of(rings, height, width, _each_filled)


def _each_filled(rings: Sequence[Ring], height: int, width: int) -> Covered:
    """Several rings add up, also where one lies within another."""
    covered = np.zeros((height, width), np.bool_)
    for ring in rings:
        covered |= fill_edges([ring], height, width)
    return covered


def _from_runs(runs: Any, height: int, width: int) -> Plane:
    if not isinstance(runs, list) or not all(isinstance(n, int) and n >= 0 for n in runs):
        raise FormatError(tr("its runs are no whole numbers"))
    if sum(runs) != height * width:
        raise FormatError(tr("its runs do not fill the image"))
    return decode_runs(runs, height, width)


def _unpacked(text: str) -> list[int]:
    """Runs from their compressed text: five bits a letter, lowest first; differences from the third on."""
    runs: list[int] = []
    value = shift = 0
    for letter in text:
        bits = ord(letter) - 48
        if not 0 <= bits < 64 or shift > 60:
            raise FormatError(tr("its runs are damaged"))
        value |= (bits & 0x1F) << shift
        shift += 5
        if not bits & 0x20:
            if bits & 0x10:
                value -= 1 << shift
            runs.append(value + (runs[-2] if len(runs) > 2 else 0))
            value = shift = 0
    if shift:
        raise FormatError(tr("its runs are damaged"))
    return runs


def _is_coco(file: Path) -> bool:
    try:
        content = read_json(file)
    except FormatError:
        return False
    return _lists(content)


def _lists(content: Any) -> bool:
    return isinstance(content, dict) and {"images", "annotations", "categories"} <= content.keys()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() == ".json" else []
    found = [*path.glob("*.json"), *(path / "annotations").glob("*.json")]
    return sorted((p for p in found if p.is_file()), key=lambda p: natural_key(p.name))


def _where(file: Path, number: int) -> str:
    return tr("{name}, annotation {number}").format(name=file.name, number=number)
