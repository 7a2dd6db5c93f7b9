"""What another program's annotations come in as, before a project takes any of it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.borders import between
from segdesk.core.errors import FormatError, ImageError
from segdesk.core.images import ImageSource, inspect_image, list_images
from segdesk.core.jobs import Job
from segdesk.core.mask import MAX_CLASSES, PackedPlane
from segdesk.core.naming import is_text, stack_stems, unique_stems
from segdesk.core.objects.anchors import Anchors
from segdesk.core.project import NewSample, Sample, Split
from segdesk.core.project.fingerprint import fingerprint
from segdesk.core.translation import tr
from segdesk.formats.shapes import Area


@dataclass(frozen=True)
class ForeignClass:
    """A class as a file knows it: its number in the planes read, and its name; "" where it has none."""

    number: int
    name: str

    @property
    def title(self) -> str:
        return self.name or str(self.number)


@dataclass(frozen=True)
class Target:
    """An image that labels are for: a sample of the project, or one beside the labels that can be added."""

    source: ImageSource
    width: int
    height: int
    sample: Sample | None = None
    new: NewSample | None = None

    @property
    def key(self) -> tuple[Path, int]:
        return self.source.path, self.source.page


@dataclass(frozen=True)
class Labelled:
    """Labels of one image: class numbers of the file; a number of no class says nothing of the pixel.

    where: the file that they come from, for sentences.   objects: how many there were, where they are listed.
    split: the part of a data set that the image is in, where that is known.
    borders: between objects that touch, as in `segdesk.core.borders`; None where the file knows of none.
    anchors: what ties objects to the numbers that the file gives them, where it gives any.
    """

    target: Target
    labels: PackedPlane
    where: str
    objects: int | None = None
    split: Split | None = None
    borders: PackedPlane | None = None
    anchors: Anchors | None = None


@dataclass(frozen=True)
class Reading:
    """All that was read. problems: a sentence for each entry that cannot be used, by file and place in it.

    classes: the background first.   unmatched: names of files that are of no image of the project.
    format: the name of the format that was read.
    """

    classes: tuple[ForeignClass, ...]
    pictures: tuple[Labelled, ...]
    problems: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    format: str = ""


class Images:
    """The images that annotations can be for.

    add: whether images that are found beside the annotations, and not in the project, count.
    """

    def __init__(self, samples: Sequence[Sample], *, add: bool = True) -> None:
        self._add = add
        self._by_place: dict[tuple[Path, int], Target] = {}
        self._by_name: dict[tuple[str, int], list[Target]] = defaultdict(list)
        self._by_stem: dict[str, list[Target]] = defaultdict(list)
        self._by_export: dict[str, Target] = {}
        self._folders: dict[Path, dict[str, Path]] = {}
        stems = unique_stems([s.source for s in samples])
        for stem, sample in zip(stems, samples, strict=True):
            target = Target(sample.source, sample.width, sample.height, sample)
            self._by_place[target.key] = target
            self._by_name[(sample.source.path.name, sample.source.page)].append(target)
            self._by_stem[sample.source.path.stem].append(target)
            self._by_export[stem] = target
        self._by_stack = {stem: path for path, stem in stack_stems([s.source for s in samples]).items()}

    def find(self, name: str, near: Iterable[Path] = (), page: int = 0) -> Target | None:
        """The image that a file means by this name; folders in the name are of no account.

        near: folders that may hold it where the project does not have it.
        """
        base = PurePosixPath(name.replace("\\", "/")).name
        stem = base if base in self._by_stem or base in self._by_export else PurePosixPath(base).stem
        found = self._by_name.get((base, page)) or []
        if not found and page == 0:
            if stem in self._by_export:
                return self._by_export[stem]
            found = self._by_stem.get(stem, [])
        if len(found) == 1:
            return found[0]
        return self._beside(base, stem, near, page) if not found else None

    def find_page(self, stem: str, page: int, near: Iterable[Path] = ()) -> Target | None:
        """The page of an image that a file means which holds all of its pages.

        stem: the image's name without its ending.
        """
        path = self._by_stack.get(stem)
        if path is not None:
            return self._by_place.get((path, page))  # pages that a person took out stay out
        if page == 0 and stem in self._by_export:
            return self._by_export[stem]
        for ending in ("", ".nii", ".nii.gz", "_0000.nii.gz"):
            if found := self.find(f"{stem}{ending}", near, page):
                return found
        return None

    def files(self, *near: Path) -> list[Path]:
        """The files of the images, then those that lie in some folders and may be added."""
        beside = [path for folder in near for path in self._files(folder).values()] if self._add else []
        return list(dict.fromkeys([*(path for path, _ in self._by_place), *beside]))

    def at(self, path: Path, page: int = 0) -> Target | None:
        """The image of this file: the sample that it is, else one of its name, else one to add."""
        known = self._by_place.get((_whole(path), page))
        return known or self.find(path.name, [path.parent], page)

    def _beside(self, base: str, stem: str, near: Iterable[Path], page: int) -> Target | None:
        if not self._add or not base:
            return None
        for folder in near:
            files = self._files(folder)
            path = files.get(base) or files.get(stem)
            if path is not None:
                return self._admit(_whole(path), page)
        return None

    def _files(self, folder: Path) -> dict[str, Path]:
        if folder not in self._folders:
            try:
                files = list_images(folder)
            except ImageError:
                files = []
            self._folders[folder] = {f.stem: f for f in files} | {f.name: f for f in files}
        return self._folders[folder]

    def _admit(self, path: Path, page: int) -> Target | None:
        if (path, page) in self._by_place:
            return self._by_place[(path, page)]
        if not self._add or not is_text(path):
            return None
        try:
            info = inspect_image(path, page)
        except ImageError:
            return None
        source = ImageSource(path, page)
        new = NewSample(source, info.width, info.height, fingerprint(path))
        target = Target(source, info.width, info.height, None, new)
        self._by_place[target.key] = target
        return target


def _whole(path: Path) -> Path:
    """As a project keeps it: from the root, without a way up and down again."""
    return Path(os.path.abspath(path))  # noqa: PTH100  (resolve() would follow links)


@dataclass
class Collector:
    """Gathers what a reader finds, entry by entry.

    Classes are numbered in the order in which they come; the background is 0.
    """

    images: Images
    classes: dict[str, int] = field(default_factory=dict)
    pictures: dict[tuple[Path, int], Labelled] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)

    def number(self, name: str) -> int:
        """The number of a class by its name.

        Raises:
            FormatError: there are more classes than a mask can hold, or the name is empty.
        """
        name = name.strip()
        if not name:
            raise FormatError(tr("an object has no class"))
        if name.casefold() in ("background", "__background__", "_background_"):
            return 0
        if name not in self.classes:
            if len(self.classes) + 1 >= MAX_CLASSES:
                raise FormatError(tr("there are more than {count} classes").format(count=MAX_CLASSES - 1))
            self.classes[name] = len(self.classes) + 1
        return self.classes[name]

    def complain(self, where: str, error: object) -> None:
        """Note what is wrong with an entry; an error that begins with the name of the file says it all."""
        text = str(error)
        if not text.startswith(f"'{where}'"):
            text = tr("{where}: {problem}").format(where=where, problem=text)
        self.problems.append(text)

    def find(self, name: str, near: Iterable[Path] = (), page: int = 0) -> Target | None:
        """The image that is meant; None, and the name is noted, where there is none."""
        target = self.images.find(name, near, page)
        if target is None:
            self.unmatched.append(name)
        return target

    def add(
        self,
        target: Target,
        labels: NDArray[np.uint8],
        where: str,
        objects: int | None = None,
        split: Split | None = None,
        ids: NDArray[np.integer[Any]] | None = None,
        *,
        lasting: bool = False,
    ) -> None:
        """Take the labels of an image; a second file about the same image is a problem.

        ids: (height, width), each pixel's object, from 1 on; None where the file names none.
        lasting: these are the file's own numbers, which objects are known by.
        """
        if labels.shape != (target.height, target.width):
            height, width = labels.shape
            self.complain(where, other_size(width, height, target))
        elif target.key in self.pictures:
            first = self.pictures[target.key].where
            self.complain(where, tr("{name} has labels in {first} already").format(
                name=target.source.path.name, first=first))  # fmt: skip
        else:
            parted = between(ids)[0] if ids is not None else np.zeros((0, 0), np.uint8)
            self.pictures[target.key] = Labelled(
                target,
                PackedPlane.pack(labels),
                where,
                objects,
                split,
                PackedPlane.pack(parted) if parted.any() else None,
                Anchors.within(ids) if lasting and ids is not None else None,
            )

    def reading(self, classes: Sequence[ForeignClass] | None = None) -> Reading:
        if classes is None:
            named = (ForeignClass(number, name) for name, number in self.classes.items())
            classes = (ForeignClass(0, "background"), *named)
        return Reading(
            tuple(classes), tuple(self.pictures.values()), tuple(self.problems), tuple(self.unmatched)
        )


def other_size(width: int, height: int, target: Target) -> str:
    return tr("it is {width} x {height} pixels, but {name} is {w} x {h}").format(
        width=width, height=height, name=target.source.path.name, w=target.width, h=target.height
    )


def check_declared(width: object, height: object, target: Target) -> None:
    """Raises FormatError where a file says another size of an image than the image has."""
    if (
        isinstance(width, int)
        and isinstance(height, int)
        and (width, height) != (target.width, target.height)
    ):
        raise FormatError(other_size(width, height, target))


def blank(target: Target) -> NDArray[np.uint8]:
    return np.zeros((target.height, target.width), np.uint8)


class Drawing:
    """What shapes of a file cover of an image, a later one over an earlier one, and which shape is where."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.labels = blank(target)
        self.ids = np.zeros(self.labels.shape, np.int32)
        self._numbers: dict[Hashable, int] = {}

    def add(self, area: Area, class_number: int, group: Hashable = None) -> None:
        """Draw a shape. group: shapes of the same one are one object; None: it is one of its own."""
        self.labels[area.slices][area.covered] = class_number
        number = len(self._numbers) + 1
        self._numbers.setdefault(("its own", number) if group is None else group, number)
        self.ids[area.slices][area.covered] = number if group is None else self._numbers[group]


Reader = Callable[[Path, Images], Job[Reading]]
