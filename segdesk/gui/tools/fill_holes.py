"""Filling holes: what a region encloses becomes part of it."""

from __future__ import annotations

from functools import partial

from segdesk.core.painting import Coverage, holes
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool
from segdesk.gui.tools.fill import AT_ONCE


class FillHoles(Tool):
    """Click a region to give everything that it encloses its class."""

    id = "fill_holes"
    icon = "mdi6.circle-slice-8"
    shortcut = "Shift+F"

    @staticmethod
    def title() -> str:
        return tr("Fill holes")

    @staticmethod
    def help() -> str:
        return tr(
            "Click a region to close the holes in it; with the right button or Alt they become background."
        )

    def press(self, pointer: Pointer) -> None:
        document = self.host.document
        if document is None or document.is_editing:
            self.host.is_ready(0)  # it says why not
            return
        if not self.host.is_inside(pointer.position):
            self.host.show_hint(tr("That is beside the image: click on the image itself."))
            return
        done = partial(self._fill, erases=pointer.erases)
        labels = document.mask.labels
        if labels.size <= AT_ONCE:
            done(holes(labels, pointer.position))
        else:
            self.host.change_later(partial(holes, labels, pointer.position), done)

    def _fill(self, found: tuple[Coverage, int], erases: bool) -> None:
        coverage, class_index = found
        if coverage[1].any():
            self.apply(coverage, 0 if erases else class_index)
        else:
            self.host.show_hint(tr("There is no hole in what you clicked."))
