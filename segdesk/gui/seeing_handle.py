"""The line on the canvas that the mask is compared along: dragged, or moved by the arrow keys."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas
from segdesk.gui.divider import DARK, LIGHT, paint_divider
from segdesk.gui.theme import GRID

_WIDTH = 4 * GRID
_STEP = 0.05  # of the canvas's width, with an arrow key


class CurtainHandle(QWidget):
    """Lies over the canvas where its curtain is, and has it moved."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.left_name, self.right_name = _Name(canvas), _Name(canvas)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Line between the mask and what it is compared with"))
        self.setToolTip(tr("Drag the line, or move it by the arrow keys; Esc takes it away"))
        self.hide()
        canvas.installEventFilter(self)
        canvas.overlay_changed.connect(self.renew)
        canvas.view_changed.connect(self.renew)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.renew()
        return False

    @Slot()
    def renew(self) -> None:
        """Be where the curtain is."""
        canvas, curtain = self._canvas, self._canvas.curtain
        shown = curtain is not None and canvas.document is not None
        if curtain is not None and shown:
            x = round(curtain.share * canvas.width())
            self.setGeometry(x - _WIDTH // 2, 0, _WIDTH, canvas.height())
            self.left_name.tell(tr("Mask"))
            self.left_name.move(x - 2 * GRID - self.left_name.width(), GRID)
            self.right_name.tell(tr("First prediction") if curtain.shows_first else tr("Image"))
            self.right_name.move(x + 2 * GRID, GRID)
        for widget in (self, self.left_name, self.right_name):
            widget.setVisible(shown)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_divider(painter, self.width() / 2, self.height(), focused=self.hasFocus())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            there: QPoint = self.mapToParent(event.position().toPoint())
            self._move_to(there.x() / max(1, self._canvas.width()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        curtain = self._canvas.curtain
        if curtain is not None and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._move_to(curtain.share + (_STEP if event.key() == Qt.Key.Key_Right else -_STEP))
        elif event.key() == Qt.Key.Key_Escape:
            self._canvas.setFocus()
            self._canvas.curtain = None
        else:
            super().keyPressEvent(event)

    def _move_to(self, share: float) -> None:
        curtain = self._canvas.curtain
        if curtain is not None:
            self._canvas.curtain = replace(curtain, share=min(max(share, 0.0), 1.0))


class _Name(QWidget):
    """What is seen on one side."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def tell(self, text: str) -> None:
        self._text = text
        metrics = self.fontMetrics()
        self.resize(metrics.horizontalAdvance(text) + 2 * GRID, metrics.height() + GRID)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(DARK)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setPen(LIGHT)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
