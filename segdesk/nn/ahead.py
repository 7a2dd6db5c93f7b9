"""Drawing the next batch while the device learns from the last one."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from torch import Tensor

from segdesk.nn.sampling import Batch, Sampler


class Ahead:
    """A sampler that works on a thread of its own, one batch ahead; close it in the end.

    The sampler's generator must be its own.

    The batches are those that the sampler draws, in its order. Where the plan changes, the one that was
    drawn for the old plan is dropped.
    """

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="batches")
        self._wanted = (0, 0)
        self._next: Future[Batch] | None = None

    def batch(self, size: int, crop: int) -> Batch:
        """The next batch of `size` crops of `crop` pixels a side."""
        if self._next is None or self._wanted != (size, crop):
            self._wanted = size, crop
            self._next = self._thread.submit(self._sampler.batch, size, crop)
        batch = self._next.result()
        self._next = self._thread.submit(self._sampler.batch, size, crop)
        return batch

    def renewed(self) -> None:
        """The pieces have changed; the batch that is being drawn may still be of before."""
        self._sampler.renewed()

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)
        self._sampler.close()

    def tensors(self) -> dict[str, Tensor]:
        return self._sampler.tensors()

    def facts(self) -> dict[str, Any]:
        """What the sampler keeps, once it has drawn the next batch, which a resumed training leaves out."""
        if self._next is not None:
            self._next.result()
        return self._sampler.facts()

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Go on from what `facts` gave; nothing may have been drawn yet."""
        self._sampler.restore(tensors, facts)
