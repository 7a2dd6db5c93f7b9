"""That a tool is at work on the image, where that takes longer than a blink."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas
from segdesk.gui.panels.job_bar import BLINK_MS
from segdesk.gui.theme import GRID


class WorkingBar(QWidget):
    """Words and a bar that moves, for fills and the like on large images; hidden while there is nothing."""

    def __init__(self, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedWidth(8 * GRID)
        bar.setAccessibleName(tr("Progress"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, GRID // 2, 0)
        layout.setSpacing(GRID)
        layout.addWidget(QLabel(tr("Working on the mask…")))
        layout.addWidget(bar)
        self._delay = QTimer(self, singleShot=True, interval=BLINK_MS)
        self._delay.timeout.connect(self.show)
        canvas.busy.connect(self._renew)
        self.hide()

    @Slot(bool)
    def _renew(self, _: bool) -> None:
        if not self._canvas.is_busy:
            self._delay.stop()
            self.hide()
        elif not self.isVisible() and not self._delay.isActive():
            self._delay.start()
