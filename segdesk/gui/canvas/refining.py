"""When what was drawn roughly is drawn finely: after a rest, and a part of the screen at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QRegion

from segdesk.core.geometry import Box

_REST = 80  # milliseconds without zooming or large changes, after which there is time
_BETWEEN = 4  # milliseconds between two parts: somebody may be at work already
_PART = 1 << 17  # device pixels


class Refining(QObject):
    """Remembers which device pixels are rough."""

    asked = Signal(object)  # draw this box of device pixels anew, finely

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_rough = False  # whatever is drawn now may be rough
        self._left = QRegion()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_done(self) -> bool:
        """Whether nothing rough is on the screen."""
        return not self.is_rough and self._left.isEmpty()

    def wait(self, screen: Box, *, rough: bool) -> None:
        """Much is changing on a screen of this size; rough: it may be drawn so until there is a rest."""
        self.is_rough = rough
        self._left = QRegion(QRect(*screen)) if rough else QRegion()
        self._timer.start(_REST)

    def scroll(self, screen: Box) -> None:
        """What is on the screen is elsewhere now."""
        if not self.is_done:
            self._left = QRegion(QRect(*screen))

    @Slot()
    def _go_on(self) -> None:
        self.is_rough = False
        part = self._left.boundingRect()
        if part.isEmpty():
            return
        part.setHeight(min(part.height(), -(-_PART // part.width())))
        self._left -= part
        self.asked.emit(Box(part.x(), part.y(), part.width(), part.height()))
        if not self._left.isEmpty():
            self._timer.start(_BETWEEN)
