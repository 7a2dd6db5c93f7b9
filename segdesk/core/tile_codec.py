"""One tile of class indices, or of their changes, as few bytes as can be had in a fraction of a millisecond.

The first byte tells how a tile is packed. Tiles of every earlier form can be read for ever.
"""

from __future__ import annotations

import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

SIDE = 256  # of the largest tile, in pixels: a column fits into a byte

# A bare zlib stream of the pixels, which begins with none of these, is the form for noise.
_CHANGES = b"\x01"  # where pixels differ from those above: the form for crowds of small things
_CONTOURS = b"\x02"
_ALIKE = b"\x03"  # all pixels have the value of the next byte
_DENSE = 6  # one pixel of so many may differ from its neighbour
_BROKEN = 3  # of so many steps of contours, one may be a beginning
_FARTHEST = 127  # columns from a row to the next, within a contour


def pack_pixels(pixels: Pixels) -> bytes:
    """Compress (height, width) uint8, SIDE pixels a side at most.

    Where a row has as many changes of class as the row above, and the same ones, only how far each of them
    has moved is stored, contour by contour: half of what the places of all changes take, a fifth of the
    deflated pixels.
    """
    if (pixels == pixels[0, 0]).all():
        return _ALIKE + bytes(pixels[:1, 0])
    return _contours(pixels) or _changes(pixels) or zlib.compress(pixels.tobytes(), 1)


def unpack_pixels(data: bytes, height: int, width: int) -> Pixels:
    """What `pack_pixels` was given.

    Raises:
        ValueError, zlib.error: the data is no such tile, to its very last byte.
    """
    kind = data[:1]
    if kind == _ALIKE:
        if len(data) != 2:
            raise ValueError("a tile of one value is two bytes")
        return np.full((height, width), data[1], np.uint8)
    if kind == _CONTOURS:
        return _from_contours(_inflated(data[1:], 4 * (height + 1) * (width + 1)), height, width)
    if kind == _CHANGES:
        return _from_changes(_inflated(data[1:], 3 * height * width), height, width)
    return _inflated(data, height * width).reshape(height, width)


def _contours(pixels: Pixels) -> bytes | None:
    """None where there are so many contours, or so short ones, that it does not pay.

    Rows whose changes continue those above make a stretch. Stored: how many stretches; of each its rows and
    its changes a row; of each contour its first column and its change of value; of each the steps from row to
    row, contour after contour.
    """
    height, width = pixels.shape
    edges = pixels.copy()
    edges[:, 1:] ^= pixels[:, :-1]
    places = np.flatnonzero(edges.ravel() != 0)
    if places.size > pixels.size // _DENSE:
        return None
    rows = places // width
    columns = places - rows * width
    values = edges.ravel()[places]
    counts = np.bincount(rows, minlength=height)

    goes_on = np.zeros(height, bool)
    goes_on[1:] = counts[1:] == counts[:-1]
    above = np.where(goes_on[rows], np.arange(places.size) - counts[rows], 0)
    steps = columns - columns[above]
    apart = goes_on[rows] & ((values != values[above]) | (np.abs(steps) > _FARTHEST))
    goes_on[rows[apart]] = False

    first = np.flatnonzero(~goes_on)  # rows in which stretches begin
    lengths = np.diff(first, append=height)
    begins = ~goes_on[rows]
    if _BROKEN * np.count_nonzero(begins) > places.size:
        return None
    # From row after row to contour after contour, within each stretch.
    stretch = np.repeat(np.arange(first.size), lengths)[rows]
    starts = np.cumsum(counts) - counts
    at = starts[first][stretch]
    within = np.arange(places.size) - starts[rows]
    order = at + within * lengths[stretch] + rows - first[stretch]
    moved = np.zeros(places.size, np.uint8)
    moved[order] = np.where(begins, 0, steps).astype(np.int8).view(np.uint8)
    kept = np.ones(places.size, bool)
    kept[order[begins]] = False

    sizes = counts[first].astype("<u2").view(np.uint8).reshape(-1, 2)
    parts = (
        np.array([first.size], "<u2").tobytes(),
        (lengths - 1).astype(np.uint8).tobytes(),
        sizes[:, 1].tobytes(),
        sizes[:, 0].tobytes(),
        columns[begins].astype(np.uint8).tobytes(),
        values[begins].tobytes(),
        moved[kept].tobytes(),
    )
    return _CONTOURS + _deflated(b"".join(parts), 6, zlib.Z_FILTERED)


def _from_contours(data: Pixels, height: int, width: int) -> Pixels:
    count = int.from_bytes(data[:2].tobytes(), "little")
    table = data[2 : 2 + 3 * count].reshape(3, count).astype(np.int64)
    lengths, changes = table[0] + 1, table[1] << 8 | table[2]
    if lengths.sum() != height or (changes > width).any():
        raise ValueError("the rows of the contours are not those of the tile")
    contours = int(changes.sum())
    total = int((lengths * changes).sum())
    rest = data[2 + 3 * count :]
    if rest.size != contours + total:
        raise ValueError("there are more or fewer steps than the contours have")
    columns, values, steps = (
        rest[:contours].astype(np.int64),
        rest[contours : 2 * contours],
        rest[2 * contours :],
    )

    long = np.repeat(lengths, changes)  # rows of each contour
    starts = np.cumsum(long) - long
    kept = np.ones(total, bool)
    kept[starts] = False
    moved = np.zeros(total, np.int64)
    moved[kept] = steps.view(np.int8)
    moved = np.cumsum(moved)
    x = moved + np.repeat(columns - moved[starts], long)
    if total and (x.min() < 0 or x.max() >= width):
        raise ValueError("a contour leaves the tile")
    top = np.repeat(np.cumsum(lengths) - lengths, changes)
    y = np.arange(total) + np.repeat(top - starts, long)
    edges = np.zeros((width, height), np.uint8)
    edges[x, y] = np.repeat(values, long)
    return np.asarray(cv2.transpose(_accumulated(edges)), np.uint8)  # a tenth of what numpy takes


def _changes(pixels: Pixels) -> bytes | None:
    """The places of pixels that differ from the one above, and how they differ; None where it is noise."""
    rows = pixels.copy()
    rows[1:] ^= pixels[:-1]
    flat = rows.ravel()
    places = np.flatnonzero(flat != 0)
    if places.size > flat.size // _DENSE:
        return None
    gaps = np.diff(places, prepend=0).astype("<u2").view(np.uint8).reshape(-1, 2)
    # High bytes by themselves are mostly zeros.
    return _CHANGES + _deflated(gaps[:, 1].tobytes() + gaps[:, 0].tobytes() + flat[places].tobytes(), 1)


def _from_changes(data: Pixels, height: int, width: int) -> Pixels:
    high, low, changes = data.reshape(3, -1)
    places = np.cumsum(high.astype(np.int64) << 8 | low)
    if places.size and places[-1] >= height * width:
        raise ValueError("a change lies beyond the tile")
    rows = np.zeros((height, width), np.uint8)
    rows.ravel()[places] = changes
    return _accumulated(rows)


def _accumulated(rows: Pixels) -> Pixels:
    """Each row XOR all above it."""
    # Eight pixels at a time take a fourteenth of the time that one at a time does.
    eights = rows.view(np.uint64) if rows.shape[1] % 8 == 0 else rows
    return np.bitwise_xor.accumulate(eights, axis=0).view(np.uint8)


def _deflated(data: bytes, level: int, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    # zlib prepares a quarter of a megabyte for each stream, unless it is told how little there is.
    bits = min(15, max(9, len(data).bit_length()))
    stream = zlib.compressobj(level, zlib.DEFLATED, bits, min(8, max(1, bits - 5)), strategy)
    return stream.compress(data) + stream.flush()


def _inflated(data: bytes, most: int) -> Pixels:
    """All that a stream of zlib's holds; a lying one cannot fill the memory."""
    stream = zlib.decompressobj()
    pixels = stream.decompress(data, most + 1)
    if not stream.eof or stream.unused_data:
        raise ValueError("the data does not end where the tile does")
    return np.frombuffer(pixels, np.uint8)
