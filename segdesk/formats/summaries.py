"""Measurements of many objects in few rows: one an image and class, or one a class of the whole project."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from segdesk.formats.sheets import Sheet

_NAMES = ("image", "page", "object", "class", "unit")
_PLACES = ("centroid", "box", "orientation")  # whose mean over objects has no meaning


def by_image(sheet: Sheet, images: Sequence[tuple[str, int]], classes: Sequence[str]) -> Sheet:
    """A row for each image and class, also where there are no objects: how many, their area, and means.

    images: name and page of each. sheet: as `measurements.measure_all` makes it.
    """
    groups = _Groups(sheet, ("image", "page", "class"))
    rows = Sheet()
    for image, page in dict.fromkeys(images):
        for name in classes:
            cells: dict[str, list[Any]] = {"image": [image], "page": [page], "class": [name]}
            rows.append(1, cells | groups.figures((image, page, name)))
    return rows


def by_class(sheet: Sheet, images: Sequence[tuple[str, int]], classes: Sequence[str]) -> Sheet:
    """A row for each class: how many objects it has in all the images, their area, and means."""
    groups = _Groups(sheet, ("class",))
    rows = Sheet()
    for name in classes:
        cells: dict[str, list[Any]] = {"class": [name], "images": [len(images)]}
        rows.append(1, cells | groups.figures((name,)))
    return rows


class _Groups:
    """The rows of a sheet that have the same cells in some columns."""

    def __init__(self, sheet: Sheet, keys: Sequence[str]) -> None:
        self._rows: dict[Hashable, list[int]] = {}
        columns = [sheet.columns.get(key, []) for key in keys]
        for row, key in enumerate(zip(*columns, strict=True)):
            self._rows.setdefault(key, []).append(row)
        self._units = sheet.columns.get("unit")
        self._values = {
            name: np.array([np.nan if cell is None else cell for cell in column], np.float64)
            for name, column in sheet.columns.items()
            if name not in _NAMES and not name.startswith(_PLACES)
        }

    def figures(self, key: Hashable) -> dict[str, list[Any]]:
        """How many rows there are of a key, the sum of their areas, and the means of all else."""
        rows = self._rows.get(key, [])
        figures: dict[str, list[Any]] = {"objects": [len(rows)]}
        for name, column in self._values.items():
            known = column[rows]
            known = known[~np.isnan(known)]
            if name in ("area", "area_physical"):
                figures[f"{name}_sum"] = [float(known.sum())]
            figures[f"{name}_mean"] = [float(known.mean()) if len(known) else None]
        if self._units is not None:
            units = {self._units[row] for row in rows} - {None}
            figures["unit"] = [units.pop() if len(units) == 1 else None]
        return figures
