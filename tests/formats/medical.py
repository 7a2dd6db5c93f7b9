"""Volumes that look different from every side, and projects of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.intake import find_images
from segdesk.core.jobs import run
from segdesk.core.mask import Plane
from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.formats.class_mapping import default_mapping
from segdesk.formats.export import export
from segdesk.formats.foreign import Reading
from segdesk.formats.importers import read_annotations
from segdesk.formats.items import export_request
from segdesk.formats.taking import Choices, take

CLASSES = ["x\\y", "wäll"]


def project_of(*folders: Path, name: str = "p") -> Project:
    """A project of the images in some folders."""
    project = Project.create(folders[0].parent / f"{name}.segdesk", CLASSES)
    project.samples.add(find_images(folders).samples)
    return project


def confirm(project: Project, *, leave: tuple[int, ...] = ()) -> dict[ImageSource, Plane]:
    """Confirm each image with labels that no turn or flip maps onto themselves; but for those left."""
    truth: dict[ImageSource, Plane] = {}
    for number, sample in enumerate(project.samples.all()):
        if number not in leave:
            labels = lopsided(sample.height, sample.width, number)
            document = Document(project, sample)
            document.predict(labels, None)
            document.confirm()
            truth[sample.source] = labels
    return truth


def lopsided(height: int, width: int, seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 3, (height, width)).astype(np.uint8)


def exported(project: Project, name: str, out: Path) -> Path:
    report = run(export(export_request(project, out), name))
    assert report.problems == ()
    return out


def taken_into(project: Project, path: Path) -> Reading:
    """Import what a folder holds, whatever it is."""
    reading = run(read_annotations(path, project.samples.all()))
    run(take(project, reading, Choices(default_mapping(reading.classes, project.classes.all()))))
    return reading


def confirmed(project: Project) -> dict[ImageSource, Plane]:
    return {
        s.source: project.masks.load(s).labels for s in project.samples.all() if s.state is State.CONFIRMED
    }


def same(one: dict[ImageSource, Plane], other: dict[ImageSource, Plane]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)
