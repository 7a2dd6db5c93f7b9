"""Lets a person see where they have said that there is background."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from segdesk.core.mask import BACKGROUND
from segdesk.core.patch import State
from segdesk.gui.canvas import Canvas
from segdesk.gui.tools.eraser import Eraser
from segdesk.gui.workbench import Workbench


class SaidBackground(QObject):
    """Has it drawn while nothing was predicted, and later while somebody paints background.

    Where all of an image is confirmed, what has no colour is background, and nothing is drawn.
    """

    def __init__(self, bench: Workbench, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._canvas = canvas
        bench.sample_changed.connect(self._renew)
        bench.status_changed.connect(self._renew)
        canvas.options.changed.connect(self._renew)
        canvas.tool_changed.connect(self._renew)

    @Slot()
    def _renew(self) -> None:
        document, canvas = self._bench.document, self._canvas
        if document is None or document.status.state is State.CONFIRMED:
            shown = False
        else:
            painted = canvas.options.active_class == BACKGROUND or canvas.tool.id == Eraser.id
            shown = painted or document.status.predicted_by is None
        canvas.overlay = replace(canvas.overlay, background=shown)
