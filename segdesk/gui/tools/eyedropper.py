"""The eyedropper: paint what is painted here."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt

from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool, ToolHost
from segdesk.gui.tools.option_kinds import Flag, Option


class Eyedropper(Tool):
    """Click a pixel of the mask to go on painting its class."""

    id = "eyedropper"
    icon = "mdi6.eyedropper"
    shortcut = "I"
    paints = False

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._picked: int | None = None  # the class, until the button is up

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
            self._picked = index

    def release(self, pointer: Pointer) -> None:
        picked, self._picked = self._picked, None
        if picked is None:
            return
        if self.flag("back"):
            self.host.use_previous_tool()
        # After that, since the window says how to use a tool that comes into use.
        name = self.host.class_name(picked)
        self.host.show_hint(tr("You paint {name} from now on.").format(name=name))

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.PointingHandCursor
