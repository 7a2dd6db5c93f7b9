"""Snapping: a shape drawn by hand gives way by a few pixels, to an edge of the image or of a neighbour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.assisted.pixels import Pixels, bounds_of, color_bytes, trimmed, within
from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.painting import Coverage

_FAINTEST = 6.0  # steps of 8-bit brightness a pixel: where nothing is steeper, the hand knows better
_INSIDE, _OUTSIDE = 1, 2


def to_edges(pixels: Pixels, coverage: Coverage, reach: int) -> Coverage:
    """The shape with its outline moved to the image's strongest edges within `reach` pixels.

    Within that band, the inside and the outside are flooded toward each other and meet on the ridge of the
    gradient (F. Meyer, Color image segmentation, ICIP 1992; OpenCV's watershed). What is thinner than the
    band keeps its middle. Where there is no edge, the outline stays.

    pixels: (H, W) or (H, W, 3) uint8.
    """
    box, covered = coverage
    if box.is_empty or reach < 1 or not covered.any():
        return coverage
    roi = box.grow(reach + 4).intersect(bounds_of(pixels))
    shape = within(coverage, roi)
    depth = _distance(shape)
    height = _distance(~shape)
    soft = np.asarray(cv2.GaussianBlur(color_bytes(pixels[roi.slices]), (0, 0), 1.0), np.uint8)
    markers = np.zeros((roi.height, roi.width), np.int32)
    markers[(depth > reach) | _ridge(depth)] = _INSIDE
    markers[height > reach] = _OUTSIDE
    free = markers == 0
    if not free.any() or not (markers == _OUTSIDE).any():
        return coverage
    flooded = cv2.watershed(soft, markers.copy())
    snapped = _without_lines(np.asarray(flooded), soft) == _INSIDE
    snapped = np.where(free, snapped, shape)
    calm = free & (cv2.dilate(_gradient(soft), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) < _FAINTEST)
    snapped[calm] = shape[calm]
    return trimmed(roi, _smoothed(snapped, free))


def to_neighbours(coverage: Coverage, labels: Plane, class_index: int, reach: int) -> Coverage:
    """The shape without what it takes from other classes, and without a gap up to `reach` wide beside them.

    labels: (H, W), the mask as it is; the background (0) is nobody's, and `class_index` is the shape's own.
    """
    box, covered = coverage
    if box.is_empty or not covered.any():
        return coverage
    roi = box.grow(reach + 2).intersect(bounds_of(labels))
    there = labels[roi.slices]
    others = (there != 0) & (there != class_index)
    shape = within(coverage, roi) & ~others
    if reach >= 1 and others.any() and shape.any():
        from_shape, from_others = _distance(~shape), _distance(~others)
        gap = (there == 0) & ~shape & (from_shape + from_others <= reach + 1)
        shape |= gap
    return trimmed(roi, shape)


def to_neighbours_within(
    box: Box, coverage: Coverage, labels: Plane, class_index: int, reach: int
) -> Coverage:
    """`to_neighbours` where only a piece of the mask is at hand: labels are those of `box` in the image."""
    there = Box(0, 0, box.width, box.height)
    place, covered = to_neighbours((there, within(coverage, box)), labels, class_index, reach)
    return Box(place.x + box.x, place.y + box.y, place.width, place.height), covered


def _gradient(soft: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The steepest channel's gradient, in steps a pixel."""
    pixels = soft.astype(np.float32)
    across = cv2.Sobel(pixels, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(pixels, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(np.hypot(across, down).max(axis=2), np.float32)


def _without_lines(markers: NDArray[np.int32], soft: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Give the lines between the floods, one pixel wide, to the side that looks more like them."""
    line = markers <= 0
    if not line.any():
        return markers
    color = soft.astype(np.float32)
    away = []
    for side in (_INSIDE, _OUTSIDE):
        there = (markers == side).astype(np.float32)
        count = cv2.boxFilter(there, -1, (5, 5), normalize=False)
        mean = cv2.boxFilter(color * there[:, :, None], -1, (5, 5), normalize=False)
        mean /= np.maximum(count, 1)[:, :, None]
        difference = np.abs(color - mean).sum(axis=2)
        difference[count == 0] = np.inf
        away.append(difference)
    nearer = np.where(away[0] <= away[1], _INSIDE, _OUTSIDE)
    return np.where(line, nearer, markers).astype(np.int32)


def _smoothed(shape: NDArray[np.bool_], free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Single pixels that stick out of the outline, or into it, follow their surroundings."""
    median = cv2.medianBlur(shape.astype(np.uint8), 3) > 0
    keeps = shape & (_distance(shape) <= 1.5) & ~median  # a line one pixel wide is no speck
    lonely = cv2.boxFilter(shape.astype(np.float32), -1, (3, 3), normalize=False) <= 2
    result: NDArray[np.bool_] = np.where(free & (~keeps | lonely), median, shape)
    return result


def _ridge(depth: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The middle line of a shape, from how deep each of its pixels lies."""
    highest = cv2.dilate(depth, np.ones((3, 3), np.uint8))
    ridge: NDArray[np.bool_] = (depth > 0) & (depth >= highest - 1e-3)
    return ridge


def _distance(shape: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How far each pixel of the shape is from what is not; 0 outside of it."""
    if shape.all():
        return np.full(shape.shape, 1e6, np.float32)
    return np.asarray(cv2.distanceTransform(shape.astype(np.uint8), cv2.DIST_L2, 5), np.float32)
