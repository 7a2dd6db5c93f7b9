"""Packed planes give back what was put in, and damage is noticed."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from segdesk.core.geometry import Box
from segdesk.core.mask import TILE, Mask, PackedMask, PackedPlane, tile_keys, unpack_tile


@pytest.mark.parametrize("shape", [(1, 1), (TILE, TILE), (TILE + 1, 3), (3, 2 * TILE + 7), (600, 500)])
def test_packing_loses_nothing(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    mask = Mask(rng.integers(0, 255, shape, np.uint8), rng.integers(0, 2, shape, np.uint8))
    again = PackedMask.pack(mask).unpack()
    assert np.array_equal(again.labels, mask.labels)
    assert np.array_equal(again.corrected, mask.corrected)


def test_empty_tiles_take_no_room() -> None:
    plane = np.zeros((1000, 1000), np.uint8)
    plane[300, 600] = 1
    assert list(PackedPlane.pack(plane).tiles) == [(1, 2)]


def test_a_tile_that_claims_more_than_its_size_is_refused_without_filling_memory() -> None:
    bomb = zlib.compress(b"\0" * 50_000_000)
    with pytest.raises(ValueError, match="reshape"):
        unpack_tile(zlib.compress(b"short"), Box(0, 0, 10, 10))
    for data in (bomb, b"\x01" + bomb):
        with pytest.raises(ValueError, match="does not end"):
            unpack_tile(data, Box(0, 0, 10, 10))


def test_tiles_of_older_projects_are_read() -> None:
    rows = np.arange(100, dtype=np.uint8).reshape(10, 10)
    assert (unpack_tile(zlib.compress(rows.tobytes(), 1), Box(0, 0, 10, 10)) == rows).all()


def test_corrections_tell_what_a_person_said() -> None:
    mask = Mask.empty(2, 2)
    mask.labels[:] = 3
    mask.corrected[0, 1] = 1
    assert mask.corrections().tolist() == [[255, 3], [255, 255]]


def test_planes_of_different_sizes_make_no_mask() -> None:
    with pytest.raises(ValueError, match="no mask"):
        Mask(np.zeros((2, 3), np.uint8), np.zeros((3, 2), np.uint8))


def test_the_tiles_of_a_box() -> None:
    assert list(tile_keys(Box(TILE - 1, 0, 2, 1))) == [(0, 0), (0, 1)]
    assert list(tile_keys(Box(0, 0, 0, 0))) == []
