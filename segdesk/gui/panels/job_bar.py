"""What runs in the background: in words, how long it takes, and ways to hold and to stop it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from segdesk.core.jobs import Progress
from segdesk.core.translation import tr
from segdesk.gui.actions import PAUSE_KEY, STOP_KEY, tool_tip
from segdesk.gui.icons import icon
from segdesk.gui.theme import GRID
from segdesk.gui.worker import Worker

BLINK_MS = 250  # what is over before that is not worth a flicker


class JobBar(QWidget):
    """The job of one worker; hidden while there is none."""

    cancelled = Signal()

    def __init__(self, worker: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._stopping = False
        self._shown = Progress(None, "")
        self.label = QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(16 * GRID)
        self.bar.setAccessibleName(tr("Progress"))
        self.pause = QToolButton()
        self.stop = QToolButton()
        self.stop.setIcon(icon("close"))
        self.stop.setAccessibleName(tr("Stop"))
        self.stop.setToolTip(tool_tip(tr("Stop what is running"), (STOP_KEY,)))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, GRID // 2, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.label)
        layout.addWidget(self.bar)
        layout.addWidget(self.pause)
        layout.addWidget(self.stop)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(BLINK_MS)
        self._delay.timeout.connect(self.show)
        self.stop.clicked.connect(self.cancelled)
        self.pause.clicked.connect(self._on_pause)
        worker.started.connect(self._on_started)
        worker.progressed.connect(self._on_progress)
        worker.stopping.connect(self._on_stopping)
        worker.paused.connect(self._renew)
        worker.idle.connect(self._on_idle)
        self._renew()
        self.hide()

    @Slot(str)
    def _on_started(self, name: str) -> None:
        self._stopping = False
        self._shown = Progress(None, name)
        self.stop.setEnabled(True)
        self._renew()
        if not self.isVisible():
            self._delay.start()

    @Slot(Progress)
    def _on_progress(self, progress: Progress) -> None:
        self._shown = progress
        if not self._stopping:
            self._renew()

    @Slot()
    def _on_stopping(self) -> None:
        self._stopping = True
        self._shown = Progress(None, tr("Stopping…"))
        self.stop.setEnabled(False)
        self._renew()

    @Slot()
    def _on_pause(self) -> None:
        self._worker.pause(not self._worker.is_paused)

    @Slot()
    def _renew(self) -> None:
        """Show how far the job is, and whether it is held."""
        held, shown = self._worker.is_paused, self._shown
        self.label.setText(in_words(replace(shown, text=tr("Paused")) if held else shown))
        if shown.fraction is None and not held:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round((shown.fraction or 0.0) * 1000))
        words = tr("Go on") if held else tr("Pause")
        self.pause.setIcon(icon("play" if held else "pause"))
        self.pause.setAccessibleName(words)
        self.pause.setToolTip(tool_tip(words, (PAUSE_KEY,)))
        self.pause.setEnabled(not self._stopping)

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
