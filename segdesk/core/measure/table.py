"""The measurements of all objects of an image, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.measure.columns import Column, intensity_columns, shape_columns, skeleton_columns
from segdesk.core.measure.hull import hull_area
from segdesk.core.measure.intensity import intensities
from segdesk.core.measure.lattice import Floats, Ids, lattice
from segdesk.core.measure.perimeter import perimeter
from segdesk.core.measure.shape import shape
from segdesk.core.measure.skeleton import skeletons


@dataclass(frozen=True)
class ObjectTable:
    """One row an object, in the order of `numbers`.

    values: each column's figures by its name, in pixels and the image's own values. classes: class indices.
    """

    numbers: Ids
    classes: NDArray[np.uint8]
    columns: tuple[Column, ...]
    values: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.numbers)

    def in_units(self, column: Column, pixel_size: float | None) -> Floats:
        """A column's figures in physical units; in pixels where nobody knows a pixel's size."""
        values = self.values[column.name]
        return values if pixel_size is None or not column.power else values * pixel_size**column.power


def measure_objects(
    ids: Ids,
    labels: NDArray[np.uint8],
    image: NDArray[Any] | None = None,
    *,
    skeleton: bool = True,
    corner: tuple[int, int] = (0, 0),
) -> ObjectTable:
    """Measure the objects of (height, width) int32 numbers, of which 0 is the background.

    The definitions are those of scikit-image's regionprops. labels: (height, width) class indices.
    image: (height, width) or (height, width, channels), for intensities. skeleton: also length and width of
    middle lines, which takes half as long as all the rest. corner: x and y of where `ids` lies in the image.
    """
    pixels = lattice(ids)
    area, form = pixels.area.astype(np.float64), shape(pixels)
    values: dict[str, Floats] = {
        "area": area,
        "perimeter": perimeter(pixels),
        "centroid_x": form.centroid_x + corner[0],
        "centroid_y": form.centroid_y + corner[1],
        "box_x": (pixels.lefts + corner[0]).astype(np.float64),
        "box_y": (pixels.tops + corner[1]).astype(np.float64),
        "box_width": (pixels.rights - pixels.lefts).astype(np.float64),
        "box_height": (pixels.bottoms - pixels.tops).astype(np.float64),
        "equivalent_diameter": form.equivalent_diameter,
        "major_axis": form.major_axis,
        "minor_axis": form.minor_axis,
        "orientation": form.orientation,
        "eccentricity": form.eccentricity,
        "solidity": area / hull_area(pixels),
    }
    columns = shape_columns()
    if skeleton:
        middle = skeletons(pixels)
        values |= {"skeleton_length": middle.length, "mean_width": middle.width}
        columns += skeleton_columns()
    if image is not None:
        channels = intensities(pixels, image)
        for column, figures in zip(
            intensity_columns(len(channels)),
            (f for c in channels for f in (c.mean, c.lowest, c.highest, c.std)),
            strict=True,
        ):
            values[column.name] = figures
            columns += (column,)
    classes = np.zeros(pixels.count, np.uint8)
    classes[pixels.owner] = labels[pixels.y, pixels.x]
    return ObjectTable(pixels.numbers, classes, columns, values)


def merged(table: ObjectTable, without: frozenset[int], more: ObjectTable) -> ObjectTable:
    """A table without some numbers and with the rows of another one, in the order of their numbers."""
    keep = ~np.isin(table.numbers, list(without | set(more.numbers.tolist())))
    numbers = np.concatenate([table.numbers[keep], more.numbers])
    order = np.argsort(numbers, kind="stable")
    return ObjectTable(
        numbers[order],
        np.concatenate([table.classes[keep], more.classes])[order],
        table.columns,
        {
            name: np.concatenate([values[keep], more.values[name]])[order]
            for name, values in table.values.items()
        },
    )
