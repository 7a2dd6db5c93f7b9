"""DICOM series: single files of one folder that are the slices of one volume."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import FormatError, ImageError
from segdesk.core.images import kinds, list_images
from segdesk.formats.dicom_frames import Plane3, plane_of, read_header

_UNEVEN = 0.01  # of the distance between slices


@dataclass
class SeriesFinder:
    """Finds the slices that belong to a file; what a folder holds is read once."""

    _folders: dict[Path, dict[Path, tuple[Path, ...]]] = field(default_factory=dict)

    def slices(self, path: Path) -> tuple[Path, ...]:
        """All files of its series, itself among them, in the order in which they lie; none where it is alone.

        They are of one SeriesInstanceUID and one size, turned alike, and lie apart by one distance: where
        one is missing, or two lie in one place, they are no volume.
        """
        if path.parent not in self._folders:
            self._folders[path.parent] = _volumes(path.parent)
        return self._folders[path.parent].get(path, ())


def volume_affine(slices: tuple[Path, ...]) -> NDArray[np.float64]:
    """(4, 4), from column, row and slice to millimetres, as `Plane3.affine` has it.

    Raises:
        ImageError: a file cannot be read.
    """
    first, last = (plane_of(read_header(path), 0, (1.0, 1.0)) for path in (slices[0], slices[-1]))
    affine = first.affine
    affine[:3, 2] = (last.affine[:3, 3] - affine[:3, 3]) / (len(slices) - 1)
    return affine


def _volumes(folder: Path) -> dict[Path, tuple[Path, ...]]:
    series: dict[tuple[Any, ...], list[tuple[Path, Plane3, int]]] = defaultdict(list)
    try:
        files = list_images(folder)
    except ImageError:
        return {}
    for path in files:
        try:
            if kinds.recognise(path) != kinds.DICOM:
                continue
            data = read_header(path)
            uid = str(data.get("SeriesInstanceUID", "") or "")
            if not uid or int(data.get("NumberOfFrames", None) or 1) > 1 or not _has_place(data):
                continue
            plane = plane_of(data, 0, (1.0, 1.0))
            number = int(data.get("InstanceNumber", None) or 0)
        except (FormatError, ImageError, ValueError):
            continue  # it says so where it is opened
        turn = tuple(np.round(plane.orientation, 4).tolist())
        key = uid, int(data.get("Rows", 0)), int(data.get("Columns", 0)), turn, plane.spacing
        series[key].append((path, plane, number))
    found: dict[Path, tuple[Path, ...]] = {}
    for members in series.values():
        members.sort(key=lambda member: (member[1].depth, member[2]))
        if _is_even([plane for _, plane, _ in members]):
            paths = tuple(path for path, _, _ in members)
            found |= dict.fromkeys(paths, paths)
    return found


def _has_place(data: Any) -> bool:
    return all(data.get(name) for name in ("ImageOrientationPatient", "ImagePositionPatient"))


def _is_even(planes: list[Plane3]) -> bool:
    if len(planes) < 2:
        return False
    steps = np.diff([plane.position for plane in planes], axis=0)
    mean = steps.mean(axis=0)
    return bool(
        np.diff([plane.depth for plane in planes]).min() > 0
        and np.linalg.norm(steps - mean, axis=1).max() <= _UNEVEN * np.linalg.norm(mean)
    )
