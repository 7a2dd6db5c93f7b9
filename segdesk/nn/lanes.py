"""Sharing the processor's cores: several tiles at a time, each in a thread of its own.

Cores that work on one tile wait for each other after every layer, and can do nothing else meanwhile. Tiles
that have a core each never wait, and whoever reads and writes files takes what is left of any core.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import torch

# Of all batches that a network looks at: what the largest single tile has, so that memory suffices as well.
_PIXELS = 864**2
_WORTH = 2**14  # pixels of a batch; with fewer, handing it to a thread costs more than that saves

P = ParamSpec("P")
T = TypeVar("T")


class Lanes:
    """Threads that show batches to a network; close them in the end."""

    def __init__(self, device: torch.device) -> None:
        self._cores = torch.get_num_threads() if device.type == "cpu" else 1
        self._count = 0
        self._threads: ThreadPoolExecutor | None = None

    def abreast(self, pixels: int) -> int:
        """How many batches of so many pixels go at a time; 1 where all cores had better work on each."""
        if pixels < _WORTH:
            return 1
        if self._threads is None:
            return _shares(self._cores, pixels)[0]
        return self._count if self._count * pixels <= _PIXELS else 1

    def submit(self, pixels: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have something done with a batch of so many pixels, more than one of which go at a time."""
        if self._threads is None:
            self._count, width = _shares(self._cores, pixels)
            self._threads = narrow(self._count, "lane", width)
        return self._threads.submit(work, *args, **kwargs)

    def close(self) -> None:
        """Wait for what is being done, and forget the rest."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)


def narrow(count: int, name: str, width: int = 1) -> ThreadPoolExecutor:
    """So many threads, each of which computes with `width` cores; the caller's own number stays."""
    cores = torch.get_num_threads()
    threads = ThreadPoolExecutor(count, name, initializer=_compute_with, initargs=(width,))
    begun = threading.Barrier(count + 1)
    for _ in range(count):
        threads.submit(begun.wait)
    begun.wait()
    torch.set_num_threads(cores)  # threads begin with what was last said, in any thread
    return threads


def _compute_with(width: int) -> None:
    torch.get_num_threads()  # a thread takes the others' number when it first asks, and would do so later
    torch.set_num_threads(width)


def _shares(cores: int, pixels: int) -> tuple[int, int]:
    """How many batches of so many pixels at a time, and how many cores each gets."""
    width = -(-cores // max(1, _PIXELS // max(1, pixels)))
    return cores // width, width
