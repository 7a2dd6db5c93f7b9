"""Which corrections are held out, so that a round can be judged by what it never learned from."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box

BLOCK = 48  # side of the squares that are held out as a whole, in pixels
SHARE = 0.12  # of the blocks
ENOUGH = 400  # corrected pixels of a class that must be left to learn from before any is held out


def held_blocks(sample_id: int, height: int, width: int) -> NDArray[np.bool_]:
    """(height, width) bool: the squares of a sample whose corrections are held out.

    It depends on the sample and the place alone: what was held out once stays so in every later round,
    and the figures of two rounds can be compared.
    """
    return held_in(sample_id, Box(0, 0, width, height))


def held_in(sample_id: int, box: Box) -> NDArray[np.bool_]:
    """(box.height, box.width) bool: the same within a box of the sample."""
    top, left = box.y // BLOCK, box.x // BLOCK
    rows, columns = range(top, -(-box.bottom // BLOCK)), range(left, -(-box.right // BLOCK))
    drawn = np.array(
        [[_drawn(f"{sample_id}/{row}/{column}") < SHARE for column in columns] for row in rows], bool
    ).reshape(len(rows), len(columns))
    squares: NDArray[np.bool_] = drawn.repeat(BLOCK, 0).repeat(BLOCK, 1)
    y, x = box.y - top * BLOCK, box.x - left * BLOCK
    return squares[y : y + box.height, x : x + box.width]


def rich_classes(learned: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which classes can spare something: (classes,) from the pixels of each outside the held-out squares.

    A class with little is learned from entirely, rather than judged without being learned.
    """
    rich: NDArray[np.bool_] = learned >= ENOUGH
    return rich


def _drawn(name: str) -> float:
    """A number in [0, 1) that looks random and is the same for the same name, everywhere and always."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") / 2**64
