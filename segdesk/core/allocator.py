"""What the C library does with memory that was freed: it keeps much of it, and can be told not to."""

from __future__ import annotations

import ctypes
import sys
from functools import cache


def give_back() -> None:
    """Let free memory go back to the system, between the pieces in use as well; takes some milliseconds.

    Where images come and go, some of all that is freed lies between small things that stay, and the process
    grows for hours although the program holds no more. Only glibc can be told; elsewhere nothing happens.
    """
    library = glibc()
    if library is not None:
        library.malloc_trim(0)


@cache
def glibc() -> ctypes.CDLL | None:
    """The C library, where it is one whose `mallopt` and `malloc_trim` can be called."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    # Other libraries of C may have one of the two.
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
