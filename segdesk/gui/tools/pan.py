"""The hand: drag the image about."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool, ToolHost


class Pan(Tool):
    """Drag to move over the image; paints nothing."""

    id = "pan"
    icon = "mdi6.hand-back-right-outline"
    shortcut = "H"
    paints = False

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._last: QPointF | None = None

    @staticmethod
    def title() -> str:
        return tr("Pan")

    @staticmethod
    def help() -> str:
        return tr("Drag to move the image; in any other tool, hold Space or use the middle button.")

    def press(self, pointer: Pointer) -> None:
        self._last = pointer.widget

    def move(self, pointer: Pointer) -> None:
        if self._last is not None:
            moved, self._last = pointer.widget - self._last, pointer.widget
            self.host.pan(moved.x(), moved.y())

    def release(self, pointer: Pointer) -> None:
        self._last = None

    def finish(self) -> None:
        self._last = None

    def cursor(self) -> Qt.CursorShape:
        held = self._last is not None
        return Qt.CursorShape.ClosedHandCursor if held else Qt.CursorShape.OpenHandCursor
