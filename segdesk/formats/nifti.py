"""NIfTI label volumes: the pages of a file, or the files of a series, as the slices of one volume."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageError
from segdesk.core.files import write_bytes, write_text
from segdesk.core.images import PixelSize, inspect_image, kinds, read_pixel_size
from segdesk.core.images.failures import foreign
from segdesk.core.images.nifti_reader import page_views
from segdesk.core.images.pixel_size import METRES
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import UNLABELLED
from segdesk.core.translation import tr
from segdesk.formats import optional
from segdesk.formats.dicom_frames import plane_of, read_header
from segdesk.formats.dicom_series import volume_affine
from segdesk.formats.items import ExportReport, ExportRequest
from segdesk.formats.stacks import Stack, volumes_of

_LONGEST_SIDE = 32767  # that the first version of the format can name
_SMALL = ("nm", "µm")


def nifti(request: ExportRequest) -> Job[ExportReport]:
    """STEM.nii.gz of class indices, uint8, and classes.txt with a line "index name" a class.

    Where the image is a NIfTI volume, the labels have its shape, axes and place; where it is DICOM, the first
    axis goes along its rows and the second down its columns, in its place, and the files of one series are
    one volume. Else x goes to the person's left and y to the back, as medical programs show an image; slices
    lie as far apart as pixels. Slices that have no labels are UNLABELLED all over.

    Raises:
        FormatError: nibabel is not installed.
        SegdeskError: a file cannot be written.
    """
    nibabel = optional.needed(*optional.NIFTI)
    names = request.out / "classes.txt"
    write_text(names, "".join(f"{c.index} {c.name}\n" for c in request.classes))
    paths: list[Path] = [names]
    problems: list[str] = []
    stacks = volumes_of(request.items)
    for done, stack in enumerate(stacks):
        yield Progress(done / len(stacks), tr("Exporting"))
        try:
            volume = _of_volume(nibabel, stack) if _is_volume(stack) else _of_pages(nibabel, stack)
        except ImageError as error:
            problems.append(str(error))
            continue
        path = request.out / f"{stack.stem}.nii.gz"
        write_bytes(path, _packed(volume))
        paths.append(path)
    return ExportReport(tuple(paths), tuple(problems))


def _is_volume(stack: Stack) -> bool:
    """Raises ImageError where that cannot be told, as the file is gone."""
    if not stack.path.name.lower().endswith((".nii", ".nii.gz")) and not stack.path.is_file():
        return False
    return kinds.recognise(stack.path) == kinds.NIFTI


def _of_volume(nibabel: Any, stack: Stack) -> Any:
    """Labels in the voxels of the volume that they were drawn on."""
    inspect_image(stack.path)  # says what is wrong with a file that changed
    with foreign(stack.path):
        image = nibabel.load(stack.path)
        voxels = np.full(image.shape, UNLABELLED, np.uint8)
        _fill(page_views(voxels, image), stack)
        header = image.header.copy()
        header.set_data_dtype(np.uint8)
        header["cal_min"] = header["cal_max"] = 0
        kind = nibabel.Nifti2Image if isinstance(header, nibabel.Nifti2Header) else nibabel.Nifti1Image
        # With no affine of its own, it keeps both of those in the header, and their codes.
        return _as_labels(kind(voxels, None, header))


def _of_pages(nibabel: Any, stack: Stack) -> Any:
    voxels = np.full((stack.width, stack.height, stack.pages), UNLABELLED, np.uint8)
    _fill(voxels.T, stack)
    x, y, unit = _sized(stack.first.pixel_size or read_pixel_size(stack.first.source))
    affine = np.diag([-x, -y, x, 1.0])
    if stack.slices:
        unit, affine = "mm", volume_affine(stack.slices)
    elif stack.path.is_file() and kinds.recognise(stack.path) == kinds.DICOM:
        unit, affine = "mm", plane_of(read_header(stack.path), 0, (1.0, 1.0)).affine
    kind = nibabel.Nifti1Image if max(voxels.shape) <= _LONGEST_SIDE else nibabel.Nifti2Image
    volume = kind(voxels, affine)
    volume.header.set_xyzt_units(xyz=unit)
    return _as_labels(volume)


def _fill(pages: NDArray[Any], stack: Stack) -> None:
    """Write the labels of each page into (..., height, width) views."""
    for page, item in stack.items.items():
        place: Sequence[int] = [int(i) for i in np.unravel_index(page, pages.shape[:-2])]
        slot = pages[tuple(place)]
        labels = item.said()
        if slot.shape != labels.shape:
            raise ImageError(
                tr("{name} has changed since it was labelled; put the old file back.").format(
                    name=stack.path.name
                )
            )
        slot[:] = labels


def _sized(size: PixelSize | None) -> tuple[float, float, str]:
    """Width and height of a pixel in a unit that the format has; 1 mm where nobody knows."""
    if size is None:
        return 1.0, 1.0, "mm"
    unit, metres = ("micron", 1e-6) if size.unit in _SMALL else ("mm", 1e-3)
    factor = METRES[size.unit] / metres
    return size.x * factor, size.y * factor, unit


def _as_labels(volume: Any) -> Any:
    volume.header.set_intent("label")
    volume.header.set_slope_inter(1, 0)
    return volume


def _packed(volume: Any) -> bytes:
    # The time is left out, so that the same labels are the same file.
    return gzip.compress(volume.to_bytes(), 6, mtime=0)
