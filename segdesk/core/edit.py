"""Changing a mask in a way that can be taken back.

An Edit lives as long as the mouse is down: it writes to the mask at once, so that the canvas can show
it, and remembers each tile it touches as it was. `finish` turns what happened into one Patch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.borders import beside, between, of_pixels, within_classes, within_pixels
from segdesk.core.geometry import Box
from segdesk.core.mask import Mask, Plane, tile_box
from segdesk.core.patch import Patch, State, Status
from segdesk.core.touched import TouchedTiles


class Edit:
    """One change in the making of one mask; only one may be open at a time."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._touched = TouchedTiles(mask)
        self._drawn: Plane | None = None  # borders that this edit has drawn; None: no one

    def assert_class(self, box: Box, covered: NDArray[np.bool_], class_index: int) -> None:
        """A person says that the covered pixels of the box are of this class."""
        self._touched.remember(box)
        # Half the time of an assignment by index, where much is covered.
        np.copyto(self._mask.labels[box.slices], class_index, where=covered)
        np.copyto(self._mask.corrected[box.slices], 1, where=covered)

    def pack_left(self) -> bool:
        """Do a little of what `finish` would have to do; False: there is nothing yet that could be done."""
        return self._touched.pack_left()

    def put_back(
        self,
        box: Box,
        covered: NDArray[np.bool_],
        labels: Plane,
        corrected: Plane,
        borders: Plane | None = None,
    ) -> None:
        """Let the covered pixels of the box be what they were: planes of the box's size."""
        self._touched.remember(box)
        self._mask.labels[box.slices][covered] = labels[covered]
        self._mask.corrected[box.slices][covered] = corrected[covered]
        if borders is not None:
            self.draw_borders(box, borders, of_pixels(covered), asserted=np.zeros_like(covered))

    def assert_labels(self, labels: Plane, asserted: NDArray[np.bool_], borders: Plane | None = None) -> None:
        """Take over (height, width) `labels` as corrections where `asserted`, with the borders among them."""
        self._touched.remember(self._mask.box)
        self._mask.labels[asserted] = labels[asserted]
        self._mask.corrected[asserted] = 1
        if borders is not None:
            self.draw_borders(self._mask.box, borders, within_pixels(asserted))

    def predict(self, labels: Plane, borders: Plane | None = None) -> None:
        """Take over (height, width) `labels` that nobody asserted wherever nobody asserted others.

        borders: between objects of them, as in `segdesk.core.borders`.
        """
        self._touched.remember(self._mask.box)
        free = self._mask.corrected == 0
        self._mask.labels[free] = labels[free]
        if borders is not None:
            self.draw_borders(self._mask.box, borders, within_pixels(free), asserted=np.zeros_like(free))

    def confirm(self) -> None:
        """A person says that the whole mask is right."""
        self._touched.remember(self._mask.box)
        self._mask.corrected[:] = 1

    @property
    def bounds(self) -> Box:
        """The whole mask."""
        return self._mask.box

    def divide(
        self, box: Box, numbers: NDArray[np.integer[Any]], *, asserted: NDArray[np.bool_] | None = None
    ) -> None:
        """Say which objects the pixels of a box belong to; it changes no class, and comes after what does.

        numbers: (box.height, box.width), as in `borders.between`; neighbours of one class are parted where
            their numbers differ, and joined where they are the same.
        asserted: where pixels beside a new border become corrections, so that no prediction takes their
            class, and the border with it; None: everywhere.
        """
        parted, known = between(numbers)
        self.draw_borders(box, parted, known, asserted=asserted)

    def draw_borders(
        self, box: Box, parted: Plane, known: Plane, *, asserted: NDArray[np.bool_] | None = None
    ) -> None:
        """The same by the bits of `segdesk.core.borders`: of the `known` neighbours, who is parted."""
        parted = parted & known & within_classes(self._mask.labels[box.slices])
        if self._mask.borders is None and not parted.any():
            return
        self._touched.remember(box)
        borders = self._mask.with_borders()[box.slices]
        news = beside(parted & ~borders)
        borders &= ~known
        borders |= parted
        if self._drawn is None:
            self._drawn = np.zeros(self._mask.labels.shape, np.uint8)
        self._drawn[box.slices] |= parted
        self._mask.corrected[box.slices][news if asserted is None else news & asserted] = 1

    def cancel(self) -> Box:
        """Put everything back, and give the box that changed."""
        self._touched.put_back()
        return self._touched.box

    def finish(self, name: str, before: Status, after: Status) -> Patch | None:
        """The change as a patch, or None if neither the mask nor the status is different now."""
        self._end_borders()
        tiles, pieces = self._touched.take()
        if not tiles and before == after:
            return None
        changed = Box(0, 0, 0, 0)
        for key in tiles:
            changed = changed.unite(tile_box(key, *self._mask.labels.shape))
        return Patch(name, changed.intersect(self._touched.box), tiles, before, after, pieces)

    def _end_borders(self) -> None:
        """Take away the borders of pixels that have another class now: they were between what is gone."""
        borders = self._mask.borders
        if borders is None:
            return
        for box, labels in self._touched.labels_before():
            region = box.grow(1).intersect(self._mask.box)
            if not borders[region.slices].any():
                continue
            now = self._mask.labels[region.slices]
            changed = np.zeros(now.shape, np.bool_)
            y, x = box.y - region.y, box.x - region.x
            changed[y : y + box.height, x : x + box.width] = labels != self._mask.labels[box.slices]
            if not changed.any():
                continue
            ended = of_pixels(changed) & borders[region.slices]
            if self._drawn is not None:
                ended &= ~(self._drawn[region.slices] & within_classes(now))
            if ended.any():
                rows, columns = np.flatnonzero(ended.any(axis=1)), np.flatnonzero(ended.any(axis=0))
                left, top = region.x + int(columns[0]), region.y + int(rows[0])
                right, bottom = region.x + int(columns[-1]) + 1, region.y + int(rows[-1]) + 1
                self._touched.remember(Box(left, top, right - left, bottom - top))
                borders[region.slices] &= ~ended


def after_correction(status: Status) -> Status:
    """What a sample's status becomes when a person corrects it: confirmed stays confirmed."""
    if status.state is State.CONFIRMED:
        return status
    return Status(State.CORRECTED, status.predicted_by)


def after_prediction(status: Status, version: int | None) -> Status:
    """What it becomes when a model predicts it."""
    state = State.PREDICTED if status.state in (State.NEW, State.PREDICTED) else status.state
    return Status(state, version)
