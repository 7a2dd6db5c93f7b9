"""All formats that annotations can be read from, in one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from segdesk.core.errors import FormatError
from segdesk.core.jobs import Job
from segdesk.core.project import Sample
from segdesk.core.translation import tr
from segdesk.formats import (
    binary_import,
    cellpose,
    coco_import,
    dicom_seg_import,
    geojson,
    instances,
    isat,
    label_images,
    labelme,
    nifti_import,
    rootpainter,
    voc,
    yolo,
)
from segdesk.formats.foreign import Images, Reader, Reading
from segdesk.formats.json_files import forget, read_json


@dataclass(frozen=True)
class ImportFormat:
    """A format by its name on the command line, its title for people, and what reads it.

    recognise: whether a file or folder is in it, after a look.
    """

    name: str
    title: str
    recognise: Callable[[Path], bool]
    read: Reader


def import_formats() -> dict[str, ImportFormat]:
    """The formats by name, in the order in which they are tried, in the language in use."""
    formats = (
        ImportFormat("xanylabeling", tr("X-AnyLabeling JSON"), labelme.recognise_xanylabeling, labelme.read),
        ImportFormat("labelme", tr("labelme JSON"), labelme.recognise, labelme.read),
        ImportFormat("isat", tr("ISAT JSON"), isat.recognise, isat.read),
        ImportFormat("coco", tr("COCO JSON"), coco_import.recognise, coco_import.read),
        ImportFormat("geojson", tr("GeoJSON (QuPath)"), geojson.recognise, geojson.read),
        ImportFormat("cellpose", tr("Cellpose (_seg.npy)"), cellpose.recognise, cellpose.read),
        ImportFormat("npz", tr("NumPy arrays (.npz)"), instances.recognise_npz, instances.read_npz),
        ImportFormat(
            "dicom-seg", tr("DICOM segmentation"), dicom_seg_import.recognise, dicom_seg_import.read
        ),
        ImportFormat("nifti", tr("NIfTI label volumes"), nifti_import.recognise, nifti_import.read),
        ImportFormat("yolo", tr("YOLO segmentation"), yolo.recognise, yolo.read),
        ImportFormat("voc", tr("Pascal VOC"), voc.recognise, voc.read),
        ImportFormat("rootpainter", tr("RootPainter annotations"), rootpainter.recognise, rootpainter.read),
        ImportFormat(
            "instances",
            tr("Label images that number objects"),
            label_images.recognise_instances,
            label_images.read_instances,
        ),
        ImportFormat("images", tr("Label images of classes"), label_images.recognise, label_images.read),
        ImportFormat(
            "binary-png", tr("A folder a class, black and white"), binary_import.recognise, binary_import.read
        ),
    )
    return {entry.name: entry for entry in formats}


def import_format(name: str) -> ImportFormat:
    """The format of this name; raises FormatError where there is none."""
    formats = import_formats()
    if name not in formats:
        raise FormatError(
            tr("There is no import format named {name}; choose one of {names}.").format(
                name=name, names=", ".join(formats)
            )
        )
    return formats[name]


def recognised(path: Path) -> ImportFormat:
    """The format that a file or folder is in.

    Raises:
        FormatError: it does not exist, or is in none.
    """
    if not path.exists():
        raise FormatError(tr("There is no file or folder {path}; check its name.").format(path=path))
    for entry in import_formats().values():
        if entry.recognise(path):
            return entry
    _explain(path)
    raise FormatError(
        tr("{path} holds no annotations that are known; name their format, or choose another folder.").format(
            path=path
        )
    )


def _explain(path: Path) -> None:
    """Raises FormatError where a file would be known, were it not damaged."""
    listed = [path] if path.is_file() else sorted(path.glob("*.json"))[:1]
    for file in listed:
        if file.suffix.lower() in (".json", ".geojson"):
            read_json(file)


def read_annotations(
    path: Path, samples: Sequence[Sample], format_name: str | None = None, *, add_images: bool = True
) -> Job[Reading]:
    """Read everything a file or folder holds, for these samples and (add_images) images beside the labels.

    Raises:
        FormatError: the path does not exist or is in no known format, or the whole of it cannot be read.
    """
    if not path.exists():
        raise FormatError(tr("There is no file or folder {path}; check its name.").format(path=path))
    try:
        chosen = import_format(format_name) if format_name else recognised(path)
        reading = yield from chosen.read(path, Images(samples, add=add_images))
        return replace(reading, format=chosen.name)
    finally:
        forget()
