"""The fields of the status bar: a message that fades, the pixel under the pointer, and the zoom."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas, Hover
from segdesk.gui.states import class_name
from segdesk.gui.theme import GRID
from segdesk.gui.workbench import Workbench

_FADES_MS = 12_000


class MessageField(QLabel):
    """The last message, for a while."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setContentsMargins(GRID, 0, 0, 0)
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(_FADES_MS)
        self._fade.timeout.connect(self.clear)

    @Slot(str)
    def tell(self, text: str) -> None:
        """Show a message in place of the last one."""
        self.setText(text)
        self.setToolTip(text)
        self._fade.start()


class PixelField(QLabel):
    """Where the pointer is, the value there as it is in the file, and the class."""

    def __init__(self, bench: Workbench, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.setProperty("rank", "quiet")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        canvas.hovered.connect(self._on_hovered)

    @Slot(object)
    def _on_hovered(self, hover: Hover | None) -> None:
        if hover is None or self._bench.picture is None:
            self.clear()
            return
        text = f"{hover.x}, {hover.y}   {_value(self._bench.picture.raw[hover.y, hover.x])}"
        classes = self._bench.classes
        if hover.class_index is not None and hover.class_index < len(classes):
            name = class_name(classes[hover.class_index])
            text += "   " + (tr("{name}, corrected").format(name=name) if hover.corrected else name)
        self.setText(text)


class ZoomField(QLabel):
    """Screen pixels a pixel of the image, in percent."""

    def __init__(self, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self.setProperty("rank", "quiet")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumWidth(QFontMetrics(self.font()).horizontalAdvance("6400 %") + GRID)
        self.setContentsMargins(0, 0, GRID, 0)
        self.setToolTip(tr("Zoom"))
        canvas.view_changed.connect(self._on_view)

    @Slot()
    def _on_view(self) -> None:
        self.setText("" if self._canvas.visible_box().is_empty else f"{self._canvas.scale * 100:.0f} %")


def _value(value: object) -> str:
    numbers = value.tolist() if hasattr(value, "tolist") else value
    several = numbers if isinstance(numbers, list) else [numbers]
    return "(" + ", ".join(f"{n:g}" for n in several) + ")" if len(several) > 1 else f"{several[0]:g}"
