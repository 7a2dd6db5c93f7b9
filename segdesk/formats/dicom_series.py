"""DICOM series: single files of one folder that are the slices of one volume.

Where they are to become a volume, they must lie evenly; where they are only shown side by side, one may be
missing, and slices that lie nowhere go by their numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import FormatError, ImageError
from segdesk.core.images import kinds, list_images
from segdesk.core.jobs import Job, Progress
from segdesk.core.project.series import Series
from segdesk.formats.dicom_frames import Plane3, plane_of, read_header

ENDINGS = (".dcm", ".dicom")
"""How the names of DICOM files end."""

_UNEVEN = 0.01  # of the distance between slices


@dataclass(frozen=True)
class _Slice:
    """A file of one image.

    key: those of one series, size and turn have the same.   plane: where it lies, if it says so.
    """

    path: Path
    key: tuple[Any, ...]
    plane: Plane3 | None
    number: int

    @property
    def order(self) -> tuple[float, int, str]:
        return self.plane.depth if self.plane is not None else 0.0, self.number, self.path.name


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


def series_of(files: Mapping[int, Path]) -> Job[Series]:
    """Look into the files of samples, by their ids, and tell which are slices of one series.

    A file that cannot be read is left out.

    Raises:
        FormatError: pydicom is not installed.
    """
    series: dict[tuple[Any, ...], list[tuple[_Slice, int]]] = defaultdict(list)
    alone: list[int] = []
    for done, (sample_id, path) in enumerate(files.items()):
        yield Progress(done / len(files), "")
        try:
            found = _slice(path)
        except ImageError:
            continue
        if found is None:
            alone.append(sample_id)
        else:
            series[path.parent, *found.key].append((found, sample_id))
    volumes: list[tuple[int, ...]] = []
    for members in series.values():
        members.sort(key=lambda member: member[0].order)
        ids = tuple(sample_id for _, sample_id in members)
        if len(ids) > 1:
            volumes.append(ids)
        else:
            alone += ids
    return Series(tuple(volumes), tuple(alone))


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
    series: dict[tuple[Any, ...], list[_Slice]] = defaultdict(list)
    try:
        files = list_images(folder)
    except ImageError:
        return {}
    for path in files:
        try:
            slice_ = _slice(path)
        except (FormatError, ImageError):
            continue  # it says so where it is opened
        if slice_ is not None and slice_.plane is not None:
            series[slice_.key].append(slice_)
    found: dict[Path, tuple[Path, ...]] = {}
    for members in series.values():
        members.sort(key=lambda member: member.order)
        if _is_even([member.plane for member in members if member.plane is not None]):
            paths = tuple(member.path for member in members)
            found |= dict.fromkeys(paths, paths)
    return found


def _slice(path: Path) -> _Slice | None:
    """What is known of a file as a slice; None where it is of no series.

    Raises:
        FormatError: pydicom is not installed.
        ImageError: it cannot be read.
    """
    if kinds.recognise(path) != kinds.DICOM:
        return None
    data = read_header(path)
    try:
        uid = str(data.get("SeriesInstanceUID", "") or "")
        if not uid or int(data.get("NumberOfFrames", None) or 1) > 1:
            return None
        size = int(data.get("Rows", 0)), int(data.get("Columns", 0))
        number = int(data.get("InstanceNumber", None) or 0)
        plane = plane_of(data, 0, (1.0, 1.0)) if _has_place(data) else None
    except (TypeError, ValueError):
        return None
    turn = (tuple(np.round(plane.orientation, 4).tolist()), plane.spacing) if plane is not None else ()
    return _Slice(path, (uid, *size, *turn), plane, number)


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
