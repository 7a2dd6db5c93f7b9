"""Volumes that look different from every side, and projects of them."""

from __future__ import annotations

from collections.abc import Iterable
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
SLANTED = [0.0, 1.0, 0.0, 0.0, 0.0, -1.0]


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


def dicom_series(
    folder: Path,
    numbers: Iterable[int],
    height: int = 21,
    width: int = 35,
    uid: str | None = None,
    step: float = -3,
) -> Path:
    """Slices from the left to the right, or the other way round where a step (mm) is more than 0.

    uid: of the series. The caller has pydicom.
    """
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    folder.mkdir(exist_ok=True)
    study, own, space = generate_uid(), uid or generate_uid(), generate_uid()
    for number in numbers:
        data = Dataset()
        data.file_meta = FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        data.SpecificCharacterSet = "ISO_IR 100"
        data.PatientName, data.PatientID, data.PatientSex = "Müller^Änne", "7", "O"
        data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, own, space
        data.Modality, data.InstanceNumber = "CT", number + 1
        data.ImageOrientationPatient, data.PixelSpacing, data.SliceThickness = SLANTED, [0.7, 0.6], 3
        data.ImagePositionPatient = [12.5 + step * number, 1, 2]
        data.Rows, data.Columns, data.SamplesPerPixel = height, width, 1
        data.PhotometricInterpretation, data.PixelRepresentation = "MONOCHROME2", 0
        data.BitsAllocated, data.BitsStored, data.HighBit = 16, 16, 15
        data.PixelData = np.random.default_rng(number).integers(0, 999, (height, width), np.uint16).tobytes()
        data.save_as(folder / f"s{number}.dcm", enforce_file_format=True)
    return folder
