"""How long it takes to find, change, number and measure objects.

    python -m tests.benchmarks.objects [--side PIXELS] [--rounds N]

Prints medians and 95th percentiles in milliseconds. Shapes are changed on an object of 1 megapixel in a
mask of 10,000 x 10,000; numbering and measuring are of 10,000 objects in 4,000 x 4,000, and where
scikit-image is installed its regionprops are timed on the same mask, for the ratio.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.measure import measure_objects
from segdesk.core.objects.found import FoundObject, object_at
from segdesk.core.objects.numbering import Numbering
from segdesk.core.objects.shaping import fill_holes, grow, shrink, smooth
from segdesk.core.objects.splitting import by_line, by_watershed

_PROPERTIES = (
    "area", "perimeter", "centroid", "bbox", "equivalent_diameter_area", "axis_major_length",
    "axis_minor_length", "orientation", "eccentricity", "solidity",
    "intensity_mean", "intensity_min", "intensity_max", "intensity_std",
)  # fmt: skip


def timed(work: Callable[[], object], rounds: int) -> NDArray[np.float64]:
    """Milliseconds of each of some rounds."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
    return np.array(taken)


def tell(name: str, taken: NDArray[np.float64]) -> None:
    sys.stdout.write(f"{name:34} {np.median(taken):9.1f} {np.percentile(taken, 95):9.1f}\n")
    sys.stdout.flush()


def megapixel(side: int) -> tuple[NDArray[np.uint8], FoundObject]:
    """A large mask with a lobed object of a megapixel and holes in it."""
    labels = np.zeros((side, side), np.uint8)
    middle = side // 2
    for x, y, radius in ((0, 0, 470), (380, 260, 300), (-300, 340, 260)):
        cv2.circle(labels, (middle + x, middle + y), radius, (1,), -1)
    for x in range(-300, 301, 60):
        cv2.circle(labels, (middle + x, middle), 12, (0,), -1)
    found = object_at(labels, (middle + 0.5, middle - 200.5))
    assert found is not None
    return labels, found


def many(side: int = 4000, apart: int = 40) -> NDArray[np.uint8]:
    """Labels of three classes with (side / apart)² ellipses."""
    rng, labels = np.random.default_rng(0), np.zeros((side, side), np.uint8)
    for y in range(apart // 2, side, apart):
        for x in range(apart // 2, side, apart):
            axes = (int(rng.integers(5, 18)), int(rng.integers(5, 18)))
            cv2.ellipse(labels, (x, y), axes, int(rng.integers(180)), 0, 360, (int(rng.integers(1, 4)),), -1)
    return labels


def shapes(side: int, rounds: int) -> None:
    labels, found = megapixel(side)
    seed = found.seed
    line = ((found.box.x - 5.0, seed[1]), (found.box.right + 5.0, seed[1]))
    for name, work in {
        "find under the pointer": lambda: object_at(labels, seed),
        "grow by 2": lambda: grow(found, 2, labels),
        "grow by 50": lambda: grow(found, 50, labels),
        "shrink by 2": lambda: shrink(found, 2),
        "smooth by 2": lambda: smooth(found, 2, labels),
        "smooth by 50": lambda: smooth(found, 50, labels),
        "fill holes": lambda: fill_holes(found, labels),
        "cut by a line": lambda: by_line(found, line),
        "watershed": lambda: by_watershed(found),
    }.items():
        tell(f"{name}, {found.area / 1e6:.1f} MP", timed(work, rounds))


def tables(rounds: int) -> None:
    labels = many()
    image = np.random.default_rng(1).integers(0, 255, labels.shape, np.uint8)
    numbering = Numbering(labels)
    count = len(numbering.boxes)
    tell(f"number {count} objects", timed(lambda: Numbering(labels), rounds))
    box = Box(2000, 2000, 100, 100)
    tell("number again in 100 x 100", timed(lambda: numbering.update(labels, box), rounds))
    ours = timed(lambda: measure_objects(numbering.ids, labels, image, skeleton=False), rounds)
    tell("measure them", ours)
    tell("with middle lines", timed(lambda: measure_objects(numbering.ids, labels, image), rounds))
    if find_spec("skimage") is not None:
        measure = import_module("skimage.measure")
        theirs = timed(lambda: measure.regionprops_table(numbering.ids, image, properties=_PROPERTIES), 1)
        tell("scikit-image's regionprops_table", theirs)
        sys.stdout.write(f"{'ratio':34} {np.median(theirs) / np.median(ours):9.1f}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--side", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    sys.stdout.write(f"{'':34} {'median':>9} {'95 %':>9}   milliseconds\n")
    shapes(options.side, options.rounds)
    tables(options.rounds)


if __name__ == "__main__":
    main()
