"""Taking label images into a project: class-index PNGs, found by the stems of the images' names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import SegClass
from segdesk.core.document import Document
from segdesk.core.errors import FormatError, ImageError
from segdesk.core.images import SUPPORTED_SUFFIXES, read_labels
from segdesk.core.mask import UNLABELLED, Plane
from segdesk.core.naming import natural_key, unique_stems
from segdesk.core.project import Project, Sample
from segdesk.core.translation import tr


class LabelKind(StrEnum):
    """What a label image says: the whole truth of an image, or just what a person corrected."""

    MASK = "mask"
    CORRECTIONS = "corrections"


@dataclass(frozen=True)
class ImportReport:
    """Stems of the samples that were given labels, and of the files that belong to no sample."""

    imported: tuple[str, ...]
    unmatched: tuple[str, ...]


def import_labels(project: Project, kind: LabelKind, path: Path) -> ImportReport:
    """Take over all label images of a folder, or one file.

    A mask confirms its image where it says something of every pixel. Pixels of value 255 say nothing,
    except in a mask of only 0 and 255 for a project of one class, where 255 is that class. Every file is
    checked before the first one is taken over, so an error changes nothing.

    Raises:
        FormatError: nothing fits an image of the project; or a file has another size than its image, a
            value that is no class, or cannot be read.
    """
    pairs, unmatched = _pairs(project, path)
    planes = [(sample, file, _read(file, kind, sample, project.classes.all())) for sample, file in pairs]
    for sample, _, labels in planes:
        document = Document(project, sample)
        edit = document.begin()
        edit.assert_labels(labels, labels != UNLABELLED)
        whole = kind is LabelKind.MASK and not (labels == UNLABELLED).any()
        document.commit(tr("Import"), whole=whole)
    return ImportReport(tuple(file.stem for _, file, _ in planes), unmatched)


def read_truth(path: Path, kind: LabelKind, classes: tuple[SegClass, ...]) -> Plane:
    """(height, width) uint8 class indices of a label image, UNLABELLED where it says nothing.

    Raises:
        FormatError: it cannot be read, or has a value that is no class.
    """
    try:
        values = read_labels(path)
    except ImageError as error:
        raise FormatError(str(error)) from error
    present = np.unique(values)
    if kind is LabelKind.MASK and len(classes) == 2 and set(present.tolist()) <= {0, 255}:
        return np.asarray(values == 255, np.uint8)
    strangers = [int(v) for v in present if v != UNLABELLED and not 0 <= v < len(classes)]
    if strangers:
        raise FormatError(
            tr(
                "{name} holds the value {value}, but the project's classes end at {last}; add the missing"
                " classes first."
            ).format(name=path.name, value=strangers[0], last=len(classes) - 1)
        )
    return np.asarray(values, np.uint8)


def label_files(path: Path) -> dict[str, Path]:
    """The label images of a folder by stem, or the one file; the shorter name wins where two share a stem.

    Raises:
        FormatError: the path does not exist.
    """
    if path.is_file():
        return {path.stem: path}
    if not path.is_dir():
        raise FormatError(tr("There is no file or folder {path}; check its name.").format(path=path))
    files = [f for f in path.iterdir() if f.suffix.lower() in SUPPORTED_SUFFIXES and f.is_file()]
    by_stem: dict[str, Path] = {}
    for file in sorted(files, key=lambda f: natural_key(f.name), reverse=True):
        by_stem[file.stem] = file
    return dict(sorted(by_stem.items(), key=lambda pair: natural_key(pair[0])))


def match_samples(samples: list[Sample], stems: list[str]) -> dict[str, Sample]:
    """Which sample each stem means: by its name in exports, else by its file's stem if no other has it."""
    by_name = dict(zip(unique_stems([s.source for s in samples]), samples, strict=True))
    by_stem: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_stem[sample.source.path.stem].append(sample)
    found: dict[str, Sample] = {}
    for stem in stems:
        if stem in by_name:
            found[stem] = by_name[stem]
        elif len(by_stem[stem]) == 1:
            found[stem] = by_stem[stem][0]
    return found


def check_size(file: Path, labels: NDArray[np.integer], sample: Sample) -> None:
    """Raises FormatError where a label image and its sample differ in size."""
    height, width = labels.shape
    if (width, height) != (sample.width, sample.height):
        raise FormatError(
            tr(
                "{name} is {width} x {height} pixels, but its image is {w} x {h}; use a mask of that size."
            ).format(name=file.name, width=width, height=height, w=sample.width, h=sample.height)
        )


def _pairs(project: Project, path: Path) -> tuple[list[tuple[Sample, Path]], tuple[str, ...]]:
    files = label_files(path)
    matched = match_samples(project.samples.all(), list(files))
    if not matched:
        raise FormatError(
            tr(
                "No file in {path} has the name of an image of this project; name the masks like the images."
            ).format(path=path)
        )
    pairs = [(sample, files[stem]) for stem, sample in matched.items()]
    return pairs, tuple(stem for stem in files if stem not in matched)


def _read(file: Path, kind: LabelKind, sample: Sample, classes: tuple[SegClass, ...]) -> Plane:
    labels = read_truth(file, kind, classes)
    check_size(file, labels, sample)
    return labels
