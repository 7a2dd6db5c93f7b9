"""QuPath's GeoJSON: a file an image, outlines along pixels' edges, holes and parts kept."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from segdesk.core.errors import FormatError
from segdesk.core.jobs import Job, Progress
from segdesk.core.objects.found import FoundObject
from segdesk.core.translation import tr
from segdesk.formats.foreign import Collector, Drawing, Images, Reading, Target
from segdesk.formats.items import ExportReport, ExportRequest
from segdesk.formats.json_files import entries, first_contents, points_of, write_json
from segdesk.formats.json_per_image import Numbered, files_of, read_each
from segdesk.formats.shapes import Area, EdgePolygon, Ring, area_of, edge_polygons, fill_edges, objects_of

_SPACE = uuid.UUID("3d1c2f0e-6f1b-5a64-9a55-6b1f2f7c9d10")  # ids are the same in each export


def geojson(request: ExportRequest) -> Job[ExportReport]:
    """STEM.geojson: an annotation for each object."""
    paths: list[Path] = []
    classes = {c.index: c for c in request.classes}
    for done, item in enumerate(request.items):
        yield Progress(done / len(request.items), tr("Exporting"))
        features = [
            {
                "type": "Feature",
                "id": str(uuid.uuid5(_SPACE, f"{item.stem}/{number}")),
                "geometry": _geometry(found),
                "properties": {
                    "objectType": "annotation",
                    "classification": {
                        "name": classes[found.class_index].name,
                        "color": list(classes[found.class_index].color),
                    },
                },
            }
            for number, found in objects_of(item, request.classes).items()
        ]
        path = request.out / f"{item.stem}.geojson"
        write_json(path, {"type": "FeatureCollection", "features": features})
        paths.append(path)
    return ExportReport(tuple(paths))


def recognise(path: Path) -> bool:
    """Whether a file, or the first ones of a folder, hold features."""
    return any(_features(content) is not None for content in first_contents(_files(path)))


def read(path: Path, images: Images) -> Job[Reading]:
    """A file is about the image of its name; a later feature lies over an earlier one."""
    return read_each(_files(path), images, tr("{name}, feature {number}"), _open, _draw)


def _open(content: Any, file: Path, images: Images) -> tuple[Target | None, Numbered]:
    features = _features(content)
    if features is None:
        raise FormatError(tr("it holds no features"))
    near = (file.parent, file.parent.parent / "images")
    return images.find(file.stem, near), enumerate(features, start=1)


def _draw(feature: Any, number: int, drawing: Drawing, collector: Collector) -> None:
    areas = _areas(feature, drawing.target)
    class_number = collector.number(_class_of(feature))
    for area in areas:
        drawing.add(area, class_number, number)


def _geometry(found: FoundObject) -> dict[str, Any]:
    polygons = [_closed(polygon) for polygon in edge_polygons(found.covered, found.box)]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _closed(polygon: EdgePolygon) -> list[list[list[int]]]:
    return [
        [*ring.astype(int).tolist(), ring[0].astype(int).tolist()] for ring in (polygon.outer, *polygon.holes)
    ]


def _features(content: Any) -> list[Any] | None:
    if isinstance(content, dict) and content.get("type") == "FeatureCollection":
        return entries(content, "features")
    if isinstance(content, dict) and content.get("type") == "Feature":
        return [content]
    if isinstance(content, list) and content and isinstance(content[0], dict):
        return content if content[0].get("type") == "Feature" else None
    return None


def _areas(feature: Any, target: Target) -> list[Area]:
    if not isinstance(feature, dict) or not isinstance(feature.get("geometry"), dict):
        raise FormatError(tr("it has no outline"))
    geometry = feature["geometry"]
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        raise FormatError(tr("shapes of type {kind} cover no pixels").format(kind=str(kind)[:40]))
    areas: list[Area] = []
    for polygon in [coordinates] if kind == "Polygon" else coordinates:
        if not isinstance(polygon, list) or not polygon:
            raise FormatError(tr("it has no outline"))
        rings = [_ring(ring) for ring in polygon]
        areas.append(area_of(rings, target.height, target.width, fill_edges))
    return areas


def _ring(value: Any) -> Ring:
    ring = points_of(value)
    if len(ring) < 3:
        raise FormatError(tr("a polygon needs three points or more"))
    return ring


def _class_of(feature: dict[str, Any]) -> str:
    properties = feature.get("properties")
    found = properties.get("classification") if isinstance(properties, dict) else None
    if isinstance(found, dict):
        found = found.get("name") or found.get("names")
    if isinstance(found, list) and found:
        found = ": ".join(str(part) for part in found)
    return found if isinstance(found, str) and found.strip() else "annotation"


def _files(path: Path) -> list[Path]:
    return files_of(path, ".geojson", ".json")
