"""The fill: a whole region takes another class."""

from __future__ import annotations

from segdesk.core.painting import connected_region
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool


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
        return tr("Click a region to give it the active class; right-click makes it background.")

    def press(self, pointer: Pointer) -> None:
        index = self.class_for(pointer)
        if self.host.is_ready(index) and (document := self.host.document) is not None:
            self.apply(connected_region(document.mask.labels, pointer.position), index)
