"""Python's garbage collection, kept to the GUI thread.

Objects that refer to each other in a circle are freed by whichever thread happens to start a collection.
Where widgets or timers are among them, Qt objects are then destroyed in a thread that is not theirs, and the
program crashes (seen with a closed window and a thread that read tiles).

Memory that has become free serves what comes next, and goes back to the system now and then, so that a
window which is open for days takes no more than what it holds.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from segdesk.core.allocator import give_back, keep_frames
from segdesk.gui.idle import IdleWatch
from segdesk.gui.threads import pool_of

_OLDEST = 2  # generation
_LOOK_MS = 1000
_GIVE_BACK = 20  # looks
_REST_S = 30  # without input, until everything there is is looked through


class GarbageCollection(QObject):
    """Does from the thread that made it what Python would do from any; Python's own is off meanwhile."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # what is there by now stays to the end, and need not be looked through
        keep_frames()
        self._looks = 0
        self._pool = pool_of(self)  # after much has become free, it takes a tenth of a second
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_MS)
        self._has_frozen = False
        self._idle = IdleWatch(self)
        self._idle.idle.connect(self.collect_everything)
        self._idle.watch(_REST_S)

    @Slot()
    def _look(self) -> None:
        self.collect()
        self._looks += 1
        if self._looks >= _GIVE_BACK and QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._looks = 0
            self._pool.start(give_back)

    def collect(self) -> int | None:
        """Collect the oldest generation whose turn it is by Python's own thresholds; tells which, if any.

        Everything there is takes a tenth of a second to look through where a project has many images. So
        what a collection of the oldest has left is out of the next ones, until nobody is there for a while.
        """
        counts, thresholds = gc.get_count(), gc.get_threshold()
        every = range(_OLDEST + 1 if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton else _OLDEST)
        due = [number for number in every if counts[number] > thresholds[number]]
        if not due:
            return None
        gc.collect(due[-1])
        if due[-1] == _OLDEST:
            gc.freeze()
            self._has_frozen = True
        return due[-1]

    @Slot()
    def collect_everything(self) -> None:
        """Look through all that was made since the window, where earlier collections have left some out."""
        if self._has_frozen:
            self._has_frozen = False
            gc.unfreeze()
            gc.collect()
            gc.freeze()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        self._idle.watch(0)
        gc.unfreeze()
        gc.enable()
