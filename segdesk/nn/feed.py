"""The images of a request, read by some threads before the network asks for them."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import ExitStack

from segdesk.core.errors import ImageError
from segdesk.core.images.failures import needs_more_memory
from segdesk.core.jobs import PredictItem
from segdesk.nn.picture import opened
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.tile_batches import Readable

_THREADS = max(2, min(8, os.cpu_count() or 2))
_PIXELS = 64 * 2**20  # of all images that are in memory; a larger one is read when its turn comes
_SMALL = 4 * 2**20  # and up to which more of them are read ahead than there are threads
_MOST = 64  # images


class ImageFeed:
    """A feed for `segdesk.nn.stream`; close it in the end."""

    def __init__(self, items: Sequence[PredictItem], spec: NetworkSpec) -> None:
        self._items = items
        self._spec = spec
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="images")
        self._coming: deque[Future[Readable | ImageError]] = deque()
        self._begun = 0
        self._taken = 0
        self._open: dict[int, tuple[ExitStack, int]] = {}  # what lets each go, and its pixels
        self._held = 0  # pixels of them all
        self._changed = threading.Condition()
        self._awaited = -1  # the image that the network has nothing to do without
        self._closed = False

    def is_ready(self) -> bool:
        """Whether the next one is there; False when there are no more."""
        self._go_ahead()
        return bool(self._coming) and self._coming[0].done()

    def take(self) -> Readable | ImageError | None:
        """The next one, or why it cannot be read; None when there are no more."""
        self._go_ahead()
        if not self._coming:
            return None
        future = self._coming.popleft()
        with self._changed:
            self._awaited = self._taken
            self._changed.notify_all()
        self._taken += 1
        found = future.result()
        self._go_ahead()
        return found

    def done(self, number: int) -> None:
        """Let an image go."""
        with self._changed:
            held = self._open.pop(number, None)
            if held is not None:
                self._held -= held[1]
            self._changed.notify_all()
        if held is not None:
            held[0].close()

    def too_large(self, number: int, error: MemoryError | RuntimeError) -> ImageError:
        return needs_more_memory(self._items[number].source.path)

    def close(self) -> None:
        """End the threads, and let go what was read for nobody."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._threads.shutdown(cancel_futures=True)
        for files, _ in self._open.values():
            files.close()

    def _go_ahead(self) -> None:
        while self._begun < len(self._items) and len(self._coming) < _MOST:
            if len(self._coming) >= 2 * _THREADS and self._held > _SMALL:
                break
            self._coming.append(self._threads.submit(self._read, self._begun))
            self._begun += 1

    def _read(self, number: int) -> Readable | ImageError:
        item, files = self._items[number], ExitStack()
        try:
            return files.enter_context(
                opened(
                    item.source,
                    self._spec,
                    lambda pixels: self._make_room(number, pixels, files),
                    item.pixels,
                )
            )
        except ImageError as error:
            self.done(number)
            return error

    def _make_room(self, number: int, pixels: int, files: ExitStack) -> None:
        """Wait until an image fits in beside the others, or nothing goes on without it."""
        with self._changed:
            while not self._closed and number != self._awaited:
                if self._held + pixels <= _PIXELS:
                    break
                self._changed.wait()
            if self._closed:
                raise CancelledError
            self._open[number] = files, pixels
            self._held += pixels
