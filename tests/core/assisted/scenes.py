"""Images by code whose truth is known, and how well a coverage agrees with it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage

Truth = NDArray[np.bool_]


def blob(noise: float = 8.0, height: int = 300, width: int = 400) -> tuple[NDArray[np.uint8], Truth]:
    """(height, width, 3) uint8 with one object of a bent outline in another colour, and where it is."""
    truth: NDArray[np.uint8] = np.zeros((height, width), np.uint8)
    cv2.ellipse(truth, (width // 2, height // 2), (width // 5, height // 6), 20, 0, 360, (1,), -1)
    cv2.circle(truth, (width * 13 // 20, height * 2 // 5), height // 12, (1,), -1)
    color = np.where(truth[..., None] == 1, (170, 120, 90), (90, 110, 130)).astype(np.float32)
    color = np.asarray(cv2.GaussianBlur(color, (0, 0), 1.2), np.float32)
    color += np.random.default_rng(0).normal(0, noise, color.shape)
    pixels = np.clip(color, 0, 255).astype(np.uint8)
    pixels.setflags(write=False)  # as an image that was read
    return pixels, truth > 0


def whole(coverage: Coverage, shape: tuple[int, ...]) -> Truth:
    """A coverage as a plane of the image's size."""
    plane = np.zeros(shape[:2], np.bool_)
    plane[coverage[0].slices] = coverage[1]
    return plane


def part(plane: Truth) -> Coverage:
    """A plane of the image's size as a coverage."""
    return Box(0, 0, plane.shape[1], plane.shape[0]), plane.copy()


def iou(one: Truth, other: Truth) -> float:
    """Intersection over union."""
    union = int((one | other).sum())
    return int((one & other).sum()) / union if union else 1.0
