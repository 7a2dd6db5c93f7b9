"""Whether anybody is there: input to any window of the program, watched at almost no cost."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal

_SLICES = 20  # the wait is cut into these; one event in each is all that is looked at
_INPUT = frozenset(
    {
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletRelease,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.NativeGesture,
        QEvent.Type.Drop,
    }
)


class IdleWatch(QObject):
    """Says `idle` when there was no input for a while, and again after each further while without any."""

    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._quiet = 0  # slices without input
        self._listening = False
        self._slice = QTimer(self)
        self._slice.timeout.connect(self._on_slice)

    def watch(self, seconds: float) -> None:
        """Begin to wait this long; 0 waits for nothing."""
        self._quiet = 0
        self._listen(seconds > 0)
        if seconds > 0:
            self._slice.start(max(1, round(1000 * seconds / _SLICES)))
        else:
            self._slice.stop()

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._listen(False)  # enough is known of this slice: let the rest pass at no cost
        return False

    def _listen(self, on: bool) -> None:
        app = QCoreApplication.instance()
        if on == self._listening or app is None:
            return
        self._listening = on
        if on:
            app.installEventFilter(self)
        else:
            app.removeEventFilter(self)

    def _on_slice(self) -> None:
        if not self._listening:
            self._quiet = 0
            self._listen(True)
            return
        self._quiet += 1
        if self._quiet >= _SLICES:
            self._quiet = 0
            self.idle.emit()
