"""Thinning of all objects at once, down to lines of one pixel.

After Zhang and Suen (1984), "A fast parallel algorithm for thinning digital patterns". While much goes in a
pass, 64 pixels are looked at in one operation; when little does, only those whose neighbours have changed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segdesk.core.measure.lattice import Ids

_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # clockwise from above
_WORD = 64  # pixels
_AT_ONCE = 4096  # words, so that all that is worked out of them stays in the processor's cache
_LITTLE = 16  # words to a pixel that goes: beyond, it is faster to look at single pixels

Words = NDArray[np.uint64]
_ONE, _LAST = np.uint64(1), np.uint64(_WORD - 1)


def _tables() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of the 256 neighbourhoods let a pixel go in the first and in the second half of a pass."""
    code = np.arange(256)
    bits = (code[:, None] >> np.arange(8)) & 1
    many = bits.sum(axis=1)
    changes = ((bits == 0) & (np.roll(bits, -1, axis=1) == 1)).sum(axis=1)
    above, right, below, left = bits[:, 0], bits[:, 2], bits[:, 4], bits[:, 6]
    thin = (many >= 2) & (many <= 6) & (changes == 1)
    first = thin & (above * right * below == 0) & (right * below * left == 0)
    second = thin & (above * right * left == 0) & (above * below * left == 0)
    return first, second


_HALVES = _tables()


def thin(ids: Ids) -> NDArray[np.bool_]:
    """(height, width) bool: the middle lines of numbered objects; each object keeps at least a pixel."""
    inside = ids > 0
    peeled = _Plane(ids, inside)
    peeled.peel()
    flat = np.pad(ids, 1).ravel()
    before = np.bincount(ids[inside])
    left = np.zeros_like(before)
    look = np.empty(0, np.intp)
    if len(before):
        alive = peeled.pixels()
        line, border = _padded(alive), _padded(alive & ~peeled.inner())
        left = np.bincount(flat[line], minlength=len(before))
        vanished = (before > 0) & (left == 0)
        if vanished.any():  # squares of four pixels go at once: these begin anew, one pixel at a time
            whole = np.flatnonzero(vanished[flat] & (flat > 0))
            line[whole] = True
            left[vanished] = before[vanished]
            border[whole] = True
        flat[~line] = 0
        look = np.flatnonzero(border)
    _finish(flat, ids.shape[1] + 2, look, left)
    return np.asarray(flat.reshape(-1, ids.shape[1] + 2)[1:-1, 1:-1] > 0)


class _Plane:
    """Pixels that are left, a bit each; words of a row follow each other, and nothing lies around them.

    links: of each second neighbour, where a pixel and it are of one object; empty where no objects touch.
    """

    def __init__(self, ids: Ids, inside: NDArray[np.bool_]) -> None:
        self._shape = ids.shape
        self._row = ids.shape[1] // _WORD + 1  # at least a bit is free at the end
        self._size = ids.shape[0] * self._row
        self._left = self._packed(inside)
        self._links: list[Words] = []
        links = [self._link(ids, dy, dx) for dy, dx in _AROUND[2:6]]
        if any(link is not None for link in links):
            self._links = [link if link is not None else ~np.zeros_like(self._left) for link in links]

    def peel(self) -> None:
        """Take away what both halves of a pass let go, as long as that is much."""
        while self._half(first=True) + self._half(first=False) > 2 * self._size // _LITTLE:
            pass

    def pixels(self) -> NDArray[np.bool_]:
        """(height, width): those that are left."""
        return self._unpacked(self._left)

    def inner(self) -> NDArray[np.bool_]:
        """(height, width): those with a neighbour on each of their four sides."""
        found = self._left.copy()
        for start, stop in self._parts():
            above, right, below, left = self._around(start, stop)[::2]
            found[start:stop] &= above & right & below & left
        return self._unpacked(found)

    def _half(self, *, first: bool) -> int:
        """How many pixels half a pass has taken away."""
        out = np.zeros_like(self._left)
        for start, stop in self._parts():
            here = self._left[start:stop]
            if here.any():
                out[start:stop] = here & _let_go_bits(self._around(start, stop), first=first)
        self._left &= ~out
        return int(np.bitwise_count(out).sum())

    def _parts(self) -> list[tuple[int, int]]:
        start, end = self._row + 1, self._row + 1 + self._size
        return [(at, min(at + _AT_ONCE, end)) for at in range(start, end, _AT_ONCE)]

    def _around(self, start: int, stop: int) -> list[Words]:
        """The eight neighbours of the pixels in some words, clockwise from above."""
        found: list[Words] = []
        for direction, (dy, dx) in enumerate(_AROUND):
            there = _beside(self._left, start + dy * self._row, stop + dy * self._row, dx)
            if self._links and 2 <= direction < 6:
                there = there & self._links[direction - 2][start:stop]
            elif self._links:  # the link is kept at the other end
                link = self._links[(direction + 4) % 8 - 2]
                there = there & _beside(link, start + dy * self._row, stop + dy * self._row, dx)
            found.append(there)
        return found

    def _link(self, ids: Ids, dy: int, dx: int) -> Words | None:
        """Where a pixel's number and that of a neighbour are not two; None where that is so everywhere."""
        height, width = ids.shape
        here = ids[: height - dy, max(0, -dx) : width - max(0, dx)]
        there = ids[dy:, max(0, dx) : width - max(0, -dx)]
        plane = np.zeros(ids.shape, np.bool_)
        np.not_equal(here, there, out=plane[: height - dy, max(0, -dx) : width - max(0, dx)])
        parted = self._packed(plane)
        start, stop = self._row + 1, self._row + 1 + self._size
        both = self._left[start:stop] & _beside(self._left, start + dy * self._row, stop + dy * self._row, dx)
        return ~parted if (parted[start:stop] & both).any() else None

    def _packed(self, plane: NDArray[np.bool_]) -> Words:
        padded = np.zeros((self._shape[0], self._row * _WORD // 8), np.uint8)
        bits = np.packbits(plane, axis=1, bitorder="little")
        padded[:, : bits.shape[1]] = bits
        words = np.zeros(self._size + 2 * (self._row + 1), np.uint64)
        words[self._row + 1 : self._row + 1 + self._size] = padded.view("<u8").ravel()
        return words

    def _unpacked(self, words: Words) -> NDArray[np.bool_]:
        own = words[self._row + 1 : self._row + 1 + self._size].astype("<u8").view(np.uint8)
        rows = own.reshape(self._shape[0], -1)
        return np.unpackbits(rows, axis=1, count=self._shape[1], bitorder="little").view(np.bool_)


def _beside(words: Words, start: int, stop: int, dx: int) -> Words:
    """Some words, moved so that each pixel has the value of the one that is dx beside it."""
    here = words[start:stop]
    if dx == 0:
        return here
    if dx > 0:
        return (here >> _ONE) | (words[start + 1 : stop + 1] << _LAST)
    return (here << _ONE) | (words[start - 1 : stop - 1] >> _LAST)


def _let_go_bits(around: list[Words], *, first: bool) -> Words:
    """The same as the tables say, for 64 neighbourhoods at once."""
    n = around
    once, twice = np.zeros_like(n[0]), np.zeros_like(n[0])
    for at in range(0, 8, 2):  # two changes in a row cannot both be from 0 to 1, and so count as one
        change = (~n[at] & n[at + 1]) | (~n[at + 1] & n[(at + 2) % 8])
        twice |= once & change
        once |= change
    # With one change, the neighbours are one run: it is of two or more where it has a side and a corner,
    sides, corners = n[0] | n[2] | n[4] | n[6], n[1] | n[3] | n[5] | n[7]
    # and of seven where the one that is missing stands between two that are there.
    a, b, c = (2, 4, n[0] | n[6]) if first else (0, 6, n[2] | n[4])
    stays = n[a] & n[b] & c
    for side in (a, b):
        stays |= ~n[side] & n[side - 1] & n[side + 1]
    return np.asarray(once & ~twice & sides & corners & ~stays, np.uint64)


def _padded(plane: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.pad(plane, 1).ravel()


def _finish(flat: Ids, wide: int, look: NDArray[np.intp], left: NDArray[np.intp]) -> None:
    """Thin what is left, pixel by pixel.

    flat: numbers, in rows of `wide` with nothing at their edges. look: places that may go.
    left: how many pixels each number has.
    """
    steps = np.array([dy * wide + dx for dy, dx in _AROUND])
    while len(look):
        gone = []
        for let_go in _HALVES:
            look = look[flat[look] > 0]
            own = flat[look]
            code = np.zeros(len(look), np.intp)
            for bit, step in enumerate(steps):
                code |= (flat[look + step] == own).astype(np.intp) << bit
            out = look[let_go[code]]
            gone.append(_let_go(flat, out, left))
            # Pixels of the first half's border that come to light are looked at in the second half too.
            look = _distinct(np.concatenate([look, _neighbours(flat, gone[-1], steps)]))
        look = _neighbours(flat, np.concatenate(gone), steps)


def _let_go(flat: Ids, out: NDArray[np.intp], left: NDArray[np.intp]) -> NDArray[np.intp]:
    """Take pixels away, but for one where an object had no others left; gives those that are gone."""
    own = flat[out]
    left -= np.bincount(own, minlength=len(left))
    last = np.flatnonzero(left[own] == 0)
    if len(last):  # squares of four pixels would vanish at once
        numbers, first = np.unique(own[last], return_index=True)
        left[numbers] += 1
        out = np.delete(out, last[first])
    flat[out] = 0
    return out


def _neighbours(flat: Ids, places: NDArray[np.intp], steps: NDArray[np.intp]) -> NDArray[np.intp]:
    around = (places[:, None] + steps[None, :]).ravel()
    return _distinct(around[flat[around] > 0])


def _distinct(places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Each once, ascending; by sorting, which is many times faster here than by hashing."""
    places = np.sort(places)
    if len(places) < 2:
        return places
    return np.asarray(places[np.concatenate([[True], places[1:] != places[:-1]])])
