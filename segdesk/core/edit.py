"""Changing a mask in a way that can be taken back.

An Edit lives as long as the mouse is down: it writes to the mask at once, so that the canvas can show
it, and remembers each tile it touches as it was. `finish` turns what happened into one Patch.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.mask import Mask, Plane, TileKey, tile_box, tile_keys
from segdesk.core.patch import Patch, State, Status, TileDelta, difference


class Edit:
    """One change in the making of one mask; only one may be open at a time."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._before: dict[TileKey, tuple[Plane, Plane]] = {}
        self._box = Box(0, 0, 0, 0)

    def assert_class(self, box: Box, covered: NDArray[np.bool_], class_index: int) -> None:
        """A person says that the covered pixels of the box are of this class."""
        self._remember(box)
        # Half the time of an assignment by index, where much is covered.
        np.copyto(self._mask.labels[box.slices], class_index, where=covered)
        np.copyto(self._mask.corrected[box.slices], 1, where=covered)

    def put_back(self, box: Box, covered: NDArray[np.bool_], labels: Plane, corrected: Plane) -> None:
        """Let the covered pixels of the box be what they were: planes of the box's size."""
        self._remember(box)
        self._mask.labels[box.slices][covered] = labels[covered]
        self._mask.corrected[box.slices][covered] = corrected[covered]

    def assert_labels(self, labels: Plane, asserted: NDArray[np.bool_]) -> None:
        """Take over (height, width) `labels` as corrections where `asserted`."""
        self._remember(self._mask.box)
        self._mask.labels[asserted] = labels[asserted]
        self._mask.corrected[asserted] = 1

    def predict(self, labels: Plane) -> None:
        """Take over a model's (height, width) `labels` wherever nobody asserted a class."""
        self._remember(self._mask.box)
        free = self._mask.corrected == 0
        self._mask.labels[free] = labels[free]

    def confirm(self) -> None:
        """A person says that the whole mask is right."""
        self._remember(self._mask.box)
        self._mask.corrected[:] = 1

    def cancel(self) -> Box:
        """Put everything back, and give the box that changed."""
        for key, (labels, corrected) in self._before.items():
            box = tile_box(key, *self._mask.labels.shape)
            self._mask.labels[box.slices] = labels
            self._mask.corrected[box.slices] = corrected
        self._before.clear()
        return self._box

    def finish(self, name: str, before: Status, after: Status) -> Patch | None:
        """The change as a patch, or None if neither the mask nor the status is different now."""
        tiles: dict[TileKey, TileDelta] = {}
        changed = Box(0, 0, 0, 0)
        for key, (labels, corrected) in self._before.items():
            box = tile_box(key, *self._mask.labels.shape)
            delta = TileDelta(
                difference(labels, self._mask.labels[box.slices]),
                difference(corrected, self._mask.corrected[box.slices]),
            )
            if delta.labels is not None or delta.corrected is not None:
                tiles[key] = delta
                changed = changed.unite(box)
        self._before.clear()
        if not tiles and before == after:
            return None
        return Patch(name, changed.intersect(self._box), tiles, before, after)

    def _remember(self, box: Box) -> None:
        self._box = self._box.unite(box)
        for key in tile_keys(box):
            if key not in self._before:
                part = tile_box(key, *self._mask.labels.shape).slices
                self._before[key] = (self._mask.labels[part].copy(), self._mask.corrected[part].copy())


def after_correction(status: Status) -> Status:
    """What a sample's status becomes when a person corrects it: confirmed stays confirmed."""
    if status.state is State.CONFIRMED:
        return status
    return Status(State.CORRECTED, status.predicted_by)


def after_prediction(status: Status, version: int | None) -> Status:
    """What it becomes when a model predicts it."""
    state = State.PREDICTED if status.state in (State.NEW, State.PREDICTED) else status.state
    return Status(state, version)
