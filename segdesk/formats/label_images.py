"""Reading label images: class numbers, black and white, or an object a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import FormatError, ImageError
from segdesk.core.images import inspect_image, list_images, read_labels
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import MAX_CLASSES, UNLABELLED, PackedPlane
from segdesk.core.spreadsheet import plain
from segdesk.core.translation import tr
from segdesk.formats.foreign import Collector, ForeignClass, Images, Reading
from segdesk.formats.layouts import Pair, alone, bare_stem, find_pairs
from segdesk.formats.numbers import number_of

_MOST_TEXT = 1_000_000  # characters of a list of classes
_NAMES = ("classes.txt", "labels.txt", "class_names.txt")


def recognise(path: Path) -> bool:
    """Whether there are label images in a layout that is known, or images alone that may be labels."""
    if path.is_file():
        try:
            read_labels(path)
        except ImageError:
            return False
        return True
    return bool(find_pairs(path)) or _looks_like_labels(path)


def read(path: Path, images: Images) -> Job[Reading]:
    """Label images of a folder in any layout that is known."""
    return (yield from read_pairs(_pairs(path), class_names(path), images))


def read_pairs(
    pairs: Sequence[Pair], names: dict[int, str], images: Images, *, whole: bool = False
) -> Job[Reading]:
    """Class numbers; only 0 and 255 in all files means one class, and 255 else says nothing of a pixel.

    whole: 255 always says nothing, and only classes that occur are listed.
    """
    collector = Collector(images)
    values: set[int] = set()
    outside: dict[tuple[Path, int], NDArray[np.bool_]] = {}
    for done, pair in enumerate(pairs):
        yield Progress(done / len(pairs), tr("Reading labels"))
        target = _target(collector, pair)
        if target is None:
            continue
        try:
            labels, ids = _united(pair)
            present = {int(v) for v in np.unique(labels)}
            beyond = _outside(pair, labels.shape)
            if max(present) > UNLABELLED:
                raise FormatError(
                    tr("it has values up to {value}: import it as objects (instances)").format(
                        value=max(present)
                    )
                )
        except (FormatError, ImageError) as error:
            collector.complain(pair.labels[0].name, error)
            continue
        before = len(collector.pictures)
        collector.add(target, labels.astype(np.uint8), pair.labels[0].name, _count(ids), pair.split, ids)
        if len(collector.pictures) > before:
            values |= present
            if beyond is not None:
                outside[target.key] = beyond
    # Where 255 is a class, the number before it is none.
    nothing = UNLABELLED if whole or not values <= {0, UNLABELLED} else UNLABELLED - 1
    for key, beyond in outside.items():
        picture = collector.pictures[key]
        said = np.where(beyond, np.uint8(nothing), picture.labels.unpack())
        collector.pictures[key] = replace(picture, labels=PackedPlane.pack(said))
    return collector.reading(_occurring(values, names) if whole else classes_of(values, names))


def recognise_instances(path: Path) -> bool:
    """Whether label images number objects: 16 bits, and more of them than there can be classes."""
    for pair in _pairs(path)[:3]:
        try:
            if read_labels(pair.labels[0], pair.page).max() > UNLABELLED:
                return True
        except ImageError:
            continue
    return path.is_dir() and path.name.lower() in ("instances", "cp_masks")


def read_instances(path: Path, images: Images) -> Job[Reading]:
    """An object a number, from 1 on; classes come from objects.csv where there is one."""
    collector = Collector(images)
    known = instance_classes(path if path.is_dir() else path.parent)
    pairs = _pairs(path)
    for done, pair in enumerate(pairs):
        yield Progress(done / len(pairs), tr("Reading labels"))
        target = _target(collector, pair)
        if target is None:
            continue
        try:
            values, ids = _united(pair)
            values = values if ids is None else ids
            numbers, dense = np.unique(values, return_inverse=True)
            place = pair.labels[0].stem, pair.page
            names = [known.get((*place, int(n)), "object") if n else "" for n in numbers]
            table = np.array([collector.number(name) if name else 0 for name in names], np.uint8)
        except (FormatError, ImageError) as error:
            collector.complain(pair.labels[0].name, error)
            continue
        labels = table[dense.reshape(values.shape)]
        objects = int((numbers > 0).sum())
        collector.add(target, labels, pair.labels[0].name, objects, pair.split, values, lasting=ids is None)
    if set(collector.classes) == {"object"}:  # nobody named it: it may be whatever the project has
        return collector.reading((ForeignClass(0, "background"), ForeignClass(1, "")))
    return collector.reading()


def instance_classes(folder: Path) -> dict[tuple[str, int, int], str]:
    """Classes of objects by the stem of the label image, the page in it, and the object's number."""
    import csv

    found: dict[tuple[str, int, int], str] = {}
    try:
        with (folder / "objects.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                number = number_of(row.get("object") or "")
                if row.get("label_image") and number is not None and row.get("class"):
                    page = number_of(row.get("page") or "1") or 1
                    found[(plain(row["label_image"]), page - 1, number)] = plain(row["class"])
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}
    return found


def class_names(path: Path) -> dict[int, str]:
    """Names from classes.txt and the like beside the labels: a line "NUMBER NAME", or a line a name."""
    folder = path if path.is_dir() else path.parent
    for place in (folder, folder.parent):
        for name in _NAMES:
            try:
                with (place / name).open(encoding="utf-8-sig") as file:
                    text = file.read(_MOST_TEXT)
            except (OSError, UnicodeDecodeError):
                continue
            return _parsed_names(text)
    return {}


def _parsed_names(text: str) -> dict[int, str]:
    lines = [line.strip() for line in text.splitlines()[:1000] if line.strip() and line.strip()[0] != "#"]
    names: dict[int, str] = {}
    for line in lines:
        head, _, tail = line.replace("\t", " ").partition(" ")
        head = head.rstrip(":,")
        number = number_of(head)
        if number is None or not tail.strip():
            return dict(enumerate(lines))
        names[number] = tail.strip()
    return names


def classes_of(values: set[int], names: dict[int, str]) -> Sequence[ForeignClass]:
    """The classes of all numbers that occur or have a name; 255 is the one class where there is no other."""
    if values <= {0, UNLABELLED}:
        return ForeignClass(0, "background"), ForeignClass(UNLABELLED, "")
    numbers = sorted({0} | values | {n for n in names if n < MAX_CLASSES})
    return [ForeignClass(n, names.get(n, "background" if n == 0 else "")) for n in numbers if n != UNLABELLED]


def _occurring(values: set[int], names: dict[int, str]) -> Sequence[ForeignClass]:
    return [
        ForeignClass(n, names.get(n, "background" if n == 0 else ""))
        for n in sorted({0} | values - {UNLABELLED})
    ]


def _pairs(path: Path) -> list[Pair]:
    return find_pairs(path) or alone(path)


def _target(collector: Collector, pair: Pair) -> Any:
    if pair.image is not None:
        target = collector.images.at(pair.image, pair.page)
    else:
        name = pair.labels[0]
        near = (name.parent.parent / "images",)
        images, stem = collector.images, bare_stem(name.stem)
        target = images.find(name.name, near, pair.page) or images.find(stem, near, pair.page)
        if target is None and (pair.page or _has_pages(name)):
            target = images.find_page(name.stem, pair.page, near) or images.find_page(stem, pair.page, near)
    if target is None:
        collector.unmatched.append(pair.labels[0].name)
    return target


def _has_pages(file: Path) -> bool:
    try:
        return inspect_image(file).pages > 1
    except ImageError:
        return False


def _united(pair: Pair) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """The labels of a pair, and which object is where, if that is known.

    Of several files, 255 where any of them is not 0, and an object a file.
    """
    labels = read_labels(pair.labels[0], pair.page)
    if len(pair.labels) == 1:
        if pair.objects is None:
            return labels, None
        ids = read_labels(pair.objects)
        if ids.shape != labels.shape:
            raise _differs(pair.objects, ids.shape, pair.labels[0], labels.shape)
        return labels, np.where(ids == UNLABELLED, 0, ids) if ids.dtype == np.uint8 else ids
    ids = (labels > 0).astype(np.int32)
    for number, file in enumerate(pair.labels[1:], start=2):
        other = read_labels(file)
        if other.shape != ids.shape:
            raise _differs(file, other.shape, pair.labels[0], ids.shape)
        ids[other > 0] = number
    return (ids > 0).astype(np.uint8) * np.uint8(255), ids


def _differs(file: Path, shape: tuple[int, ...], first: Path, expected: tuple[int, ...]) -> FormatError:
    """Two files about one image are of different sizes; they may be of one name."""
    return FormatError(
        tr("{name} is {width} x {height} pixels, but {other} is {w} x {h}").format(
            name=f"{file.parent.name}/{file.name}",
            width=shape[1],
            height=shape[0],
            other=f"{first.parent.name}/{first.name}",
            w=expected[1],
            h=expected[0],
        )
    )


def _count(ids: NDArray[Any] | None) -> int | None:
    return len(np.unique(ids[ids > 0])) if ids is not None else None


def _outside(pair: Pair, shape: tuple[int, ...]) -> NDArray[np.bool_] | None:
    """Which pixels nobody looked at, where the set says so."""
    if pair.field is None:
        return None
    field = read_labels(pair.field)
    if field.shape != shape:
        raise _differs(pair.field, field.shape, pair.labels[0], shape)
    beyond: NDArray[np.bool_] = field == 0
    return beyond


def _looks_like_labels(path: Path) -> bool:
    try:
        files = list_images(path)
    except ImageError:
        return False
    for file in files[:5]:  # some may be damaged
        try:
            read_labels(file)
        except ImageError:
            continue
        return True
    return False
