"""Where the model was unsure, for the last few samples that were looked at."""

from __future__ import annotations

from collections import OrderedDict

from segdesk.core.mask import Plane

_BYTES = 128 * 2**20


class UncertaintyMaps:
    """Planes of uncertainty by sample, within a budget of memory; the latest one is always kept."""

    def __init__(self, budget: int = _BYTES) -> None:
        """budget: bytes."""
        self._budget = budget
        self._kept: OrderedDict[int, tuple[int, Plane | None]] = OrderedDict()

    def knows(self, sample_id: int, version: int) -> bool:
        """Whether there is an answer of this model version, be it that there is no plane."""
        return sample_id in self._kept and self._kept[sample_id][0] == version

    def get(self, sample_id: int) -> Plane | None:
        """The latest (height, width) uint8 plane, whichever version it is of; None where there is none."""
        if sample_id not in self._kept:
            return None
        self._kept.move_to_end(sample_id)
        return self._kept[sample_id][1]

    def keep(self, sample_id: int, version: int, plane: Plane | None) -> None:
        """Remember what a version said; None: it could say nothing."""
        self._kept[sample_id] = (version, plane)
        self._kept.move_to_end(sample_id)
        size = sum(_size(kept) for _, kept in self._kept.values())
        while size > self._budget and len(self._kept) > 1:
            size -= _size(self._kept.popitem(last=False)[1][1])

    def clear(self) -> None:
        """Forget everything: other samples have these ids now."""
        self._kept.clear()


def _size(plane: Plane | None) -> int:
    return 0 if plane is None else int(plane.nbytes)
