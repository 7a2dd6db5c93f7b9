"""Strokes on the document that is shown: started, painted and ended by tools, told to the window."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from segdesk.core.document import Document
from segdesk.core.edit import Edit
from segdesk.core.errors import SegdeskError
from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND
from segdesk.core.objects import Division
from segdesk.core.painting import Coverage
from segdesk.core.planes import LookAhead
from segdesk.core.translation import tr
from segdesk.gui.tools.options import ToolOptions

_BAND = 1024  # rows of a region that are painted at once
_REST = 3  # milliseconds without an event, after which there is time for what can wait
_LONG = 0.008  # seconds in which there was none: then it waits no longer


class Strokes(QObject):
    """At most one stroke at a time. What a person should know goes out by signal; nothing is raised.

    What may be painted over and which classes are locked is looked at here, for every tool.
    """

    finished = Signal(object)  # the Patch that was kept
    failed = Signal(str)  # why it could not be kept; it is taken back
    hint = Signal(str)
    touched = Signal(
        object, object
    )  # Box of the image that is different now; which pixels of it, or None: all

    def __init__(self, options: ToolOptions, parent: QObject) -> None:
        super().__init__(parent)
        self._options = options
        self._document: Document | None = None
        self.classes: frozenset[int] = frozenset()
        self._edit: Edit | None = None
        self._box = Box(0, 0, 0, 0)
        self._class = 0
        self._own = True  # nothing but the stroke's own class was asserted, and nothing parted
        self._may_change: NDArray[np.bool_] | None = None  # (256,) by class; None: all of them
        self._kept_off = ""  # why what was covered did not change
        self._refused = ""  # why something was not painted at all
        self._last: tuple[Document, int] | None = None  # what the latest stroke was kept in, and its revision
        self.drawn: Box | None = None  # while a finished stroke is told: what of it is on the screen already
        self._ahead = LookAhead()
        self._latest = Box(0, 0, 0, 0)  # what was painted last of the stroke under way
        self._packed = 0.0  # when something was packed
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._pack)
        self.background_is_seen = False  # where somebody painted it; else it is told

    @property
    def document(self) -> Document | None:
        """What is painted on."""
        return self._document

    @document.setter
    def document(self, document: Document | None) -> None:
        self._document = document
        self._last = None

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
        elif class_index in self._options.locked:
            self.hint.emit(tr("This class is locked: unlock it, or choose another one."))
        else:
            return True
        return False

    def begin(self, class_index: int) -> bool:
        """Start a stroke of one class, if that can be."""
        if not self.is_ready(class_index) or self.document is None:
            return False
        self._edit = self.document.begin()
        self._box = self._latest = Box(0, 0, 0, 0)
        self._class = class_index
        self._may_change = self._changeable()
        self._kept_off = self._refused = ""
        self._own = True
        return True

    def paint(self, coverage: Coverage, class_index: int | None = None) -> None:
        """Assert the stroke's class (or another one) for those covered pixels that may change."""
        box, covered = coverage
        if self._edit is None or not covered.any():
            return
        wanted = self._class if class_index is None else class_index
        if wanted in self._options.locked:
            self._refused = tr("This class is locked: unlock it, or choose another one.")
            return
        covered = self.allowed(box, covered)
        if self._kept_off and not covered.any():
            return
        self._box = self._box.unite(box)
        self._look_ahead(box)
        self._own &= class_index is None
        for top in range(0, box.height, _BAND):  # a large region at once would need as much memory again
            rows = covered[top : top + _BAND]
            band, news = self._new(Box(box.x, box.y + top, box.width, len(rows)), rows, wanted)
            if not band.is_empty:
                self._edit.assert_class(band, news, wanted)
                self.touched.emit(band, news)
        if not self._rest.isActive() or time.perf_counter() - self._packed < _LONG:
            self._rest.start(_REST)

    def _look_ahead(self, box: Box) -> None:
        """Let the memory be ready where the hand will be if it goes on like this."""
        assert self.document is not None
        before, self._latest = self._latest, box
        if not before.is_empty:
            mask, margin = self.document.mask, max(box.width, box.height) // 4
            dx = box.x - before.x + (box.width - before.width) // 2
            dy = box.y - before.y + (box.height - before.height) // 2
            there = Box(box.x + dx, box.y + dy, box.width, box.height).grow(margin).intersect(mask.box)
            self._ahead.look((mask.labels, mask.corrected), there)

    def _pack(self) -> None:
        """Between two events, do a little of what the end of a long stroke would have to wait for."""
        self._packed = time.perf_counter()
        if self._edit is not None and self._edit.pack_left():
            self._rest.start(0)

    def divide(self, division: Division) -> None:
        """Part and join objects, but for those of locked classes."""
        if self._edit is None or self.document is None:
            return
        self._own = False
        box, numbers = division.inside(self.document.mask.box)
        self._box = self._box.unite(box)
        if self._options.locked:
            locked = np.isin(self.document.mask.labels[box.slices], sorted(self._options.locked))
            numbers = np.where(locked, 0, numbers)
        self._edit.divide(box, numbers)
        self.touched.emit(box, None)

    def _new(self, box: Box, covered: NDArray[np.bool_], class_index: int) -> Coverage:
        """What is not yet so: an event of a wide brush covers much that the one before has painted."""
        assert self.document is not None
        mask = self.document.mask
        news = mask.labels[box.slices] != class_index
        news |= mask.corrected[box.slices] == 0
        news &= covered
        rows, columns = np.flatnonzero(news.any(axis=1)), np.flatnonzero(news.any(axis=0))
        if not len(rows):
            return Box(box.x, box.y, 0, 0), news[:0, :0]
        top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
        return Box(box.x + left, box.y + top, right - left, bottom - top), news[top:bottom, left:right]

    def allowed(self, box: Box, covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those of the covered pixels of a box that may change, while a stroke is open."""
        if self.document is None:
            return covered
        mask = self.document.mask
        if self._may_change is not None:
            covered = covered & self._may_change[mask.labels[box.slices]]
            self._kept_off = self._why_not(mask.labels[box.slices])
        if self._options.over.keep_corrected and covered.any():
            covered = covered & (mask.corrected[box.slices] == 0)
            self._kept_off = tr("What you have corrected is kept: turn that off in the tool options.")
        return covered

    def _changeable(self) -> NDArray[np.bool_] | None:
        only, locked = self._options.over.only, self._options.locked
        if only is None and not locked:
            return None
        table = np.ones(256, np.bool_) if only is None else np.arange(256) == only
        table[sorted(locked)] = False
        return table

    def _why_not(self, labels: NDArray[np.uint8]) -> str:
        if self._options.over.only is not None and not (labels == self._options.over.only).any():
            return tr("Nothing there may be painted over: see Paint on in the tool options.")
        return tr("What is there is locked: unlock its class to change it.")

    def end(self, name: str) -> None:
        """Keep the stroke as one step of undo; one that covered nothing never was."""
        if self._edit is None or self.document is None:
            return
        self._edit = None
        if self._box.is_empty:
            self.document.cancel()
            beside = tr("That is beside the image: draw on the image itself.")
            self.hint.emit(self._refused or self._kept_off or beside)
            return
        try:
            patch = self.document.commit(name)
        except SegdeskError as error:
            self.touched.emit(self._box, None)
            self.failed.emit(str(error))
            return
        if patch is None:
            already = tr("Nothing changed: all of that is corrected like this already.")
            self.hint.emit(self._refused or already)
            return
        self._last = self.document, self.document.revision
        # All that was painted was drawn at once, but for the borders that end with it.
        self.drawn = patch.box if all(d.borders is None for d in patch.tiles.values()) else None
        self.finished.emit(patch)
        self.drawn = None
        looks_the_same = self._class == BACKGROUND and not self.background_is_seen
        if self._own and looks_the_same and all(d.labels is None for d in patch.tiles.values()):
            self.hint.emit(tr("Marked as background: choose the background as class to see where."))

    @property
    def can_take_back(self) -> bool:
        """Whether nothing has changed the mask since the latest stroke was kept."""
        document = self.document
        return (
            document is not None and not document.is_editing and self._last == (document, document.revision)
        )

    def take_back(self) -> bool:
        """Undo the latest stroke, if nothing came after it."""
        if not self.can_take_back or self.document is None:
            return False
        self._last = None
        try:
            patch = self.document.undo()
        except SegdeskError as error:
            self.failed.emit(str(error))
            return False
        if patch is None:
            return False
        self.touched.emit(patch.box, None)
        self.finished.emit(patch)
        return True

    def cancel(self) -> None:
        """Take the stroke back."""
        if self._edit is not None and self.document is not None:
            self._edit = None
            self.touched.emit(self.document.cancel(), None)
