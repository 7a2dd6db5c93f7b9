"""The fill: a whole region takes another class."""

from __future__ import annotations

from functools import partial

import numpy as np

from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.objects.found import object_at, within
from segdesk.core.painting import Coverage, Point, connected_region, pixel_under
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool
from segdesk.gui.tools.option_kinds import Flag, Option

AT_ONCE = 8_000_000  # pixels of a mask that are looked through within a frame or two


class Fill(Tool):
    """Click a region to give all of its connected pixels the active class."""

    id = "fill"
    icon = "mdi6.format-color-fill"
    shortcut = "F"

    @staticmethod
    def title() -> str:
        return tr("Fill")

    @staticmethod
    def help() -> str:
        return tr("Click a region to give it the active class; right-click or Alt makes it background.")

    @staticmethod
    def declare() -> tuple[Option, ...]:
        return (
            Flag(
                "connected",
                tr("Connected only"),
                True,
                tr("Only what hangs together with the place; else every pixel of its class"),
            ),
        )

    def press(self, pointer: Pointer) -> None:
        index = self.class_for(pointer)
        document = self.host.document
        if not self.host.is_ready(index) or document is None:
            return
        labels, borders, at = document.mask.labels, document.mask.borders, pointer.position
        connected = self.flag("connected")
        if labels.size <= AT_ONCE or not self.host.is_inside(at):
            self.apply(_region(labels, borders, at, connected), index)
        else:
            self.host.change_later(
                partial(_region, labels, borders, at, connected),
                partial(self.apply, class_index=index),
            )


def _region(labels: Plane, borders: Plane | None, at: Point, connected: bool) -> Coverage:
    if connected:
        box, covered = connected_region(labels, at)
        # Of two objects that touch, the one that was clicked.
        own = object_at(labels, at, borders=borders) if borders is not None else None
        return (box, covered & within(own.coverage, box)) if own is not None else (box, covered)
    height, width = labels.shape
    found = pixel_under(labels, at)
    if found is None:
        return Box(0, 0, 0, 0), np.zeros((0, 0), np.bool_)
    return Box(0, 0, width, height), labels == found
