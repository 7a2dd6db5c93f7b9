"""Stored masks follow their journals while the hands rest."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from segdesk.core.document import Document
from segdesk.core.errors import SegdeskError

_REST = 400  # milliseconds after a change, in which the next one is likely to begin
_PAUSE = 8  # milliseconds for others
_WORK = 0.003  # seconds of ours in between


class Settling(QObject):
    """Does a little of what a document's changes have left to do, again and again."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._work)

    @property
    def document(self) -> Document | None:
        return self._document

    @document.setter
    def document(self, document: Document | None) -> None:
        self._document = document
        self.wait()

    @Slot()
    def wait(self) -> None:
        """Something has changed: begin when nothing more does."""
        if self._document is None:
            self._timer.stop()
        else:
            self._timer.start(_REST)

    @Slot()
    def _work(self) -> None:
        document = self._document
        if document is None:
            return
        if document.is_editing:
            self.wait()
            return
        try:
            done = document.settle(_WORK)
        except SegdeskError:
            return  # the person hears of it where it matters: at the next stroke, or when the mask is read
        if not done:
            self._timer.start(_PAUSE)
