"""Between pixels and outlines, in the two ways that other programs count.

Pixel-index vertices are the centres of pixels that belong to the object, and the outline itself is filled:
labelme, X-AnyLabeling, ISAT and YOLO. Pixel-edge vertices are corners of pixels: COCO and GeoJSON.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from segdesk.core.classes import SegClass
from segdesk.core.geometry import Box
from segdesk.core.objects.found import FoundObject
from segdesk.formats.items import ExportItem

Ring = NDArray[np.float64]  # (n, 2) x, y
Covered = NDArray[np.bool_]
Fill = Callable[[Sequence[Ring], int, int], Covered]


def objects_of(item: ExportItem, classes: Sequence[SegClass]) -> dict[int, FoundObject]:
    """The objects of the user's classes by the numbers that stay with them, in their order."""
    numbering = item.numbering()
    known = {c.index for c in classes if c.index}
    return {n: numbering.get(n) for n, index in sorted(numbering.classes.items()) if index in known}


def index_rings(covered: Covered, box: Box) -> list[Ring]:
    """An outline for each 8-connected part, holes filled; three vertices at least."""
    contours, _ = cv2.findContours(covered.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [_moved(_at_least_three(_simpler(c[:, 0, :])), box.x, box.y) for c in contours]


def holes_of(covered: Covered) -> Covered:
    """The pixels that an object encloses."""
    padded = np.pad(covered, 1).astype(np.uint8)
    cv2.floodFill(padded, None, (0, 0), (1,), flags=4)
    enclosed: Covered = padded[1:-1, 1:-1] == 0
    return enclosed


def keyhole(covered: Covered, box: Box) -> Ring:
    """One ring around an object of one part, which runs into each hole and back; for even-odd filling."""
    contours, tree = cv2.findContours(covered.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    ring = np.zeros((0, 2), np.int32)
    holes: list[NDArray[np.int32]] = []
    for contour, (_, _, _, parent) in zip(contours, tree[0], strict=True):
        points = np.asarray(contour[:, 0, :], np.int32)
        if parent < 0:
            ring = points if len(points) > len(ring) else ring
        else:
            holes.append(points)
    for hole in sorted(holes, key=lambda points: int(points[:, 0].min())):
        here = int(np.argmin(hole[:, 0]))  # its leftmost point looks toward what is joined already
        distance = np.abs(ring - hole[here]).max(axis=1)
        there = int(np.argmin(distance))
        turned = np.roll(hole, -here, axis=0)
        ring = np.concatenate([ring[: there + 1], turned, turned[:1], ring[there:]])
    return _moved(_at_least_three(ring), box.x, box.y)


@dataclass(frozen=True, eq=False)
class Area:
    """Pixels of an image: `covered`, (height, width) bool, of the rows and columns in `slices`."""

    slices: tuple[slice, slice]
    covered: Covered


def area_of(rings: Sequence[Ring], height: int, width: int, fill: Fill) -> Area:
    """What rings cover of an image, filled by one of the ways below; no more than needed is looked at."""
    points = np.concatenate(rings)
    left, top = np.clip(np.floor(points.min(axis=0)) - 1, 0, (width, height)).astype(int).tolist()
    right, bottom = np.clip(np.ceil(points.max(axis=0)) + 2, 0, (width, height)).astype(int).tolist()
    place = slice(top, max(top, bottom)), slice(left, max(left, right))
    size = place[0].stop - top, place[1].stop - left
    if 0 in size:
        return Area(place, np.zeros(size, np.bool_))
    return Area(place, fill([_moved(ring, -left, -top) for ring in rings], *size))


def fill_index(rings: Sequence[Ring], height: int, width: int) -> Covered:
    """What the rings cover, each with its outline, as labelme fills them; rings add up."""
    canvas = Image.new("L", (width, height))
    draw = ImageDraw.Draw(canvas)
    for ring in rings:
        if len(ring) >= 2:
            draw.polygon([(float(x), float(y)) for x, y in ring], outline=1, fill=1)
        else:
            draw.point([(float(x), float(y)) for x, y in ring], fill=1)
    return np.asarray(canvas) > 0


def fill_even_odd(rings: Sequence[Ring], height: int, width: int) -> Covered:
    """What each ring covers with its outline, as OpenCV fills it: twice around is not covered."""
    canvas = np.zeros((height, width), np.uint8)
    for ring in rings:
        cv2.fillPoly(canvas, [np.rint(np.clip(ring, -1e6, 1e6)).astype(np.int32)], (1,))
    return canvas > 0


@dataclass(frozen=True, eq=False)
class EdgePolygon:
    """A 4-connected part of an object by its pixels' edges: around it, and around each of its holes."""

    outer: Ring
    holes: tuple[Ring, ...]


def edge_polygons(covered: Covered, box: Box) -> list[EdgePolygon]:
    """The parts of an object as polygons that geometry programs hold for valid; rings are not closed."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(covered.astype(np.uint8), connectivity=4)
    polygons: list[EdgePolygon] = []
    for number in range(1, count):
        x, y, width, height = stats[number, :4].tolist()
        part = parts[y : y + height, x : x + width] == number
        outer: Ring | None = None
        holes: list[Ring] = []
        for ring in _edge_rings(part):
            moved = _moved(ring, box.x + x, box.y + y)
            if _signed_area(ring) > 0:
                outer = moved
            else:
                holes.append(moved)
        assert outer is not None
        polygons.append(EdgePolygon(outer, tuple(holes)))
    return polygons


def fill_edges(rings: Sequence[Ring], height: int, width: int) -> Covered:
    """The pixels whose centres lie within an odd number of the rings."""
    toggles = np.zeros((height, width + 1), np.uint8)
    for ring in rings:
        start, stop = ring, np.roll(ring, -1, axis=0)
        low = np.minimum(start[:, 1], stop[:, 1])
        high = np.maximum(start[:, 1], stop[:, 1])
        first = np.clip(np.ceil(low - 0.5), 0, height).astype(np.int64)
        last = np.clip(np.ceil(high - 0.5), 0, height).astype(np.int64)
        rows = last - first
        edge = np.repeat(np.arange(len(ring)), rows)
        if not len(edge):
            continue
        offset = np.arange(len(edge)) - np.repeat(np.cumsum(rows) - rows, rows)
        row = first[edge] + offset
        span = stop[edge, 1] - start[edge, 1]
        x = start[edge, 0] + (row + 0.5 - start[edge, 1]) / span * (stop[edge, 0] - start[edge, 0])
        column = np.clip(np.ceil(x - 0.5), 0, width).astype(np.int64)
        np.bitwise_xor.at(toggles, (row, column), 1)
    return np.bitwise_xor.accumulate(toggles[:, :width], axis=1) > 0


def _edge_rings(part: Covered) -> list[Ring]:
    """Closed ways along the pixels' edges, none of which meets itself; the object lies on their right."""
    padded = np.pad(part, 1)
    heads: dict[int, list[int]] = {}
    stride = padded.shape[1] + 1
    for dy, dx, (sy, sx), (ey, ex) in (
        (-1, 0, (0, 0), (0, 1)),
        (0, 1, (0, 1), (1, 1)),
        (1, 0, (1, 1), (1, 0)),
        (0, -1, (1, 0), (0, 0)),
    ):
        ys, xs = np.nonzero(padded & ~np.roll(padded, (-dy, -dx), (0, 1)))
        for start, end in zip(
            ((ys + sy) * stride + xs + sx).tolist(), ((ys + ey) * stride + xs + ex).tolist(), strict=True
        ):
            heads.setdefault(start, []).append(end)
    rings: list[Ring] = []
    while heads:
        way = [next(iter(heads))]
        place = {way[0]: 0}
        while True:
            here = way[-1]
            ends = heads[here]
            following = ends.pop()
            if not ends:
                del heads[here]
            if following in place:
                back = place[following]
                rings.append(_corners(np.array(way[back:]), stride))
                for left in way[back + 1 :]:
                    del place[left]
                del way[back + 1 :]
                if not heads.get(following) and back == 0:
                    break
                continue
            place[following] = len(way)
            way.append(following)
    return rings


def _corners(places: NDArray[np.int64], stride: int) -> Ring:
    points = np.column_stack([places % stride, places // stride]).astype(np.float64) - 1
    return _simpler(points)


def _simpler(points: NDArray[np.generic]) -> Ring:
    """A ring without the points that lie on a straight way between their neighbours."""
    ring = np.asarray(points, np.float64)
    if len(ring) < 3:
        return ring
    before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    same = (np.sign(before) == np.sign(after)).all(axis=1)
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    simpler: Ring = ring[~(same & (cross == 0))]
    return simpler


def _at_least_three(ring: NDArray[np.generic]) -> Ring:
    points = np.asarray(ring, np.float64)
    return (
        points if len(points) >= 3 else np.concatenate([points, np.repeat(points[-1:], 3 - len(points), 0)])
    )


def _moved(ring: Ring, x: float, y: float) -> Ring:
    return ring + np.array([x, y], np.float64)


def _signed_area(ring: Ring) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)
