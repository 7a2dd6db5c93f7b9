"""What runs in the background: in words, how long it takes, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from segdesk.core.jobs import Progress
from segdesk.core.translation import tr
from segdesk.gui.actions import tool_tip
from segdesk.gui.icons import icon
from segdesk.gui.theme import GRID
from segdesk.gui.worker import Worker

_BLINK_MS = 250  # what is over before that is not worth a flicker


class JobBar(QWidget):
    """The job of one worker; hidden while there is none."""

    cancelled = Signal()

    def __init__(self, worker: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stopping = False
        self.label = QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(16 * GRID)
        self.bar.setAccessibleName(tr("Progress"))
        self.stop = QToolButton()
        self.stop.setIcon(icon("close"))
        self.stop.setAccessibleName(tr("Stop"))
        self.stop.setToolTip(tool_tip(tr("Stop what is running"), ("Ctrl+.",)))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, GRID // 2, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.label)
        layout.addWidget(self.bar)
        layout.addWidget(self.stop)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_BLINK_MS)
        self._delay.timeout.connect(self.show)
        self.stop.clicked.connect(self.cancelled)
        worker.started.connect(self._on_started)
        worker.progressed.connect(self._on_progress)
        worker.stopping.connect(self._on_stopping)
        worker.idle.connect(self._on_idle)
        self.hide()

    @Slot(str)
    def _on_started(self, name: str) -> None:
        self._stopping = False
        self.label.setText(name)
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)
        if not self.isVisible():
            self._delay.start()

    @Slot(Progress)
    def _on_progress(self, progress: Progress) -> None:
        if self._stopping:
            return
        self.label.setText(in_words(progress))
        if progress.fraction is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(progress.fraction * 1000))

    @Slot()
    def _on_stopping(self) -> None:
        self._stopping = True
        self.stop.setEnabled(False)
        self.label.setText(tr("Stopping…"))
        self.bar.setRange(0, 0)

    @Slot()
    def _on_idle(self) -> None:
        self._delay.stop()
        self.hide()


def in_words(progress: Progress) -> str:
    """What a job does, and how long it will take: "Learning, 18 s left"."""
    seconds = progress.seconds_left
    if seconds is None:
        return progress.text
    if seconds < 99.5:
        return tr("{what}, {count} s left").format(what=progress.text, count=max(1, round(seconds)))
    return tr("{what}, {count} min left").format(what=progress.text, count=round(seconds / 60))
