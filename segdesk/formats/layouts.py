"""Folders of images and label images, as people and data sets lay them out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.images import inspect_image, list_images
from segdesk.core.naming import natural_key
from segdesk.core.project import Split
from segdesk.formats.splits import listed_splits, split_named

_IMAGES = ("images", "image", "imgs", "img", "jpegimages", "imagestr")
# DRIVE calls its field of view "mask", so its labels come first.
_LABELS = ("1st_manual", "masks", "labels", "label", "mask", "annotations", "gt", "groundtruth", "labelstr")
_SPLITS = ("train", "training", "val", "valid", "validation", "test", "testing")
_MARKS = re.compile(
    r"[ _.-](training|train|test|manual\d*|masks?|labels?|gt|seg|annotation|cp_masks|instances|0000"
    r"|simple segmentation|object identities)$",  # as ilastik calls what it writes
    re.IGNORECASE,
)
_MOST = 200_000  # files that a folder may hold


@dataclass(frozen=True)
class Pair:
    """A label image, and where its image is; several label images of one image are laid over each other.

    image: None where only its name is known, from the label's.   page: of both.
    split: the part of the data set that it lies in, by a folder's name or a list.
    objects: a picture with a number an object; 255 of 8 bits says nothing.
    """

    labels: tuple[Path, ...]
    image: Path | None
    page: int = 0
    field: Path | None = None
    objects: Path | None = None
    split: Split | None = None

    @property
    def name(self) -> str:
        return self.image.name if self.image is not None else self.labels[0].name


def find_pairs(path: Path) -> list[Pair]:
    """The label images of a folder in the order of their names; [] where it is laid out in no known way."""
    if path.is_file():
        return _pages(path, None)
    pairs = [*_one_mask_an_object(path), *_side_by_side(path), *_volumes(path), *_suffixed(path)]
    if not pairs:
        for folder in _folders(path):
            if folder.name.lower() in _SPLITS:
                pairs += _in_split(find_pairs(folder), split_named(folder.name))
    listed = listed_splits(path)
    return [replace(p, split=p.split or listed.get(p.labels[0].stem)) for p in pairs] if listed else pairs


def _in_split(pairs: Iterable[Pair], split: Split | None) -> list[Pair]:
    return [replace(pair, split=pair.split or split) for pair in pairs]


def alone(path: Path) -> list[Pair]:
    """Every image of a folder as a label image by the name of its image."""
    if path.is_file():
        return _pages(path, None)
    return [pair for file in _images(path) for pair in _pages(file, None)]


def stem_of(path: Path) -> str:
    """The name without its ending, which ".nii.gz" is as a whole."""
    return path.name[:-7] if path.name.lower().endswith(".nii.gz") else path.stem


def bare_stem(stem: str) -> str:
    """A name without what only says that it is an image, or labels: "21_manual1" is "21"."""
    while (shorter := _MARKS.sub("", stem)) != stem and shorter:
        stem = shorter
    return stem


def _side_by_side(path: Path) -> Iterator[Pair]:
    """images/ with masks/, labels/ or 1st_manual/, at the root or for each of train, val and test within."""
    folders = {folder.name.lower(): folder for folder in _folders(path)}
    images = next((folders[name] for name in _IMAGES if name in folders), None)
    labels = next((folders[name] for name in _LABELS if name in folders), None)
    if images is None or labels is None:
        return
    field = folders.get("fov") or (folders.get("mask") if labels.name.lower() == "1st_manual" else None)
    yield from _match(images, labels, field)
    inner = {folder.name: folder for folder in _folders(labels)}
    for folder in _folders(images):
        if folder.name in inner and folder.name.lower() in _SPLITS:
            yield from _in_split(_match(folder, inner[folder.name]), split_named(folder.name))


def _match(images: Path, labels: Path, field: Path | None = None) -> Iterator[Pair]:
    exact: dict[str, Path] = {}
    bare: dict[str, Path] = {}
    for image in _images(images):
        exact[stem_of(image)] = image
        bare.setdefault(bare_stem(stem_of(image)), image)
    fields = {bare_stem(stem_of(file)): file for file in _images(field)} if field is not None else {}
    for file in _images(labels):
        stem = stem_of(file)
        for pair in _pages(file, exact.get(stem) or bare.get(bare_stem(stem))):
            yield replace(pair, field=fields.get(bare_stem(stem)))


def _one_mask_an_object(path: Path) -> Iterator[Pair]:
    """ID/images/ID.png with ID/masks/*.png, one file a nucleus (Data Science Bowl 2018)."""
    for folder in _folders(path):
        if folder.name.lower() in _SPLITS or not (folder / "masks").is_dir():
            continue
        pictures = _images(folder / "images")
        masks = tuple(_images(folder / "masks"))
        if len(pictures) == 1 and masks:
            yield Pair(masks, pictures[0])


def _suffixed(path: Path) -> Iterator[Pair]:
    """NAME.png with NAME_mask.png in one folder."""
    files = _images(path)
    by_stem = {stem_of(file): file for file in files}
    for file in files:
        stem = stem_of(file)
        for mark in ("_mask", "_label", "_labels", "_gt", "_cp_masks", "_seg"):
            if stem.lower().endswith(mark) and stem[: -len(mark)] in by_stem:
                yield Pair((file,), by_stem[stem[: -len(mark)]])
                break


def _volumes(path: Path) -> Iterator[Pair]:
    """train-volume.tif with train-labels.tif, a page an image (ISBI 2012)."""
    files = {file.stem.lower(): file for file in _images(path)}
    for stem, file in files.items():
        if stem.endswith(("-volume", "_volume")):
            labels = files.get(stem[: -len("volume")] + "labels")
            if labels is not None:
                yield from _pages(labels, file)


def _pages(labels: Path, image: Path | None) -> list[Pair]:
    try:
        count = inspect_image(labels).pages if labels.suffix.lower() in (".tif", ".tiff") else 1
    except ImageError:
        count = 1  # the one who reads it says what is wrong with it
    return [Pair((labels,), image, page) for page in range(max(1, count))]


def _folders(path: Path) -> list[Path]:
    try:
        found = [p for p in islice(path.iterdir(), _MOST) if p.is_dir() and not p.name.startswith(".")]
    except OSError:
        return []
    return sorted(found, key=lambda p: natural_key(p.name))


def _images(path: Path) -> list[Path]:
    try:
        return list_images(path) if path.is_dir() else []
    except ImageError:
        return []
