"""How long a person works on an image, measured from what the hands do on the canvas."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QSinglePointEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.errors import ProjectError
from segdesk.gui.learning import Learning
from segdesk.gui.workbench import Workbench

PAUSE = 10.0  # seconds; who does nothing for longer does something else
_KEEP_MS = 30_000  # as much as a crash may lose
_LATER_MS = 1_000

_MOVES = frozenset({QEvent.Type.MouseMove, QEvent.Type.TabletMove})
_ACTS = _MOVES | {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.TabletPress,
    QEvent.Type.TabletRelease,
    QEvent.Type.Wheel,
    QEvent.Type.NativeGesture,
    QEvent.Type.ShortcutOverride,  # comes for every key, also where an action takes it
}


class Activity(QObject):
    """Adds to the seconds of the sample on screen while a person paints, draws or moves over the canvas.

    The time between two acts counts where it is shorter than PAUSE and the window had the focus all the
    while. It is written down when another sample comes on screen, when a round is asked for, and every
    half minute, though never in the middle of a stroke.

    clock: seconds that only go forward.
    """

    def __init__(
        self,
        bench: Workbench,
        canvas: QWidget,
        learning: Learning,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self.clock = clock
        self._sample_id: int | None = None
        self._last: float | None = None
        self._place: tuple[float, float] | None = None
        self._seconds = 0.0
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self._on_timer)
        bench.sample_changed.connect(self._on_sample)
        learning.asking.connect(self.keep)
        canvas.installEventFilter(self)

    @property
    def seconds(self) -> float:
        """Measured, but not written down yet."""
        return self._seconds

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _ACTS:
            if kind not in _MOVES or self._has_moved(event):
                self._act()
        elif kind == QEvent.Type.WindowDeactivate:
            self._last = None
        return False

    @Slot()
    def keep(self) -> None:
        """Write down what has been measured."""
        self.timer.stop()
        project, seconds = self._bench.project, self._seconds
        if project is None or self._sample_id is None or not seconds:
            return
        try:
            project.samples.spend(self._sample_id, seconds)
        except ProjectError:
            return  # the person's own strokes tell that nothing can be saved; a second is no loss
        self._seconds = 0.0

    def _act(self) -> None:
        if self._sample_id is None:
            return
        now = self.clock()
        if self._last is not None and now - self._last < PAUSE:
            self._seconds += now - self._last
            if not self.timer.isActive():
                self.timer.start(_KEEP_MS)
        self._last = now

    def _has_moved(self, event: QEvent) -> bool:
        """Qt also reports moves of what is under a mouse that rests."""
        if not isinstance(event, QSinglePointEvent):
            return True
        position = event.globalPosition()
        before, self._place = self._place, (position.x(), position.y())
        return before != self._place

    @Slot()
    def _on_timer(self) -> None:
        document = self._bench.document
        if document is not None and document.is_editing:
            self.timer.start(_LATER_MS)
        else:
            self.keep()

    @Slot()
    def _on_sample(self) -> None:
        self._act()  # going on is the last thing that is done to an image
        self.keep()
        current = self._bench.current
        self._sample_id = current.id if current is not None else None
        self._seconds = 0.0
