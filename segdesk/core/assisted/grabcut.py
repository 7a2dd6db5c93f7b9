"""Cutting an object out of a box: the colours outside say what is not part of it.

C. Rother, V. Kolmogorov and A. Blake, GrabCut: Interactive Foreground Extraction using Iterated Graph Cuts,
SIGGRAPH 2004; the cuts are OpenCV's.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.assisted.pixels import Pixels, bounds_of, color_bytes, nothing, trimmed, within
from segdesk.core.assisted.snapping import to_edges
from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.painting import Coverage

UNSAID, OBJECT, OTHER = 0, 1, 2  # what a person said of a pixel of the box
SMALLEST = 4  # pixels a side of a box that has something to tell apart
_MOST = 50_000  # pixels that are cut at full detail: of larger regions, only the outline is looked at closely
_FIRST_ROUNDS, _NEXT_ROUNDS = 3, 2


def cut_out(
    pixels: Pixels, box: Box, said: Plane | None = None, before: NDArray[np.bool_] | None = None
) -> Coverage:
    """The object in a box; nothing where no object can be told from its surroundings.

    pixels: (H, W) or (H, W, 3) uint8.
    box: around the object, with a little room; what lies outside of it is taken for background.
    said: (box.height, box.width), UNSAID, OBJECT or OTHER where a person has painted.
    before: (box.height, box.width), what an earlier cut of the same box gave, to start from.
    """
    bounds = bounds_of(pixels)
    box = box.intersect(bounds)
    if box.width < SMALLEST or box.height < SMALLEST:
        return nothing()
    around = box.grow(max(8, max(box.width, box.height) // 6)).intersect(bounds)
    inside = Box(box.x - around.x, box.y - around.y, box.width, box.height)
    trimap: NDArray[np.uint8] = np.full((around.height, around.width), cv2.GC_BGD, np.uint8)
    trimap[inside.slices] = cv2.GC_PR_FGD
    if before is not None:
        trimap[inside.slices][~before] = cv2.GC_PR_BGD
    if around == box:  # the whole image: the rim of it has to stand for the background
        trimap[0, :] = trimap[-1, :] = trimap[:, 0] = trimap[:, -1] = cv2.GC_BGD
    if said is not None:
        trimap[inside.slices][said == OBJECT] = cv2.GC_FGD
        trimap[inside.slices][said == OTHER] = cv2.GC_BGD
    share = min(1.0, (_MOST / (around.width * around.height)) ** 0.5)
    color = color_bytes(pixels[around.slices])
    rounds = _FIRST_ROUNDS if before is None else _NEXT_ROUNDS
    if share == 1.0:
        cut = _cut(color, trimap, rounds)
    else:
        size = max(SMALLEST, round(around.width * share)), max(SMALLEST, round(around.height * share))
        less = np.asarray(cv2.resize(color, size, interpolation=cv2.INTER_AREA), np.uint8)
        small = _cut(less, _smaller(trimap, size), rounds).astype(np.float32)
        back = (around.width, around.height)
        rough = cv2.resize(small, back, interpolation=cv2.INTER_LINEAR) >= 0.5
        cut = within(to_edges(pixels, (around, rough), math.ceil(1.5 / share)), around)
        cut |= trimap == cv2.GC_FGD
        cut &= trimap != cv2.GC_BGD
    return trimmed(around, cut)


def _cut(color: NDArray[np.uint8], trimap: Plane, rounds: int) -> NDArray[np.bool_]:
    if not (trimap & 1).any() or (trimap & 1).all():  # the odd ones of OpenCV's four are the object's
        return (trimap & 1).astype(np.bool_)
    cv2.setRNGSeed(1)  # its first guess at the colours is drawn by lot: the same box shall give the same cut
    outside, inside = np.zeros((1, 65)), np.zeros((1, 65))
    mode, no_box = cv2.GC_INIT_WITH_MASK, (0, 0, 0, 0)
    cut, *_ = cv2.grabCut(color, trimap.copy(), no_box, outside, inside, rounds, mode)
    return (np.asarray(cut, np.uint8) & 1).astype(np.bool_)


def _smaller(trimap: Plane, size: tuple[int, int]) -> Plane:
    """A trimap of another size that loses nothing of what a person said."""
    small = np.asarray(cv2.resize(trimap, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    height, width = trimap.shape
    for value in (cv2.GC_BGD, cv2.GC_FGD):
        rows, columns = np.nonzero(trimap == value)
        if value == cv2.GC_FGD or len(rows) < trimap.size // 4:
            small[rows * size[1] // height, columns * size[0] // width] = value
    return small
