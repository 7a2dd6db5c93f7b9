"""Strokes on the document that is shown: started, painted and ended by tools, told to the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from segdesk.core.document import Document
from segdesk.core.edit import Edit
from segdesk.core.errors import SegdeskError
from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage
from segdesk.core.translation import tr


class Strokes(QObject):
    """At most one stroke at a time. What a person should know goes out by signal; nothing is raised."""

    finished = Signal(object)  # the Patch that was kept
    failed = Signal(str)  # why it could not be kept; it is taken back
    hint = Signal(str)
    touched = Signal(object)  # the Box of the image whose pixels are different now

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.document: Document | None = None
        self.classes: frozenset[int] = frozenset()
        self._edit: Edit | None = None
        self._box = Box(0, 0, 0, 0)
        self._class = 0

    @property
    def is_open(self) -> bool:
        return self._edit is not None

    def is_ready(self, class_index: int) -> bool:
        """Whether a stroke of this class could begin; says why where not."""
        if self.document is None:
            self.hint.emit(tr("There is no image to paint on: open one first."))
        elif self.document.is_editing:
            self.hint.emit(tr("Another change is still under way: try again in a moment."))
        elif class_index not in self.classes:
            self.hint.emit(tr("There is no class to paint with: add or choose one in the class panel."))
        else:
            return True
        return False

    def begin(self, class_index: int) -> bool:
        """Start a stroke of one class, if that can be."""
        if not self.is_ready(class_index) or self.document is None:
            return False
        self._edit = self.document.begin()
        self._box = Box(0, 0, 0, 0)
        self._class = class_index
        return True

    def paint(self, coverage: Coverage) -> None:
        """Assert the stroke's class for the covered pixels."""
        box, covered = coverage
        if self._edit is None or not covered.any():
            return
        self._edit.assert_class(box, covered, self._class)
        self._box = self._box.unite(box)
        self.touched.emit(box)

    def end(self, name: str) -> None:
        """Keep the stroke as one step of undo; one that covered nothing never was."""
        if self._edit is None or self.document is None:
            return
        self._edit = None
        if self._box.is_empty:
            self.document.cancel()
            self.hint.emit(tr("That is beside the image: draw on the image itself."))
            return
        try:
            patch = self.document.commit(name)
        except SegdeskError as error:
            self.touched.emit(self._box)
            self.failed.emit(str(error))
            return
        if patch is not None:
            self.finished.emit(patch)

    def cancel(self) -> None:
        """Take the stroke back."""
        if self._edit is not None and self.document is not None:
            self._edit = None
            self.touched.emit(self.document.cancel())
