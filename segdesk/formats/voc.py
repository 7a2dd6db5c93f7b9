"""Pascal VOC's folders: JPEGImages, SegmentationClass, SegmentationObject, and ImageSets with the names."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.errors import ImageError
from segdesk.core.files import atomic_write, write_text
from segdesk.core.images import list_images
from segdesk.core.jobs import Job
from segdesk.core.mask import Plane
from segdesk.core.project import Split
from segdesk.core.translation import tr
from segdesk.formats.foreign import Images, Reading
from segdesk.formats.images import each
from segdesk.formats.instances import counted, numbered
from segdesk.formats.items import ExportItem, ExportReport, ExportRequest
from segdesk.formats.label_images import class_names, read_pairs
from segdesk.formats.layouts import Pair
from segdesk.formats.splits import NAMES, listed_splits, part_of, parts_of

_CLASSES, _OBJECTS, _PICTURES = "SegmentationClass", "SegmentationObject", "JPEGImages"
_LISTS = ("ImageSets", "Segmentation")
_MOST_OBJECTS = 254  # that a palette picture can number; 255 means "nothing said"

# What the numbers mean in the challenge's own data, which says so nowhere among its files.
_TWENTY = (
    *("background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train"),
    "tvmonitor",
)


def voc(request: ExportRequest) -> Job[ExportReport]:
    """Palette PNGs of classes and of objects, JPEGs of the images, lists of names, and class_names.txt."""
    problems: list[str] = []

    def write(item: ExportItem) -> list[Path]:
        paths = [request.out / _CLASSES / f"{item.stem}.png"]
        write_palette(paths[0], item.said())
        ids = counted(numbered(item, request.classes))
        path = request.out / _OBJECTS / f"{item.stem}.png"
        if ids.max() <= _MOST_OBJECTS:
            write_palette(path, ids.astype(np.uint8))
        else:
            with atomic_write(path) as temporary:
                Image.fromarray(ids.astype(np.uint16)).save(temporary, format="PNG")
            problems.append(
                tr("{name} has {count} objects, more than a palette holds: they are in 16 bits.").format(
                    name=path.name, count=int(ids.max())
                )
            )
        paths.append(path)
        try:
            pixels = item.picture()
        except ImageError as error:
            problems.append(str(error))
        else:
            path = request.out / _PICTURES / f"{item.stem}.jpg"
            _write_picture(path, pixels, item.source.path)
            paths.append(path)
        return paths

    report = yield from each(request, "voc", write, problems)
    paths = list(report.files)
    names = request.out / "class_names.txt"
    write_text(names, "".join(f"{c.index} {c.name}\n" for c in request.classes))
    parts = parts_of(request)
    lists = {NAMES[part]: items for part, items in parts.items() if items or part is not Split.TEST}
    lists["trainval"] = tuple(item for item in request.items if part_of(item) is not Split.TEST)
    for name, items in lists.items():
        path = request.out.joinpath(*_LISTS) / f"{name}.txt"
        write_text(path, "".join(f"{item.stem}\n" for item in items))
        paths.append(path)
    return ExportReport((*paths, names), report.problems)


def recognise(path: Path) -> bool:
    """Whether there is a folder SegmentationClass."""
    return (path / _CLASSES).is_dir()


def read(path: Path, images: Images) -> Job[Reading]:
    """The class pictures, with the objects where there are pictures of them; 255 says nothing in either."""
    pictures = path / _PICTURES
    try:
        named = {file.stem: file for file in list_images(pictures)} if pictures.is_dir() else {}
    except ImageError:
        named = {}
    listed = listed_splits(path.joinpath(*_LISTS))
    objects = path / _OBJECTS
    pictured = {file.stem: file for file in list_images(objects)} if objects.is_dir() else {}
    pairs = [
        Pair((file,), named.get(file.stem), split=listed.get(file.stem), objects=pictured.get(file.stem))
        for file in list_images(path / _CLASSES)
    ]
    names = class_names(path) or dict(enumerate(_TWENTY))
    return (yield from read_pairs(pairs, names, images, whole=True))


def palette() -> NDArray[np.uint8]:
    """(256, 3) RGB: bit i of a number's three lowest bits goes to bit 7 of red, green and blue, and so on."""
    numbers = np.arange(256)
    colors = np.zeros((256, 3), np.uint8)
    for place in range(8):
        for channel in range(3):
            colors[:, channel] |= ((numbers >> channel & 1) << (7 - place)).astype(np.uint8)
        numbers >>= 3
    return colors


def write_palette(path: Path, plane: Plane) -> None:
    """A palette PNG whose indices are the plane's values."""
    picture = Image.fromarray(plane)
    picture.putpalette(palette().tobytes())
    with atomic_write(path) as temporary:
        picture.save(temporary, format="PNG")


def _write_picture(path: Path, pixels: NDArray[np.uint8], source: Path) -> None:
    with atomic_write(path) as temporary:
        if source.suffix.lower() in (".jpg", ".jpeg") and _is_upright(source):
            shutil.copyfile(source, temporary)  # so that nothing is lost a second time
        else:
            Image.fromarray(pixels).save(temporary, format="JPEG", quality=95)


def _is_upright(path: Path) -> bool:
    try:
        with Image.open(path) as picture:
            return picture.format == "JPEG" and picture.getexif().get(0x0112, 1) == 1
    except OSError:
        return False
