"""Folders of images and label images, as people and data sets lay them out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.images import inspect_image, list_images
from segdesk.core.naming import natural_key

_IMAGES = ("images", "image", "imgs", "img", "jpegimages")
# DRIVE calls its field of view "mask", so its labels come first.
_LABELS = ("1st_manual", "masks", "labels", "label", "mask", "annotations", "gt", "groundtruth")
_SPLITS = ("train", "training", "val", "valid", "validation", "test", "testing")
_MARKS = re.compile(
    r"[ _.-](training|train|test|manual\d*|mask|masks|label|labels|gt|seg|annotation|cp_masks|instances)$",
    re.IGNORECASE,
)
_MOST = 200_000  # files that a folder may hold


@dataclass(frozen=True)
class Pair:
    """A label image, and where its image is; several label images of one image are laid over each other.

    image: None where only its name is known, from the label's.   page: of both.
    """

    labels: tuple[Path, ...]
    image: Path | None
    page: int = 0

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
                pairs += find_pairs(folder)
    return pairs


def alone(path: Path) -> list[Pair]:
    """Every image of a folder as a label image by the name of its image."""
    if path.is_file():
        return _pages(path, None)
    return [pair for file in _images(path) for pair in _pages(file, None)]


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
    yield from _match(images, labels)
    inner = {folder.name: folder for folder in _folders(labels)}
    for folder in _folders(images):
        if folder.name in inner and folder.name.lower() in _SPLITS:
            yield from _match(folder, inner[folder.name])


def _match(images: Path, labels: Path) -> Iterator[Pair]:
    exact: dict[str, Path] = {}
    bare: dict[str, Path] = {}
    for image in _images(images):
        exact[image.stem] = image
        bare.setdefault(bare_stem(image.stem), image)
    for file in _images(labels):
        yield from _pages(file, exact.get(file.stem) or bare.get(bare_stem(file.stem)))


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
    by_stem = {file.stem: file for file in files}
    for file in files:
        stem = file.stem
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
