"""A strip that lies over what is on screen, and stays in its place when the window is resized."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QFrame, QWidget

from segdesk.gui.theme import GRID

_MOVED = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class OverImage(QFrame):
    """In the middle of its parent's lower or upper edge, as wide as there is room up to `widest`; hidden.

    within: a part of the parent whose upper edge counts instead, while it is seen: what is above stays free.
    """

    def __init__(self, room: QWidget, widest: int, *, at_top: bool, within: QWidget | None = None) -> None:
        super().__init__(room)
        self.setObjectName("notice")
        self._room = room
        self._within = within
        self._widest = widest
        self._at_top = at_top
        for watched in (room, within):
            if watched is not None:
                watched.installEventFilter(self)
        self.hide()

    def come_up(self) -> None:
        """Show it, in its place and over all else."""
        self.show()
        self.raise_()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVED and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._room
        width = min(self._widest, room.width() - 4 * GRID)
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        top = 2 * GRID if self._at_top else room.height() - height - 2 * GRID
        if self._within is not None and self._within.isVisible():
            top += self._within.mapTo(room, QPoint()).y()
        self.setGeometry((room.width() - width) // 2, top, width, height)
