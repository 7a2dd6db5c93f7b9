"""The contact sheet of a report: small pictures of images under their masks."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.classes import SegClass
from segdesk.core.dataset.overview import PARTS, Overview
from segdesk.core.errors import ImageError
from segdesk.core.images import open_picture, thumbnail, to_display
from segdesk.core.images.overview import fill
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import PackedPlane, Plane, tile_box, unpack_tile
from segdesk.core.project import Project, Sample
from segdesk.core.translation import tr
from segdesk.formats.images import blend

MOST = 60  # pictures
_SIDE = 200  # of the longer side, in pixels


@dataclass(frozen=True)
class SmallPicture:
    """png: base64, what a page shows as it is."""

    sample: Sample
    png: str


def chosen(found: Overview) -> tuple[Sample, ...]:
    """Labelled samples, evenly from all parts of the split in their order; at most MOST."""
    order = {part: number for number, part in enumerate(PARTS)}
    every = sorted(found.labelled, key=lambda s: (order[s.split], s.id))
    count = min(MOST, len(every))
    return tuple(every[number * len(every) // count] for number in range(count))


def small_pictures(
    project: Project, samples: Sequence[Sample], classes: tuple[SegClass, ...]
) -> Job[tuple[tuple[SmallPicture, ...], tuple[str, ...]]]:
    """The pictures, and a sentence for each sample that cannot be shown."""
    made: list[SmallPicture] = []
    problems: list[str] = []
    for done, sample in enumerate(samples):
        progress = Progress(done / len(samples), tr("Drawing the pictures"))
        yield progress
        try:
            shown = yield from _small_image(sample, progress)
            height, width = shown.shape[:2]
            labels = reduced(project.masks.packed(sample).labels, width, height)
            made.append(SmallPicture(sample, _png(blend(shown, labels, classes))))
        except ImageError as error:
            problems.append(str(error))
        except (ValueError, zlib.error):
            problems.append(
                tr("The mask of {name} is damaged, so it is not shown.").format(name=sample.source.path.name)
            )
    return tuple(made), tuple(problems)


def reduced(plane: PackedPlane, width: int, height: int) -> Plane:
    """(height, width) of the plane's pixels, evenly taken, without ever holding all of it.

    Raises:
        ValueError, zlib.error: a tile is damaged.
    """
    ys = ((np.arange(height) + 0.5) * plane.height / height).astype(int)
    xs = ((np.arange(width) + 0.5) * plane.width / width).astype(int)
    small = np.zeros((height, width), np.uint8)
    for key, data in plane.tiles.items():
        box = tile_box(key, plane.height, plane.width)
        rows = np.flatnonzero((ys >= box.y) & (ys < box.bottom))
        columns = np.flatnonzero((xs >= box.x) & (xs < box.right))
        if rows.size and columns.size:
            part = unpack_tile(data, box)
            small[np.ix_(rows, columns)] = part[np.ix_(ys[rows] - box.y, xs[columns] - box.x)]
    return small


def _small_image(sample: Sample, progress: Progress) -> Job[NDArray[np.uint8]]:
    picture = open_picture(sample.source)
    with picture.regions:
        if picture.overview is None:
            shown = picture.display
        else:
            if not picture.overview.is_whole:
                for _ in fill(picture.regions, picture.overview):
                    yield progress
            shown = to_display(picture.overview.pixels)
    small = thumbnail(shown, _SIDE)
    return np.repeat(small[:, :, None], 3, axis=2) if small.ndim == 2 else small


def _png(pixels: NDArray[np.uint8]) -> str:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG", optimize=True)
    return base64.b64encode(stream.getvalue()).decode("ascii")
