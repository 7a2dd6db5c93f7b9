"""Borders: where neighbouring pixels of one class belong to different objects.

A plane of borders is uint8 with a bit a neighbour: RIGHT, BELOW, BELOW_RIGHT and BELOW_LEFT are set where a
pixel is parted from that one, so that each of the eight neighbours is spoken of once. Two pixels hang
together where they are neighbours of one class of the user's and their bit is not set. A border takes no
pixels, and one between two classes, or on the background, means nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]

RIGHT, BELOW, BELOW_RIGHT, BELOW_LEFT = 1, 2, 4, 8
STEPS = {RIGHT: (0, 1), BELOW: (1, 0), BELOW_RIGHT: (1, 1), BELOW_LEFT: (1, -1)}  # rows and columns


def ends(plane: NDArray[Any], bit: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Views of a plane at the two ends of each pair of neighbours; the first end is the one with the bit."""
    down, right = STEPS[bit]
    height, width = plane.shape
    first = plane[: height - down, max(0, -right) : width - max(0, right)]
    return first, plane[down:, max(0, right) : width - max(0, -right)]


def within_classes(labels: NDArray[Any]) -> Bits:
    """The bits of all neighbours that are of one class; nothing on the background (0)."""
    bits = np.zeros(labels.shape, np.uint8)
    for bit in STEPS:
        first, second = ends(labels, bit)
        _mark(bits, bit, (first == second) & (first != 0))
    return bits


def between(numbers: NDArray[np.integer[Any]]) -> tuple[Bits, Bits]:
    """The bits of neighbours that are parted by their numbers, and of all about which these say something.

    Different numbers part, the same one joins. 0 says nothing. Negative ones part from positive ones, and
    say nothing among themselves: other objects, whichever they are.
    """
    parted, known = np.zeros(numbers.shape, np.uint8), np.zeros(numbers.shape, np.uint8)
    for bit in STEPS:
        first, second = ends(numbers, bit)
        both = (first > 0) & (second != 0) | (first < 0) & (second > 0)
        _mark(known, bit, both)
        _mark(parted, bit, both & (first != second))
    return parted, known


def within_pixels(pixels: NDArray[np.bool_]) -> Bits:
    """The bits of all neighbours of which both are among the pixels."""
    return within_classes(pixels.view(np.uint8))


def of_pixels(pixels: NDArray[np.bool_]) -> Bits:
    """The bits of all neighbours of which at least one is among the pixels."""
    bits = np.zeros(pixels.shape, np.uint8)
    for bit in STEPS:
        first, second = ends(pixels, bit)
        _mark(bits, bit, first | second)
    return bits


def beside(bits: Bits) -> NDArray[np.bool_]:
    """The pixels at either end of what is parted."""
    pixels: NDArray[np.bool_] = bits != 0
    for bit in STEPS:
        farther = ends(pixels, bit)[1]
        farther |= (ends(bits, bit)[0] & np.uint8(bit)) != 0
    return pixels


def _mark(bits: Bits, bit: int, where: NDArray[np.bool_]) -> None:
    """Set a bit; several times as fast as an assignment by index."""
    target = ends(bits, bit)[0]
    np.bitwise_or(target, where.view(np.uint8) * np.uint8(bit), out=target)
