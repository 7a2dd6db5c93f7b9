"""Two halves of a piece of work at once, where it is a matter of milliseconds and lies in memory."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

_other = ThreadPoolExecutor(1, thread_name_prefix="other half")


def both(one: Callable[[], object], other: Callable[[], object]) -> None:
    """Do the one here and the other in a thread, and wait for it.

    Worth it from a millisecond a half on, and where most of it is done without Python's lock, as in large
    arrays. Neither half may call this again.
    """
    rest = _other.submit(other)
    try:
        one()
    finally:
        rest.result()
