"""What DICOM files say of an image besides its pixels: who it is, and where its frames lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.images.failures import foreign
from segdesk.formats import optional

FLAT = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)  # along the rows, and down the columns


@dataclass(frozen=True)
class Plane3:
    """Where a frame lies: its first pixel in millimetres, and the ways along a row and down a column.

    spacing: millimetres between rows, and between columns.
    """

    position: tuple[float, ...]
    orientation: tuple[float, ...]
    spacing: tuple[float, ...]
    thickness: float

    @property
    def depth(self) -> float:
        """How far along its own normal it lies."""
        rows, columns = np.array(self.orientation[:3]), np.array(self.orientation[3:])
        return float(np.cross(rows, columns) @ np.array(self.position))

    @property
    def affine(self) -> NDArray[np.float64]:
        """(4, 4), from column, row and slice to millimetres toward the right, the front and the head."""
        rows, columns = np.array(self.orientation[:3]), np.array(self.orientation[3:])
        affine = np.eye(4)
        affine[:3, 0] = rows * self.spacing[1]
        affine[:3, 1] = columns * self.spacing[0]
        affine[:3, 2] = np.cross(rows, columns) * self.thickness
        affine[:3, 3] = self.position
        return np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine  # DICOM counts toward the left and the back


def read_header(path: Path, *, pixels: bool = False) -> Any:
    """The data set of a DICOM file.

    Raises:
        FormatError: pydicom is not installed.
        ImageError: it cannot be read.
    """
    pydicom = optional.needed(*optional.DICOM)
    with foreign(path):
        data = pydicom.dcmread(path, stop_before_pixels=not pixels)
        # What is in it is looked into when it is asked for, which is where damage would show.
        data.walk(lambda *_: None, recursive=pixels)
        return data


def plane_of(data: Any, frame: int, otherwise: Sequence[float]) -> Plane3:
    """Where a frame lies, from 0 on.

    otherwise: width and height of a pixel in millimetres where the file has none; it lies flat then, as far
    from the first frame as its number says.
    """
    groups = _groups(data, frame)
    measures = [data, *_within(groups, "PixelMeasuresSequence")]
    spacing = _numbers(measures, "PixelSpacing", 2) or _numbers(measures, "ImagerPixelSpacing", 2)
    spacing = spacing or (otherwise[1], otherwise[0])
    thickness = _numbers(measures, "SpacingBetweenSlices", 1) or _numbers(measures, "SliceThickness", 1)
    depth = thickness[0] if thickness and thickness[0] > 0 else spacing[0]
    orientation = _numbers([data, *_within(groups, "PlaneOrientationSequence")], "ImageOrientationPatient", 6)
    position = _numbers([data, *_within(groups, "PlanePositionSequence")], "ImagePositionPatient", 3)
    if orientation is None or position is None:
        return Plane3((0.0, 0.0, frame * depth), FLAT, spacing, depth)
    return Plane3(position, orientation, spacing, depth)


def _groups(data: Any, frame: int) -> list[Any]:
    """What holds for a frame of an enhanced object: its own group before that of all frames."""
    own = data.get("PerFrameFunctionalGroupsSequence") or []
    shared = data.get("SharedFunctionalGroupsSequence") or []
    return [*own[frame : frame + 1], *shared[:1]]


def _within(groups: Sequence[Any], name: str) -> list[Any]:
    return [entry for group in groups for entry in (group.get(name) or [])[:1]]


def _numbers(places: Sequence[Any], name: str, count: int) -> tuple[float, ...] | None:
    for place in places:
        value = place.get(name)
        if value is None or value == "":
            continue
        found = tuple(float(v) for v in value) if count > 1 else (float(value),)
        if len(found) == count and np.isfinite(found).all():
            return found
    return None
