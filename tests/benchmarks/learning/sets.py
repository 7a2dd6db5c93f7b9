"""The data sets of the tables: which images are corrected, which are held out, and what counts as good.

Corrected are the first images by name, held out the last ones. All of them are read into memory, which takes
no more than a few dozen megabytes a set.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.mask import UNLABELLED
from tests.data import find_data

_SUFFIXES = {".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp"}

Plane = NDArray[np.uint8]


@dataclass(frozen=True)
class SetSpec:
    """How a data set is used.

    held: how many of the last images are never corrected.
    rounds, annotate, seconds: of the table; simulated seconds of strokes and training seconds a round.
    tested: after which rounds the held-out images are predicted.
    goals: Dice to reach after a round, and the one to be glad of.
    kind: only images of this kind in index.tsv.   foreground: the mask value that is class 1; without it, a
        mask of 0 and 255 has 255 as class 1, and any other holds class indices.
    void: the mask value that is no class.
    every_class: class 0 counts like the others, and counts are summed over the images before Dice is taken,
        as a class may be missing in one image; otherwise Dice of each image is averaged, without class 0.
    fields: the folder of the fields of view, and how their names end after the image's.
    """

    held: int = 10
    rounds: int = 4
    annotate: float = 30.0
    seconds: float = 45.0
    tested: tuple[int, ...] = (4,)
    goals: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    kind: str | None = None
    foreground: int | None = None
    void: int | None = None
    every_class: bool = False
    fields: tuple[str, str] | None = None


SETS: dict[str, SetSpec] = {
    "drive": SetSpec(
        held=5, tested=(2, 4), goals={2: (0.60, 0.68), 4: (0.70, 0.76)}, fields=("fov", "_mask.gif")
    ),
    "dsb2018_nuclei": SetSpec(kind="fluorescence", goals={4: (0.85, 0.90)}),
    "isbi2012_em": SetSpec(foreground=0, goals={4: (0.78, 0.82)}),
    "cells_phc_psc": SetSpec(held=5),
    "roots_segroot": SetSpec(held=4),
    "salient_davis": SetSpec(),
    "camvid": SetSpec(rounds=8, annotate=60.0, seconds=60.0, tested=(8,), void=11, every_class=True),
}


@dataclass(frozen=True)
class Task:
    """A data set in memory: images by name, and their true masks (class indices, UNLABELLED where void)."""

    name: str
    spec: SetSpec
    images: tuple[Path, ...]
    truths: tuple[Plane, ...]
    classes: tuple[str, ...]

    @property
    def held_out(self) -> range:
        """The indices of the images that are never corrected."""
        return range(len(self.images) - self.spec.held, len(self.images))

    @property
    def counted(self) -> range:
        """The classes whose Dice counts."""
        return range(0 if self.spec.every_class else 1, len(self.classes))

    def valid(self, index: int) -> NDArray[np.bool_] | None:
        """(H, W) where the truth of an image is known; None where it is everywhere."""
        return self.truths[index] != UNLABELLED if self.spec.void is not None else None

    def field_of_view(self, index: int) -> NDArray[np.bool_] | None:
        """(H, W) where the camera saw anything; None where the set does not say."""
        if self.spec.fields is None:
            return None
        folder, ending = self.spec.fields
        image = self.images[index]
        seen: Plane = np.asarray(Image.open(image.parents[1] / folder / f"{image.stem}{ending}").convert("L"))
        return seen > 0


def find_task(name: str) -> Task | None:
    """The data set of the tables by that name; None where it is not on this machine."""
    folder = find_data(name)
    return load_task(folder, SETS[name]) if folder is not None else None


def load_task(folder: Path, spec: SetSpec) -> Task:
    """Read a folder with images/ and masks/, and classes.txt ("index name" a line) where there is one.

    Raises:
        ValueError: no image is left to be corrected.
    """
    paths = sorted(path for path in (folder / "images").iterdir() if path.suffix.lower() in _SUFFIXES)
    if spec.kind is not None:
        with (folder / "index.tsv").open(encoding="utf-8") as file:
            wanted = {row["stem"] for row in csv.DictReader(file, delimiter="\t") if row["kind"] == spec.kind}
        paths = [path for path in paths if path.stem in wanted]
    if len(paths) <= spec.held:
        raise ValueError(f"{folder} holds {len(paths)} images, and {spec.held} of them are held out")
    truths = [_truth(folder / "masks" / f"{path.stem}.png", spec) for path in paths]
    count = 1 + max(int(truth[truth != UNLABELLED].max(initial=1)) for truth in truths)
    return Task(folder.name, spec, tuple(paths), tuple(truths), _names(folder / "classes.txt", count))


def _truth(path: Path, spec: SetSpec) -> Plane:
    values: NDArray[np.generic] = np.asarray(Image.open(path))
    if spec.foreground is not None:
        return np.where(values == spec.foreground, 1, 0).astype(np.uint8)
    if set(np.unique(values)) <= {0, 255}:
        return np.where(values == 255, 1, 0).astype(np.uint8)
    labels = values.astype(np.uint8)
    return labels if spec.void is None else np.where(labels == spec.void, UNLABELLED, labels).astype(np.uint8)


def _names(path: Path, count: int) -> tuple[str, ...]:
    if path.is_file():
        return tuple(line.split(maxsplit=1)[1] for line in path.read_text("utf-8").splitlines()[:count])
    return ("background", *(f"class {index}" for index in range(1, count)))
