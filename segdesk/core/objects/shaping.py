"""Other shapes of an object: smoother, larger, smaller, without holes.

Each function looks at the object's own box, with as much room around it as it needs; it gives None where
nothing is left of the object.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND, Plane
from segdesk.core.objects.found import FoundObject, trimmed, within

_SIGMAS = 3  # standard deviations that a smoothing looks at on each side
_WIDEST = 10.0  # pixels of a blur at full size
_DISTANCES = 12  # pixels, up to which a kernel is faster than the distances of all pixels


def grow(found: FoundObject, pixels: int, labels: Plane) -> FoundObject | None:
    """All pixels within so many pixels of the object (round); other objects are never grown into.

    labels: (height, width) class indices of the whole image.
    """
    box = found.box.grow(pixels).intersect(_whole(labels))
    covered = within(found.coverage, box)
    wider = _dilated(covered, pixels)
    part = labels[box.slices]
    wider &= covered | (part == BACKGROUND)
    return trimmed(found.class_index, (box, wider))


def shrink(found: FoundObject, pixels: int) -> FoundObject | None:
    """The object without what lies within so many pixels of its border (round)."""
    box = found.box.grow(1)
    outside = ~within(found.coverage, box)
    return trimmed(found.class_index, (box, ~_dilated(outside, pixels)))


def smooth(found: FoundObject, sigma: float, labels: Plane) -> FoundObject | None:
    """The object with a border rounded at a scale of `sigma` pixels: its blurred shape, cut at one half.

    Beyond the image it goes on as it does at the edge; other objects are left as they are.
    """
    reach = int(np.ceil(_SIGMAS * sigma))
    box = found.box.grow(reach).intersect(_whole(labels))
    covered = within(found.coverage, box)
    part = labels[box.slices]
    smoother = _blurred(covered, sigma) > 127
    return trimmed(found.class_index, (box, smoother & (covered | (part == BACKGROUND))))


def fill_holes(found: FoundObject, labels: Plane) -> FoundObject:
    """The object with the background that it encloses; other classes in there stay."""
    holes = enclosed(found.covered) & (labels[found.box.slices] == BACKGROUND)
    return FoundObject(found.class_index, found.box, found.covered | holes)


def enclosed(covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where what is not covered cannot reach the edge by sides; the same shape."""
    outside = np.pad((~covered).astype(np.uint8), 1, constant_values=1)
    cv2.floodFill(outside, None, (0, 0), (2,))
    return np.asarray(outside[1:-1, 1:-1] == 1)


def _blurred(covered: NDArray[np.bool_], sigma: float) -> NDArray[np.uint8]:
    """0 to 255; a wide blur is made of a smaller picture, which nobody can tell from it."""
    pixels = covered.astype(np.uint8) * np.uint8(255)
    height, width = pixels.shape
    shrunk = max(1.0, sigma / _WIDEST)
    if shrunk > 1:
        size = max(1, round(width / shrunk)), max(1, round(height / shrunk))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    side = 2 * int(np.ceil(_SIGMAS * sigma / shrunk)) + 1
    blurred = cv2.GaussianBlur(pixels, (side, side), sigma / shrunk, borderType=cv2.BORDER_REPLICATE)
    if shrunk > 1:
        blurred = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(blurred, np.uint8)


def _dilated(covered: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    if pixels <= _DISTANCES:
        reach = np.arange(-pixels, pixels + 1)
        disc = (reach[:, None] ** 2 + reach[None, :] ** 2 <= pixels * pixels).astype(np.uint8)
        return cv2.dilate(covered.astype(np.uint8), disc, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    free = (~covered).astype(np.uint8)
    distance = cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(distance <= pixels + 1e-3)


def _whole(labels: Plane) -> Box:
    return Box(0, 0, labels.shape[1], labels.shape[0])
