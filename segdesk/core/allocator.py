"""What the C library does with memory that was freed: it keeps some of it, and can be told how much.

Only glibc can be told; elsewhere nothing happens. It is a matter of the whole process.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from functools import cache

# Of glibc's malloc.h: what is freed at the end of the heap beyond this goes back to the system; how much more
# than needed the heap grows by; from which size on memory is mapped by itself, and how many such pieces.
TRIM, PAD, MAP_FROM, MAPS = -1, -2, -3, -4

_LARGEST = 32 * 2**20  # bytes that `MAP_FROM` can be
_FRAMES = 64 * 2**20  # bytes; more than all the arrays that are made on the way to a picture of the canvas


def tell(options: Mapping[int, int]) -> None:
    """Set what the constants above name, in bytes or pieces."""
    library = _glibc()
    if library is not None:
        for option, value in options.items():
            library.mallopt(option, value)


def keep_frames() -> None:
    """Let what one picture has freed serve the next one, until `give_back`.

    Arrays of many megabytes are otherwise mapped anew each time, and each of their pages cleared: more than
    half of the time that a step of zooming takes (measured).
    """
    tell({MAP_FROM: _LARGEST, TRIM: _FRAMES})


def give_back() -> None:
    """Let free memory go back to the system, between the pieces in use as well; takes some milliseconds.

    Where images come and go, some of all that is freed lies between small things that stay, and the process
    grows for hours although the program holds no more.
    """
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    """The C library, where it is one whose `mallopt` and `malloc_trim` can be called."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    # Other libraries of C may have one of the two.
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
