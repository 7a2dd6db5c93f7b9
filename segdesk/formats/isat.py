"""ISAT's JSON with isat.yaml: a ring an object part, holes as background on a higher layer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from segdesk.core.errors import FormatError
from segdesk.core.files import write_text
from segdesk.core.geometry import Box
from segdesk.core.jobs import Job, Progress
from segdesk.core.objects.found import FoundObject
from segdesk.core.translation import tr
from segdesk.formats.foreign import Collector, Drawing, Images, Reading, Target, check_declared
from segdesk.formats.items import ExportReport, ExportRequest
from segdesk.formats.json_files import entries, first_contents, points_of, text_of, write_json
from segdesk.formats.json_per_image import Numbered, files_of, read_each
from segdesk.formats.shapes import Covered, Ring, area_of, fill_index, holes_of, index_rings, objects_of
from segdesk.formats.yaml_names import quoted

_BACKGROUND = "__background__"


def isat(request: ExportRequest) -> Job[ExportReport]:
    """STEM.json beside isat.yaml; what lies within a hole is on a higher layer than the hole."""
    paths: list[Path] = []
    names = {c.index: c.name for c in request.classes}
    for done, item in enumerate(request.items):
        yield Progress(done / len(request.items), tr("Exporting"))
        labels = item.labels()
        height, width = labels.shape
        # What encloses others is larger than them, so that layers go down in size.
        found = objects_of(item, request.classes)
        numbers = sorted(found, key=lambda number: -found[number].box.width * found[number].box.height)
        layers = iter(range(1, 1 << 30))
        objects = [
            entry
            for number in numbers
            for entry in _entries(found[number], names[found[number].class_index], number, layers)
        ]
        path = request.out / f"{item.stem}.json"
        info = {
            "description": "ISAT",
            "folder": str(item.source.path.parent),
            "name": item.source.path.name,
            "width": width,
            "height": height,
            "depth": 3,
            "note": "",
        }
        write_json(path, {"info": info, "objects": objects})
        paths.append(path)
    colors = [(_BACKGROUND, (0, 0, 0)), *((c.name, c.color) for c in request.foreground)]
    lines = [f"- color: '#{r:02x}{g:02x}{b:02x}'\n  name: {quoted(name)}\n" for name, (r, g, b) in colors]
    yaml = request.out / "isat.yaml"
    write_text(yaml, "label:\n" + "".join(lines))
    return ExportReport((*paths, yaml))


def recognise(path: Path) -> bool:
    """Whether a file, or one of the first of a folder, says that it is ISAT's."""
    for content in first_contents(_files(path)):
        info = content.get("info") if isinstance(content, dict) else None
        if isinstance(info, dict) and info.get("description") == "ISAT":
            return True
    return False


def read(path: Path, images: Images) -> Job[Reading]:
    """Objects from the lowest layer up."""
    return read_each(_files(path), images, tr("{name}, object {number}"), _open, _draw)


def _open(content: Any, file: Path, images: Images) -> tuple[Target | None, Numbered]:
    if not isinstance(content, dict) or not isinstance(content.get("info"), dict):
        raise FormatError(tr('it has no "info"'))
    info = content["info"]
    objects = entries(content, "objects")
    near = (file.parent, file.parent.parent / "images", file.parent.parent)
    target = images.find(text_of(info, "name"), near)
    if target is not None:
        check_declared(info.get("width"), info.get("height"), target)
    return target, sorted(enumerate(objects, start=1), key=lambda pair: _layer(pair[1]))


def _draw(entry: Any, _: int, drawing: Drawing, collector: Collector) -> None:
    ring = points_of(entry.get("segmentation") if isinstance(entry, dict) else None)
    area = area_of([ring], drawing.target.height, drawing.target.width, fill_index)
    category = text_of(entry, "category")
    drawing.add(area, collector.number(category), _group(entry, category))


def _entries(found: FoundObject, name: str, group: int, layers: Iterator[int]) -> Iterator[dict[str, Any]]:
    for ring in index_rings(found.covered, found.box):
        yield _entry(ring, name, group, next(layers), found.area)
    holes = holes_of(found.covered) & ~found.covered
    for ring in _hole_rings(holes, found.box):
        yield _entry(ring, _BACKGROUND, 0, next(layers), 0)


def _hole_rings(holes: Covered, box: Box) -> list[Ring]:
    """Holes are 4-connected: two that touch at a corner are two."""
    count, parts = cv2.connectedComponents(holes.astype(np.uint8), connectivity=4)
    return [ring for n in range(1, count) for ring in index_rings(parts == n, box)]


def _entry(ring: Ring, name: str, group: int, layer: int, area: int) -> dict[str, Any]:
    (left, top), (right, bottom) = ring.min(axis=0), ring.max(axis=0)
    return {
        "category": name,
        "group": group,
        "segmentation": ring.tolist(),
        "area": area,
        "layer": float(layer),
        "bbox": [float(left), float(top), float(right), float(bottom)],
        "iscrowd": False,
        "note": "",
    }


def _group(entry: dict[str, Any], category: str) -> tuple[str, int] | None:
    """Parts of one object have its group in common; 0 is none."""
    group = entry.get("group")
    return (category, group) if isinstance(group, int) and group > 0 else None


def _layer(entry: Any) -> float:
    layer = entry.get("layer") if isinstance(entry, dict) else None
    return float(layer) if isinstance(layer, int | float) and abs(layer) < 1e12 else 0.0


def _files(path: Path) -> list[Path]:
    return files_of(path, ".json")
