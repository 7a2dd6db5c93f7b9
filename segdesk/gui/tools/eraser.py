"""The eraser: a brush that asserts the background."""

from __future__ import annotations

from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer
from segdesk.gui.tools.brush import Brush


class Eraser(Brush):
    """Drag to say that there is nothing; as much a correction as painting a class is."""

    id = "eraser"
    icon = "mdi6.eraser"
    shortcut = "E"

    @staticmethod
    def title() -> str:
        return tr("Eraser")

    @staticmethod
    def help() -> str:
        return tr(
            "Drag to mark background; Shift+click goes straight there; [ and ], Shift+wheel or"
            " Ctrl+right-drag change the size."
        )

    def class_for(self, pointer: Pointer) -> int:
        return 0
