"""The eyedropper: paint what is painted here."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt

from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool
from segdesk.gui.tools.option_kinds import Flag, Option


class Eyedropper(Tool):
    """Click a pixel of the mask to go on painting its class."""

    id = "eyedropper"
    icon = "mdi6.eyedropper"
    shortcut = "I"
    paints = False

    @staticmethod
    def title() -> str:
        return tr("Pick the class")

    @staticmethod
    def help() -> str:
        return tr("Click on the mask to go on painting the class that is there.")

    @staticmethod
    def declare() -> tuple[Option, ...]:
        return (
            Flag("back", tr("Then go on painting"), True, tr("Go back to the tool that was used before")),
        )

    def press(self, pointer: Pointer) -> None:
        document = self.host.document
        if document is None:
            self.host.show_hint(tr("There is no image to look at: open one first."))
        elif not self.host.is_inside(pointer.position):
            self.host.show_hint(tr("That is beside the image: click on the image itself."))
        else:
            x, y = pointer.position
            index = int(document.mask.labels[math.floor(y), math.floor(x)])
            self.host.choose_class(index)
            name = self.host.class_name(index)
            self.host.show_hint(tr("You paint {name} from now on.").format(name=name))

    def release(self, pointer: Pointer) -> None:
        if self.flag("back") and self.host.document is not None and self.host.is_inside(pointer.position):
            self.host.use_previous_tool()

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.PointingHandCursor
