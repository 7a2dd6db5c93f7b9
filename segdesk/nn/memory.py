"""Keeping memory at hand while a network works, instead of handing it back to the system after each layer."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

from segdesk.core.allocator import give_back, glibc

# Of glibc's malloc.h: what is freed at the end of the heap beyond this goes back to the system; how much more
# than needed the heap grows by; from which size on memory is mapped by itself, and how many such pieces.
_TRIM, _PAD, _MAP_FROM, _MAPS = -1, -2, -3, -4

_KEPT = {_MAPS: 0, _TRIM: 2**31 - 1, _PAD: 64 * 2**20}
# What the library arrives at by itself in a program that has used large tensors for a while.
_USUAL = {_MAPS: 65_536, _MAP_FROM: 32 * 2**20, _TRIM: 64 * 2**20, _PAD: 128 * 2**10}


@contextmanager
def kept() -> Iterator[None]:
    """Within this, what a layer frees serves the next one; in the end, all of it goes back to the system.

    A tensor of many megabytes is otherwise mapped anew each time, and each of its pages cleared: a fifth of
    the time of a narrow U-Net, and a third of a wide one's in large tiles. Only glibc can be told; elsewhere
    nothing happens. It is a matter of the whole process.
    """
    library = glibc()
    if library is None:
        yield
        return
    _tell(library, _KEPT)
    try:
        yield
    finally:
        _tell(library, _USUAL)
        give_back()


def _tell(library: ctypes.CDLL, options: dict[int, int]) -> None:
    for option, value in options.items():
        library.mallopt(option, value)
