"""Packed tiles give back what went in, take little, and those of earlier forms open for ever."""

from __future__ import annotations

import zlib
from contextlib import suppress

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.tile_codec import SIDE, Pixels, pack_pixels, unpack_pixels


def drawn(seed: int, height: int, width: int, objects: int) -> Pixels:
    rng = np.random.default_rng(seed)
    pixels = np.zeros((height, width), np.uint8)
    for _ in range(objects):
        centre = int(rng.integers(0, width)), int(rng.integers(0, height))
        axes = int(rng.integers(1, 40)), int(rng.integers(1, 40))
        cv2.ellipse(pixels, centre, axes, float(rng.integers(180)), 0, 360, int(rng.integers(0, 256)), -1)
    return pixels


def before_contours(pixels: Pixels) -> bytes:
    """As an earlier SegDesk packed a tile: places and differences of what differs from the row above."""
    rows = pixels.copy()
    rows[1:] ^= pixels[:-1]
    places = np.flatnonzero(rows)
    gaps = np.diff(places, prepend=0).astype("<u2").view(np.uint8).reshape(-1, 2)
    columns = gaps[:, 1].tobytes() + gaps[:, 0].tobytes() + rows.ravel()[places].tobytes()
    return b"\x01" + zlib.compress(columns, 1)


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(
    seed=st.integers(0, 10**6),
    height=st.integers(1, SIDE),
    width=st.integers(1, SIDE),
    objects=st.integers(0, 12),
    noise=st.sampled_from([0.0, 0.0, 0.001, 0.05, 1.0]),
)
def test_what_goes_in_comes_out(seed: int, height: int, width: int, objects: int, noise: float) -> None:
    pixels = drawn(seed, height, width, objects)
    rng = np.random.default_rng(seed)
    spots = rng.random(pixels.shape) < noise
    pixels[spots] = rng.integers(0, 256, int(spots.sum()))
    assert np.array_equal(unpack_pixels(pack_pixels(pixels), height, width), pixels)


@pytest.mark.parametrize("noise", [0.01, 0.03, 0.06, 0.08, 0.2])
def test_however_much_there_is_to_deflate(noise: float) -> None:
    rng = np.random.default_rng(5)
    pixels = (rng.random((SIDE, SIDE)) < noise).astype(np.uint8) * rng.integers(
        1, 256, (SIDE, SIDE), np.uint8
    )
    assert np.array_equal(unpack_pixels(pack_pixels(pixels), SIDE, SIDE), pixels)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 10**6), width=st.sampled_from([1, 7, 100, SIDE]), objects=st.integers(0, 12))
def test_tiles_of_earlier_forms_open(seed: int, width: int, objects: int) -> None:
    pixels = drawn(seed, SIDE, width, objects)
    for data in (before_contours(pixels), zlib.compress(pixels.tobytes(), 1)):
        assert np.array_equal(unpack_pixels(data, SIDE, width), pixels)


def test_smooth_shapes_take_little() -> None:
    pixels = drawn(1, SIDE, SIDE, 6)
    assert len(pack_pixels(pixels)) < 0.65 * len(before_contours(pixels))
    assert len(pack_pixels(np.ones((SIDE, SIDE), np.uint8))) == 2


@pytest.mark.parametrize("objects", [0, 6])
def test_a_damaged_tile_is_told(objects: int) -> None:
    """Whatever is done to the bytes, there is a plane of the size asked for, or one of two errors."""
    data = pack_pixels(drawn(2, 90, 120, objects))
    rng = np.random.default_rng(0)
    for _ in range(400):
        broken = bytearray(data)
        broken[int(rng.integers(len(broken)))] = int(rng.integers(256))
        broken = broken[: int(rng.integers(1, len(broken) + 1))]
        with suppress(ValueError, zlib.error):
            assert unpack_pixels(bytes(broken), 90, 120).shape == (90, 120)
    with pytest.raises((ValueError, zlib.error)):
        unpack_pixels(data + b"x", 90, 120)
    with pytest.raises((ValueError, zlib.error)):
        unpack_pixels(data[:1], 90, 120)


@pytest.mark.parametrize(
    ("count", "lengths", "changes", "rest"),
    [
        (1, [3], [5], [0] * 30),  # rows that the tile does not have
        (1, [255], [1], [200, 1, *[1] * 255]),  # walks out of the tile
        (1, [255], [300], [0] * 60_000),  # more changes than there are columns
        (2, [255], [1], [0, 1, *[0] * 255]),  # a stretch is missing
    ],
)
def test_sound_bytes_with_senseless_contours_are_told(
    count: int, lengths: list[int], changes: list[int], rest: list[int]
) -> None:
    high, low = [c >> 8 for c in changes], [c & 255 for c in changes]
    stream = bytes([count, 0, *lengths, *high, *low, *rest])
    with pytest.raises(ValueError):
        unpack_pixels(b"\x02" + zlib.compress(stream), SIDE, SIDE)
