"""RootPainter's pictures: annotations (red here, green not here, else nothing said) and segmentations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.errors import FormatError
from segdesk.core.images import MAX_PIXELS
from segdesk.core.jobs import Job, Progress
from segdesk.core.limits import raised
from segdesk.core.mask import UNLABELLED
from segdesk.core.naming import natural_key
from segdesk.core.translation import tr
from segdesk.formats.foreign import Collector, ForeignClass, Images, Reading
from segdesk.formats.images import class_folders, write_png
from segdesk.formats.items import ExportReport, ExportRequest

_HERE, _NOT_HERE, _SEGMENTED = (255, 0, 0, 180), (0, 255, 0, 180), (0, 255, 255, 180)
_FOLDERS = ("annotations/train", "annotations/val", "annotations", "train", "val", ".")


def rootpainter(request: ExportRequest) -> Job[ExportReport]:
    """CLASS/annotations/STEM.png of what was corrected, CLASS/segmentations/STEM.png of all there is."""
    paths: list[Path] = []
    folders = class_folders(request.foreground)
    for done, item in enumerate(request.items):
        yield Progress(done / len(request.items), tr("Exporting"))
        labels, corrections = item.labels(), item.corrections()
        for seg_class, folder in zip(request.foreground, folders, strict=True):
            annotation = np.zeros((*labels.shape, 4), np.uint8)
            annotation[corrections != UNLABELLED] = _NOT_HERE
            annotation[corrections == seg_class.index] = _HERE
            segmentation = np.zeros((*labels.shape, 4), np.uint8)
            segmentation[labels == seg_class.index] = _SEGMENTED
            for name, pixels in (("annotations", annotation), ("segmentations", segmentation)):
                path = request.out / folder / name / f"{item.stem}.png"
                write_png(path, pixels)
                paths.append(path)
    return ExportReport(tuple(paths))


def recognise(path: Path) -> bool:
    """Whether the first pictures are see-through but for red and green."""
    for file in _files(path)[:3]:
        try:
            _read(file)
        except FormatError:
            return False
    return bool(_files(path))


def read(path: Path, images: Images) -> Job[Reading]:
    """One class; pixels that nobody painted say nothing."""
    collector = Collector(images)
    files = _files(path)
    for done, file in enumerate(files):
        yield Progress(done / len(files), tr("Reading labels"))
        target = collector.find(file.stem, (file.parent,))
        if target is None:
            continue
        try:
            collector.add(target, _read(file), file.name)
        except FormatError as error:
            collector.complain(file.name, error)
    return collector.reading((ForeignClass(0, "background"), ForeignClass(1, "")))


def _read(file: Path) -> NDArray[np.uint8]:
    try:
        with Image.open(file, formats=["PNG"]) as picture:
            if picture.mode != "RGBA" or picture.width * picture.height > raised(MAX_PIXELS):
                raise FormatError(tr("it is no annotation of RootPainter"))
            pixels = np.asarray(picture)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FormatError(tr("it cannot be read")) from error
    here, not_here = pixels[:, :, 0] > 0, pixels[:, :, 1] > 0
    if pixels[:, :, 2].any() or (here & not_here).any():
        raise FormatError(tr("it is no annotation of RootPainter"))
    labels = np.full(pixels.shape[:2], UNLABELLED, np.uint8)
    labels[not_here] = 0
    labels[here] = 1
    return labels


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() == ".png" else []
    for folder in _FOLDERS:
        if found := sorted((path / folder).glob("*.png"), key=lambda p: natural_key(p.name)):
            return found
    return []
