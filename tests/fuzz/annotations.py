"""The readers of annotations: one file of each format is broken, beside the others that belong to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from segdesk.core.document import Document
from segdesk.core.errors import FormatError
from segdesk.core.images import ImageSource
from segdesk.core.jobs import run
from segdesk.core.project import NewSample, Project
from segdesk.formats.class_mapping import chosen_mapping
from segdesk.formats.export import export
from segdesk.formats.importers import read_annotations, recognised
from segdesk.formats.items import export_request
from segdesk.formats.taking import Choices, summarise, take
from tests.formats.awkward import HEIGHT, WIDTH, awkward_labels
from tests.fuzz.reader import Reader, tolerant

# What is written, what reads it, and the file of it that is broken.
_FILES = (
    ("coco", "coco", "annotations.json"),
    ("coco-polygons", "coco", "annotations.json"),
    ("labelme", "labelme", "one.json"),
    ("xanylabeling", "labelme", "one.json"),
    ("isat", "isat", "one.json"),
    ("isat", "isat", "isat.yaml"),
    ("geojson", "geojson", "one.geojson"),
    ("yolo", "yolo", "labels/train/one.txt"),
    ("yolo", "yolo", "data.yaml"),
    ("voc", "voc", "SegmentationClass/one.png"),
    ("voc", "voc", "SegmentationObject/one.png"),
    ("voc", "voc", "class_names.txt"),
    ("cellpose", "cellpose", "one_seg.npy"),
    ("npz", "npz", "one.npz"),
    ("nifti", "nifti", "one.nii.gz"),
    ("nifti", "nifti", "classes.txt"),
    ("dicom-seg", "dicom-seg", "one-seg.dcm"),
    ("rootpainter", "rootpainter", "cell/annotations/one.png"),
    ("instances-png", "instances", "one.png"),
    ("instances-png", "instances", "objects.csv"),
    ("instances-tiff", "instances", "one.tif"),
    ("class-png", "images", "one.png"),
    ("class-png", "images", "classes.txt"),
    ("binary-png", "binary-png", "cell/one.png"),
)


class _Format:
    """A project with one image, what was exported of it, and one file of that to be broken."""

    def __init__(self, written: str, read: str, file: str) -> None:
        self._written, self._read, self._file = written, read, file

    def seed(self, folder: Path) -> bytes:
        place = folder / "annotations"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        Image.fromarray(np.zeros((HEIGHT, WIDTH, 3), np.uint8)).save(place / "one.png")
        project = Project.create(place / "p.segdesk", ["cell", "wall"])
        (sample,) = project.samples.add([NewSample(ImageSource(place / "one.png"), WIDTH, HEIGHT)])
        document = Document(project, sample)
        document.predict(awkward_labels(), None)
        document.confirm()
        run(export(export_request(project, place / "out"), self._written))
        document.undo()
        document.undo()
        project.close()
        return (place / "out" / self._file).read_bytes()

    def read(self, path: Path) -> None:
        place = path.parent / "annotations"
        shutil.copyfile(path, place / "out" / self._file)
        tolerant(lambda: recognised(place / "out"))
        project = Project(place / "p.segdesk")
        try:
            self._take(project, place / "out")
        except FormatError as error:
            assert str(error)
        finally:
            project.close()

    def _take(self, project: Project, folder: Path) -> None:
        """Read it, and take it into the project, which is put back as it was."""
        reading = run(read_annotations(folder, project.samples.all(), self._read, add_images=False))
        assert all(reading.problems)
        mapping = chosen_mapping(reading.classes, project.classes.all(), ())
        choices = Choices(mapping)
        summarise(reading, choices)
        if not reading.pictures:
            return
        try:
            with project.at_once():
                run(take(project, reading, choices))
                raise _Enough
        except _Enough:
            return


class _Enough(Exception):  # noqa: N818  (no error: what was taken in is forgotten again)
    pass


def readers() -> dict[str, Reader]:
    """By the format and, where several files of one are broken, the file."""
    found: dict[str, Reader] = {}
    for written, read, file in _FILES:
        made = _Format(written, read, file)
        name = written if written not in found else f"{written} {Path(file).name}"
        if name in found:
            name = f"{written} {file}"
        found[name] = Reader(Path(file).suffix, made.seed, made.read)
    return found
