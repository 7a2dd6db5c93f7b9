"""Measurements against scikit-image's regionprops, on real masks and on awkward ones."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from segdesk.core.images import ImageSource, read_image
from segdesk.core.measure import measure_objects
from segdesk.core.objects.numbering import Numbering
from tests.data import data_dir

skimage = pytest.importorskip("skimage.measure", reason="scikit-image is the reference, and is not installed")

_TOLERANCE = 1e-9


def compare(labels: NDArray[np.uint8], image: NDArray[Any] | None) -> int:
    """Compare every measurement of every object; gives how many objects there were."""
    ids = Numbering(labels).ids
    table = measure_objects(ids, labels, image, skeleton=False)
    props = skimage.regionprops(ids, intensity_image=image)
    assert [p.label for p in props] == table.numbers.tolist()
    for row, p in enumerate(props):
        top, left, bottom, right = p.bbox
        expected: dict[str, float] = {
            "area": p.area,
            "perimeter": p.perimeter,
            "centroid_y": p.centroid[0],
            "centroid_x": p.centroid[1],
            "box_x": left,
            "box_y": top,
            "box_width": right - left,
            "box_height": bottom - top,
            "equivalent_diameter": p.equivalent_diameter_area,
            "major_axis": p.axis_major_length,
            "minor_axis": p.axis_minor_length,
            "eccentricity": p.eccentricity,
            "solidity": p.solidity,
        }
        channels = 0 if image is None else 1 if image.ndim == 2 else image.shape[2]
        for channel in range(channels):
            mark = f"_{channel + 1}" if channels > 1 else ""
            for name in ("mean", "min", "max", "std"):
                figure = np.atleast_1d(getattr(p, f"intensity_{name}"))[channel]
                expected[f"intensity_{name}{mark}"] = float(figure)
        for name, value in expected.items():
            assert table.values[name][row] == pytest.approx(value, rel=_TOLERANCE, abs=_TOLERANCE), name
        # An axis has no direction: angles that differ by half a turn are the same.
        turn = (table.values["orientation"][row] - p.orientation) / math.pi
        assert abs(turn - round(turn)) < _TOLERANCE or p.axis_major_length - p.axis_minor_length < 1e-6
    return len(props)


@pytest.mark.parametrize(
    ("name", "several"),
    [("dsb2018_nuclei", False), ("drive", False), ("camvid", True), ("roots_segroot", False)],
)
def test_real_masks(name: str, several: bool) -> None:
    folder, compared = data_dir(name), 0
    for path in sorted((folder / "masks").glob("*.png"))[1:2]:
        labels = np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), np.uint8)
        labels = labels if several else (labels > 0).astype(np.uint8)
        image = next((folder / "images").glob(f"{path.stem}.*"))
        compared += compare(labels, read_image(ImageSource(image)))
    assert compared > 1


def test_awkward_shapes() -> None:
    labels = np.zeros((60, 80), np.uint8)
    labels[0, 0] = 1  # a pixel in the corner
    labels[3, 5:25] = 1  # lines
    labels[10:30, 2] = 1
    cv2.line(labels, (10, 10), (25, 25), (1,))
    labels[40:50, 5:20] = 1  # with a hole
    labels[43:47, 8:12] = 0
    labels[40:50, 20:30] = 2  # touching another class
    labels[55:, 70:] = 3  # at the border
    rng = np.random.default_rng(0)
    labels[5:35, 40:75] = rng.integers(0, 4, (30, 35))
    assert compare(labels, rng.normal(size=(60, 80))) > 50
