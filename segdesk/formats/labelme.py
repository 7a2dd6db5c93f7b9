"""labelme's JSON, and X-AnyLabeling's, which is like it: a file an image, polygons and masks."""

from __future__ import annotations

import base64
import binascii
import io
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.errors import FormatError
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import UNLABELLED, Plane
from segdesk.core.objects.found import FoundObject
from segdesk.core.translation import tr
from segdesk.formats.foreign import Collector, Drawing, Images, Reading, Target, check_declared
from segdesk.formats.items import ExportItem, ExportReport, ExportRequest
from segdesk.formats.json_files import entries, first_contents, points_of, text_of, whole, write_json
from segdesk.formats.json_per_image import Numbered, files_of, read_each
from segdesk.formats.shapes import Area, Ring, area_of, fill_index, index_rings, keyhole, objects_of

_MARKS = frozenset({"difficult", "score", "attributes", "kie_linking"})  # of X-AnyLabeling's shapes


def labelme(request: ExportRequest) -> Job[ExportReport]:
    """STEM.json: a polygon for each object that one holds exactly, else a shape of type mask."""
    return (yield from _each(request, _labelme_shapes, {"version": "5.5.0", "flags": {}}, _left_out))


def xanylabeling(request: ExportRequest) -> Job[ExportReport]:
    """STEM.json: polygons alone, as a mask makes the whole file fail; slits lead to holes."""
    return (yield from _each(request, _polygons, {"version": "4.0.0", "flags": {}, "checked": False}))


def recognise(path: Path) -> bool:
    """Whether a file, or the first JSON file of a folder, is labelme's or like it."""
    return any(_is_ours(content) for content in first_contents(_files(path)))


def recognise_xanylabeling(path: Path) -> bool:
    """The same, with what X-AnyLabeling alone writes beside it."""
    return any(_is_ours(content) and _is_marked(content) for content in first_contents(_files(path)))


def _is_ours(content: Any) -> bool:
    return isinstance(content, dict) and "shapes" in content and "imagePath" in content


def _is_marked(content: dict[str, Any]) -> bool:
    shapes = content["shapes"] if isinstance(content["shapes"], list) else []
    return "checked" in content or any(isinstance(s, dict) and not _MARKS.isdisjoint(s) for s in shapes)


def read(path: Path, images: Images) -> Job[Reading]:
    """Shapes in their order, a later one over an earlier one; filled as labelme fills them."""
    return read_each(_files(path), images, tr("{name}, shape {number}"), _open, _draw)


def _open(content: Any, file: Path, images: Images) -> tuple[Target | None, Numbered]:
    if not isinstance(content, dict):
        raise FormatError(tr("it holds no JSON object"))
    name = text_of(content, "imagePath")
    shapes = entries(content, "shapes")
    near = (file.parent, file.parent.parent / "images", file.parent.parent / "JPEGImages")
    target = images.find(name, near) or images.find(file.stem, near)
    if target is not None:
        check_declared(content.get("imageWidth"), content.get("imageHeight"), target)
    return target, enumerate(shapes, start=1)


def _draw(shape: Any, _: int, drawing: Drawing, collector: Collector) -> None:
    area = _covered(shape, drawing.target)
    label = text_of(shape, "label")
    drawing.add(area, collector.number(label), _group(shape, label))


def _files(path: Path) -> list[Path]:
    folders = [path / name for name in ("json", "annotations", "labels")]
    return files_of(path, ".json") or [file for folder in folders for file in files_of(folder, ".json")]


def _each(
    request: ExportRequest,
    shapes: Callable[[FoundObject, int], Iterator[dict[str, Any]]],
    head: dict[str, Any],
    left_out: Callable[[ExportItem], list[dict[str, Any]]] | None = None,
) -> Job[ExportReport]:
    paths: list[Path] = []
    names = {c.index: c.name for c in request.classes}
    for done, item in enumerate(request.items):
        yield Progress(done / len(request.items), tr("Exporting"))
        labels = item.labels()
        listed = [
            shape | {"label": names[found.class_index], "flags": {}, "description": ""}
            for number, found in objects_of(item, request.classes).items()
            for shape in shapes(found, number)
        ]
        if left_out is not None:
            listed += left_out(item)
        path = request.out / f"{item.stem}.json"
        write_json(
            path,
            head
            | {
                "shapes": listed,
                "imagePath": image_path(item, request.out),
                "imageData": None,
                "imageHeight": labels.shape[0],
                "imageWidth": labels.shape[1],
            },
        )
        paths.append(path)
    return ExportReport(tuple(paths))


def image_path(item: ExportItem, out: Path) -> str:
    """The way from a folder to an image, with slashes; its name alone where there is none."""
    import os

    try:
        return Path(os.path.relpath(item.source.path, out.absolute())).as_posix()
    except ValueError:  # another drive on Windows
        return item.source.path.name


def _labelme_shapes(found: FoundObject, number: int) -> Iterator[dict[str, Any]]:
    rings = index_rings(found.covered, found.box)
    inside = [ring - (found.box.x, found.box.y) for ring in rings]
    if len(rings) == 1 and len(rings[0]) > 3:
        filled = fill_index(inside, found.box.height, found.box.width)
        if np.array_equal(filled, found.covered):
            yield {"points": rings[0].tolist(), "group_id": number, "shape_type": "polygon", "mask": None}
            return
    box = found.box
    yield {
        "points": [[float(box.x), float(box.y)], [float(box.right - 1), float(box.bottom - 1)]],
        "group_id": number,
        "shape_type": "mask",
        "mask": _packed(found.covered),
    }


def _left_out(item: ExportItem) -> list[dict[str, Any]]:
    """A mask of what nothing is said of, by the name that labelme's own sets use."""
    nothing = item.said() == UNLABELLED
    if not nothing.any():
        return []
    rows, columns = np.flatnonzero(nothing.any(axis=1)), np.flatnonzero(nothing.any(axis=0))
    top, bottom, left, right = (int(v) for v in (rows[0], rows[-1], columns[0], columns[-1]))
    return [
        {
            "label": "__ignore__",
            "points": [[float(left), float(top)], [float(right), float(bottom)]],
            "group_id": None,
            "shape_type": "mask",
            "mask": _packed(nothing[top : bottom + 1, left : right + 1]),
            "flags": {},
            "description": "",
        }
    ]


def _polygons(found: FoundObject, number: int) -> Iterator[dict[str, Any]]:
    ring = keyhole(found.covered, found.box)
    yield {
        "points": ring.tolist(),
        "group_id": number,
        "shape_type": "polygon",
        "score": None,
        "difficult": False,
        "attributes": {},
        "kie_linking": [],
    }


def _group(shape: dict[str, Any], label: str) -> tuple[str, int] | None:
    """Parts of one object have a number in common."""
    group = shape.get("group_id")
    return (label, group) if isinstance(group, int) else None


def _packed(covered: NDArray[np.bool_]) -> str:
    data = io.BytesIO()
    Image.fromarray(covered.astype(np.uint8)).save(data, format="PNG")
    return base64.b64encode(data.getvalue()).decode("ascii")


def _covered(shape: Any, target: Target) -> Area:
    """The pixels of a shape."""
    if not isinstance(shape, dict):
        raise FormatError(tr("it is no object"))
    kind = shape.get("shape_type") or "polygon"
    points = points_of(shape.get("points"))
    height, width = target.height, target.width
    if kind == "mask":
        return _from_mask(shape.get("mask"), points, height, width)
    if kind in ("rectangle", "circle") and len(points) == 2:
        points = _rectangle(points) if kind == "rectangle" else _circle(points)
    elif kind not in ("polygon", "rectangle", "rotation", "quadrilateral", "circle"):
        raise FormatError(tr("shapes of type {kind} cover no pixels").format(kind=str(kind)[:40]))
    if len(points) < 3:
        raise FormatError(tr("a polygon needs three points or more"))
    return area_of([points], height, width, fill_index)


def _rectangle(points: Ring) -> Ring:
    (x1, y1), (x2, y2) = points.tolist()
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])


def _circle(points: Ring) -> Ring:
    centre, edge = points
    turns = np.linspace(0, 2 * math.pi, 180, endpoint=False)
    return np.asarray(centre + np.hypot(*(edge - centre)) * np.column_stack([np.cos(turns), np.sin(turns)]))


def _from_mask(text: Any, points: Ring, height: int, width: int) -> Area:
    if not isinstance(text, str) or len(points) != 2:
        raise FormatError(tr("a mask needs a picture and two corners"))
    x1, y1 = (whole(float(v)) for v in np.floor(points.min(axis=0)))
    try:
        with Image.open(io.BytesIO(base64.b64decode(text, validate=True)), formats=["PNG"]) as picture:
            if picture.width > width or picture.height > height:
                raise FormatError(tr("its mask is larger than the image"))
            part: Plane = np.asarray(picture.convert("L") if picture.mode not in ("1", "L") else picture)
    except (binascii.Error, ValueError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise FormatError(tr("its mask is no picture that can be read")) from error
    top, left = max(0, y1), max(0, x1)
    bottom, right = min(height, y1 + part.shape[0]), min(width, x1 + part.shape[1])
    if bottom <= top or right <= left:
        return Area((slice(0, 0), slice(0, 0)), np.zeros((0, 0), np.bool_))
    covered = part[top - y1 : bottom - y1, left - x1 : right - x1] > 0
    return Area((slice(top, bottom), slice(left, right)), covered)
