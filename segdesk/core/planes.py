"""Memory for planes of an image's size, of which often only a little is ever written."""

from __future__ import annotations

import mmap
import threading
import time
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

_LARGE = 1 << 22  # bytes; for less, numpy asks the system for nothing special
_WARMED = 1 << 28  # bytes; larger planes would take more memory than a quick hand is worth
_STEP = 1 << 18  # bytes that are warmed at once: others wait meanwhile
_PAUSE = 0.0005  # seconds in between
_TOUCH = 23  # MADV_POPULATE_WRITE of Linux 5.14, which Python has no name for
_SMALL_PAGES = getattr(mmap, "MADV_NOHUGEPAGE", None)  # Linux only; no other system has such trouble


def blank_plane(height: int, width: int) -> NDArray[np.uint8]:
    """(height, width) uint8, all zero; what is never written takes no memory.

    numpy asks for large pages of memory. Each must be cleared when it is first written to, up to 2 MB for a
    single pixel, and a stroke of a brush would wait for that (measured: 5 ms an event).

    Raises:
        MemoryError: there is not so much.
    """
    size = height * width
    if size < _LARGE or _SMALL_PAGES is None:
        return np.zeros((height, width), np.uint8)
    try:
        memory = mmap.mmap(-1, size)
    except OSError as error:
        raise MemoryError from error
    with suppress(OSError):  # a system built without large pages does not know the word
        memory.madvise(_SMALL_PAGES)
    return np.frombuffer(memory, np.uint8).reshape(height, width)


def warm(*planes: NDArray[np.uint8]) -> None:
    """Let the system prepare the memory of blank planes that will be painted on, in a thread.

    Nothing in them changes. Where the system cannot do it, or they are very large, nothing happens.
    """
    memories = [memory for plane in planes if (memory := _memory_of(plane)) is not None]
    if memories and sum(map(len, memories)) <= _WARMED:
        threading.Thread(target=_warm, args=(memories,), name="warm", daemon=True).start()


def _warm(memories: list[mmap.mmap]) -> None:
    with suppress(OSError):
        for memory in memories:
            for start in range(0, len(memory), _STEP):
                memory.madvise(_TOUCH, start, min(_STEP, len(memory) - start))
                time.sleep(_PAUSE)


def _memory_of(plane: NDArray[np.uint8]) -> mmap.mmap | None:
    base: object = plane
    while isinstance(base, np.ndarray):
        base = base.base
    owner = base.obj if isinstance(base, memoryview) else base
    return owner if isinstance(owner, mmap.mmap) and _SMALL_PAGES is not None else None
