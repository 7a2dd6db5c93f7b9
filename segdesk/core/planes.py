"""Memory for planes of an image's size, of which often only a little is ever written."""

from __future__ import annotations

import ctypes
import mmap
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box

_LARGE = 1 << 22  # bytes; for less, numpy asks the system for nothing special
_WARMED = 1 << 27  # bytes; larger planes would take more memory than a quick hand is worth
_LOOKED_AT = 1 << 30  # bytes; of larger planes, looking all over would take too much memory
_STEP = 1 << 21  # bytes that are warmed at once: who asks for memory waits meanwhile
_PAUSE = 0.0005  # seconds in between
_TOUCH = 23  # MADV_POPULATE_WRITE of Linux 5.14, which Python has no name for
_LOOK = 64  # pixels from one that is looked at to the next
_SMALL_PAGES = getattr(mmap, "MADV_NOHUGEPAGE", None)  # Linux only; no other system has such trouble


def blank_plane(height: int, width: int) -> NDArray[np.uint8]:
    """(height, width) uint8, all zero; of a large one, what is never written takes no memory.

    numpy asks for large pages of memory, which are the fastest to clear and to paint on. But each is cleared
    when it is first written to, up to 2 MB for a single pixel, and a stroke of a brush would wait for that
    (measured: 5 ms an event). What is shown is therefore cleared by `warm`, and of planes that are too large
    for that the pages are small. Up to a gigabyte they are given when they are first looked at (see
    `LookAhead`); of larger planes, on which one pans for long and paints little, only when they change.

    Raises:
        MemoryError: there is not so much.
    """
    size = height * width
    if size <= _WARMED or _SMALL_PAGES is None:
        return np.zeros((height, width), np.uint8)
    try:
        # Of shared memory a look takes a page, of private memory only writing does.
        sharing = mmap.MAP_SHARED if size <= _LOOKED_AT else mmap.MAP_PRIVATE
        memory = mmap.mmap(-1, size, mmap.MAP_ANONYMOUS | sharing)
    except OSError as error:
        raise MemoryError from error
    with suppress(OSError):  # a system built without large pages does not know the word
        memory.madvise(_SMALL_PAGES)
    return np.frombuffer(memory, np.uint8).reshape(height, width)


def warm(*planes: NDArray[np.uint8]) -> None:
    """Let the system prepare the memory of blank planes that will be painted on, in a thread.

    Nothing in them changes. Where the system cannot do it, or they are very large, nothing happens.
    """
    worth = [plane for plane in planes if _LARGE <= plane.nbytes <= _WARMED and plane.flags.c_contiguous]
    if worth and _SMALL_PAGES is not None:
        threading.Thread(target=_warm, args=(worth,), name="warm", daemon=True).start()


class LookAhead:
    """Looks at parts of very large planes, in a thread, before a stroke gets there.

    Each of their rows is a page of memory of its own, and a wide brush would wait for hundreds at a time.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="look ahead")
        self._looking: Future[None] | None = None

    def look(self, planes: Iterable[NDArray[np.uint8]], box: Box) -> None:
        """A stroke is likely to come to this box, of which the planes may have a part only."""
        parts = [plane[box.slices][:, ::_LOOK] for plane in planes if _WARMED < plane.nbytes <= _LOOKED_AT]
        busy = self._looking is not None and not self._looking.done()
        if parts and not busy and _SMALL_PAGES is not None:
            self._looking = self._pool.submit(_look, parts)

    def wait(self) -> None:
        """Until what is being looked at has been."""
        if self._looking is not None:
            self._looking.result()


def _look(parts: list[NDArray[np.uint8]]) -> None:
    for part in parts:
        part.copy()  # without Python's lock, as it is large enough


def _warm(planes: list[NDArray[np.uint8]]) -> None:
    # Python's own madvise keeps the interpreter, and a hand that paints would wait for each step.
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    for plane in planes:
        address, page = plane.ctypes.data, mmap.PAGESIZE
        first, end = -(-address // page) * page, (address + plane.nbytes) // page * page
        for start in range(first, end, _STEP):
            if madvise(start, min(_STEP, end - start), _TOUCH):
                return
            time.sleep(_PAUSE)
