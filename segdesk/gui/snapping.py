"""Snapping the last stroke: its outline moves to the image's edges, or to those of its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from segdesk.core.assisted.pixels import within
from segdesk.core.assisted.snapping import to_edges, to_neighbours_within
from segdesk.core.document import Document
from segdesk.core.edit import Edit
from segdesk.core.errors import SegdeskError
from segdesk.core.geometry import Box
from segdesk.core.mask import Plane, tile_box, tile_keys, unpack_tile
from segdesk.core.painting import Coverage
from segdesk.core.patch import Patch
from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas
from segdesk.gui.tools.background import Background
from segdesk.gui.tools.options import ToolOptions
from segdesk.gui.workbench import Workbench

_REACH = 8.0  # canvas pixels that an outline may move,
_LEAST, _MOST = 2, 12  # but so many pixels of the image

Bools = NDArray[np.bool_]
Snap = Callable[[Coverage], Coverage]


@dataclass(frozen=True)
class Stroke:
    """What the last stroke did in `box`: planes of the box's size, before it and after it.

    changed: the pixels that it made `class_index`. borders: those before it; None where there were none.
    """

    box: Box
    before: tuple[Plane, Plane]
    after: tuple[Plane, Plane]
    changed: Bools
    class_index: int
    borders: Plane | None


@dataclass(frozen=True)
class _Snapped:
    """Pixels of a stroke's box: which of them the shape takes in, and which it gives back."""

    grown: Bools
    dropped: Bools


class Snapping(QObject):
    """The orders that snap; each is a step of undo of its own, on top of the stroke's."""

    def __init__(self, bench: Workbench, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._canvas = canvas
        # Where the last stroke led: the stroke and its snaps, by the state of the mask after them.
        self._last: tuple[Document, dict[int, tuple[Patch, ...]]] | None = None
        self._background = Background(self._stamp, self)
        self._background.failed.connect(canvas.hint)
        canvas.stroke_finished.connect(self._on_stroke)

    def snap_to_edges(self) -> None:
        """Move the outline of the last stroke to the image's edges nearby."""
        image = self._canvas.image
        stroke, reach = self._stroke(), self._reach()
        if stroke is not None and image is not None:
            self._snap(stroke, lambda shape: to_edges(image, shape, reach), tr("Snap to edges"))
        elif stroke is not None:
            self._canvas.show_hint(tr("This image is too large for tools that look at all of its pixels."))

    def snap_to_neighbours(self) -> None:
        """Let the last stroke end where its neighbours begin: no gap, and nothing taken from them."""
        stroke, reach = self._stroke(), self._reach()
        if stroke is None:
            return
        labels, box, index = stroke.before[0], stroke.box, stroke.class_index

        def fit(shape: Coverage) -> Coverage:
            return to_neighbours_within(box, shape, labels, index, reach)

        self._snap(stroke, fit, tr("Snap to neighbours"))

    @property
    def is_busy(self) -> bool:
        """Whether the mask may still change."""
        return self._background.is_busy

    def stop(self) -> None:
        """Wait for what is under way."""
        self._background.close()

    def _stamp(self) -> object:
        document = self._bench.document
        return document, document.revision if document is not None else 0

    @Slot(object)
    def _on_stroke(self, patch: Patch) -> None:
        document = self._bench.document
        kept = document is not None and self._canvas.can_take_back  # and not taken back just now
        self._last = (document, {document.revision: (patch,)}) if document is not None and kept else None

    def _reach(self) -> int:
        return round(min(max(_REACH / self._canvas.widget_scale(), _LEAST), _MOST))

    def _stroke(self) -> Stroke | None:
        document, last = self._bench.document, self._last
        if document is None:
            self._canvas.show_hint(tr("There is no image to paint on: open one first."))
            return None
        if last is None or last[0] is not document or document.revision not in last[1] or document.is_editing:
            self._canvas.show_hint(tr("Paint something first: it is the last stroke that snaps."))
            return None
        stroke = stroke_of(document, last[1][document.revision], self._reach() + 8)
        if stroke is not None and stroke.class_index in self._canvas.options.locked:
            self._canvas.show_hint(tr("This class is locked: unlock it, or choose another one."))
            return None
        return stroke

    def _snap(self, stroke: Stroke, snap: Snap, name: str) -> None:
        free = may_grow(stroke, self._canvas.options)
        reach = self._reach()
        self._background.run(lambda: _snapped(stroke, snap, free, reach), partial(self._keep, stroke, name))

    def _keep(self, stroke: Stroke, name: str, snapped: _Snapped) -> None:
        document = self._bench.document
        if document is None or document.is_editing:
            return
        if not (snapped.grown.any() or snapped.dropped.any()):
            self._canvas.show_hint(tr("The outline stays: there is nothing nearby that it could snap to."))
            return

        def change(edit: Edit) -> None:
            edit.assert_class(stroke.box, snapped.grown, stroke.class_index)
            edit.put_back(stroke.box, snapped.dropped, *stroke.before, stroke.borders)

        snapped_at = document.revision
        try:
            patch = document.correct(name, change)
        except SegdeskError as error:
            self._bench.error.emit(str(error))
            return
        patches = self._last[1] if self._last is not None else {}
        if patch is not None and snapped_at in patches:  # not where another stroke came and went meanwhile
            patches[document.revision] = (*patches[snapped_at], patch)
        self._bench.after_change(patch)


def stroke_of(document: Document, patches: Sequence[Patch], margin: int) -> Stroke | None:
    """What patches that were the last changes have done together, with a margin of pixels around it."""
    mask = document.mask
    box = patches[0].box
    for patch in patches[1:]:
        box = box.unite(patch.box)
    box = box.grow(margin).intersect(mask.box)
    after = mask.labels[box.slices].copy(), mask.corrected[box.slices].copy()
    before = after[0].copy(), after[1].copy()
    borders = mask.borders[box.slices].copy() if mask.borders is not None else None
    for key, patch in product(tile_keys(box), patches):
        delta = patch.tiles.get(key)
        if delta is None:
            continue
        tile = tile_box(key, *mask.labels.shape)
        common = tile.intersect(box)
        there = Box(common.x - box.x, common.y - box.y, common.width, common.height).slices
        inside = Box(common.x - tile.x, common.y - tile.y, common.width, common.height).slices
        changes = (delta.labels, delta.corrected, delta.borders)
        for plane, data in zip((*before, borders), changes, strict=True):
            if plane is not None and data is not None:
                plane[there] ^= unpack_tile(data, tile)[inside]
    changed = (before[0] != after[0]) | (before[1] != after[1])
    if not changed.any():
        return None
    index = int(np.bincount(after[0][changed]).argmax())
    return Stroke(box, before, after, changed & (after[0] == index), index, borders)


def may_grow(stroke: Stroke, options: ToolOptions) -> Bools:
    """Which pixels of its box a stroke could have painted, by what may be painted over."""
    labels, corrected = stroke.before
    free: Bools = ~np.isin(labels, sorted(options.locked))
    if options.over.only is not None:
        free &= labels == options.over.only
    if options.over.keep_corrected:
        free &= corrected == 0
    return free


def _snapped(stroke: Stroke, snap: Snap, free: Bools, reach: int) -> _Snapped:
    # What was of the class before is part of the shape, so that no edge is looked for between the two.
    shape = stroke.changed | (stroke.after[0] == stroke.class_index)
    snapped = within(snap((stroke.box, shape)), stroke.box)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 3, 2 * reach + 3))
    near = cv2.dilate(stroke.changed.astype(np.uint8), kernel) > 0
    return _Snapped(snapped & ~shape & near & free, shape & ~snapped & stroke.changed)
