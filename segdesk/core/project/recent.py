"""The newest patches, kept in memory in the form that is undone quickly."""

from __future__ import annotations

from collections import OrderedDict

from segdesk.core.patch import Patch

_BUDGET = 96 << 20  # bytes


class RecentPatches:
    """Patches by their id in the project, the one that was used last last; the oldest go first."""

    def __init__(self, budget: int = _BUDGET) -> None:
        self._budget = budget
        self._patches: OrderedDict[int, Patch] = OrderedDict()
        self._size = 0

    def add(self, patch_id: int, patch: Patch) -> None:
        """Keep a patch, if it has pieces at all."""
        self._drop(patch_id)  # of that id, there was one that never came to be
        if patch.pieces is None:
            return
        self._patches[patch_id] = patch
        self._size += _size(patch)
        while self._size > self._budget:
            self._drop(next(iter(self._patches)))

    def get(self, patch_id: int) -> Patch | None:
        """The patch of that id, if it is still here."""
        patch = self._patches.get(patch_id)
        if patch is not None:
            self._patches.move_to_end(patch_id)
        return patch

    def _drop(self, patch_id: int) -> None:
        patch = self._patches.pop(patch_id, None)
        if patch is not None:
            self._size -= _size(patch)


def _size(patch: Patch) -> int:
    return patch.size + (patch.pieces.size if patch.pieces is not None else 0)
