"""Changes in memory: neighbours that are joined change the same pixels, and take little more memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from segdesk.core import pieces as module
from segdesk.core.geometry import Box
from segdesk.core.mask import TILE, Mask
from segdesk.core.pieces import Piece, Pieces, cut, joined, size_of

HEIGHT, WIDTH = 3 * TILE, 7 * TILE - 20


def tiles_of(change: NDArray[np.uint8]) -> list[Piece]:
    """The pieces of a whole plane of changes, the last tile first."""
    found: list[Piece] = []
    for y in range(0, HEIGHT, TILE):
        for x in range(0, WIDTH, TILE):
            box = Box(x, y, TILE, TILE).intersect(Box(0, 0, WIDTH, HEIGHT))
            found = [*cut(change[box.slices], box), *found]
    return found


def drawn(seed: int) -> NDArray[np.uint8]:
    """Rectangles of one value and of noise, which end in the middle of tiles and at their edges."""
    rng = np.random.default_rng(seed)
    change = np.zeros((HEIGHT, WIDTH), np.uint8)
    for _ in range(int(rng.integers(1, 6))):
        y, x = (int(v) for v in rng.integers(0, (HEIGHT, WIDTH)))
        if rng.random() < 0.5:
            y, x = y // TILE * TILE, x // TILE * TILE
        part = change[y : y + int(rng.integers(1, HEIGHT)), x : x + int(rng.integers(1, WIDTH))]
        part[:] = rng.integers(1, 4) if rng.random() < 0.5 else rng.integers(0, 4, part.shape)
    return change


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 10**6))
def test_joined_pieces_change_the_same_pixels_and_change_them_back(seed: int) -> None:
    labels, corrected = drawn(seed), drawn(seed + 1)
    pieces = Pieces(joined(tiles_of(labels)), joined(tiles_of(corrected)), joined(tiles_of(labels)))
    mask = Mask.empty(HEIGHT, WIDTH)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_WORTH", HEIGHT * WIDTH // 3)  # now in one thread, now in two
        pieces.toggle(mask)
        assert (mask.labels == labels).all()
        assert (mask.corrected == corrected).all()
        assert mask.borders is not None and (mask.borders == labels).all()
        pieces.toggle(mask)
    assert not mask.labels.any() and not mask.corrected.any() and not mask.borders.any()


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 10**6))
def test_joined_pieces_take_little_more_memory(seed: int) -> None:
    apart = tiles_of(drawn(seed))
    assert size_of(joined(apart)) <= size_of(apart) / 0.6 + 200


def test_a_row_of_one_value_is_one_piece_that_takes_no_memory() -> None:
    change = np.zeros((HEIGHT, WIDTH), np.uint8)
    change[TILE : 2 * TILE] = 3
    (piece,) = joined(tiles_of(change))
    assert (piece[0], piece[1]) == (slice(TILE, 2 * TILE), slice(0, WIDTH))
    assert size_of([piece]) == 200
