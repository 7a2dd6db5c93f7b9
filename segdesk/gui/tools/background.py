"""Work that takes longer than a frame: done off the GUI thread, its result handed back on it.

background = Background(stamp, parent)
background.run(lambda: wand(image, seed), self._show)

Only the newest work matters: what waits is replaced by what comes after it, and a result is dropped where
another work was asked for meanwhile, or where the stamp (which document, in which state) is another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from segdesk.core.errors import SegdeskError
from segdesk.core.translation import tr
from segdesk.gui.threads import pool_of

T = TypeVar("T")
_Done = Callable[[Any], None]


class Background(QObject):
    """One thread, at most one work waiting. It touches no widget: `done` is called on the GUI thread.

    failed: why a work came to nothing, for the person. busy: whether something is under way.
    """

    failed = Signal(str)
    busy = Signal(bool)
    stale = Signal()  # a result was dropped because of its stamp

    _finished = Signal(int, object, str)

    def __init__(self, stamp: Callable[[], object], parent: QObject | None = None) -> None:
        """stamp: what a result belongs to; compared by ==, when asked for and when it comes."""
        super().__init__(parent)
        self._stamp = stamp
        self._pool = pool_of(self)
        self._number = 0
        self._running: int | None = None
        self._wanted: tuple[int, Callable[[], Any], _Done, object] | None = None
        self._awaited: tuple[int, _Done, object] | None = None
        self._finished.connect(self._on_finished)

    @property
    def is_busy(self) -> bool:
        """Whether a result may still come."""
        return self._wanted is not None or self._awaited is not None

    def run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do `work` in a thread and give what it returns to `done`.

        work: takes what it needs with it, and may read the image but not the mask, which the GUI thread
        changes: give it a copy of what it looks at, unless the stamp tells of every stroke begun.
        """
        self._number += 1
        self._awaited = None
        self._wanted = self._number, work, done, self._stamp()
        self._start()

    def cancel(self) -> None:
        """Forget what waits, and what is under way."""
        self._wanted = self._awaited = None

    def close(self) -> None:
        """The same, and wait until the thread is free."""
        self.cancel()
        self._pool.waitForDone()

    def _start(self) -> None:
        if self._running is not None or self._wanted is None:
            return
        number, work, done, stamp = self._wanted
        self._wanted = None
        self._running = number
        self._awaited = number, done, stamp
        tell = self._finished.emit

        def run() -> None:
            result: Any = None
            problem = tr("That did not work; try it once more.")
            try:
                result = work()
                problem = ""
            except SegdeskError as error:
                problem = str(error)
            except MemoryError:
                problem = tr("There is not enough memory for that: try it on a smaller part.")
            finally:
                if isValid(self):  # the window may have been closed meanwhile
                    tell(number, result, problem)

        self.busy.emit(True)
        self._pool.start(run)

    @Slot(int, object, str)
    def _on_finished(self, number: int, result: object, problem: str) -> None:
        self._running = None
        awaited = self._awaited
        if awaited is not None and awaited[0] == number:
            self._awaited = None
        self._start()
        if not self.is_busy:
            self.busy.emit(False)
        if awaited is None or awaited[0] != number:
            return
        if awaited[2] != self._stamp():
            self.stale.emit()
        elif problem:
            self.failed.emit(problem)
        else:
            awaited[1](result)
