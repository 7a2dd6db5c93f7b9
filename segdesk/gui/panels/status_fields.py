"""The fields of the status bar: a message that fades, the pixel under the pointer, and the zoom."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from segdesk.core.images import PixelSize
from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas, Hover
from segdesk.gui.image.aids import position_text
from segdesk.gui.image.looks import Looks
from segdesk.gui.states import class_name
from segdesk.gui.theme import GRID
from segdesk.gui.workbench import Workbench

_FADES_MS = 12_000


class MessageField(QLabel):
    """The last message, for a while; what it has no room for is in its tooltip.

    A hint says why nothing happened, so it goes as soon as something does.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setContentsMargins(GRID, 0, 0, 0)
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(_FADES_MS)
        self._fade.timeout.connect(self._on_fade)
        self._is_hint = False
        self._settled = QTimer(self, singleShot=True)  # the event that gave the hint is over
        self._settled.setInterval(0)

    @Slot(str)
    def hint(self, text: str) -> None:
        """Show why nothing happened, in place of the last message."""
        self.tell(text)
        self._is_hint = True
        self._settled.start()

    @Slot()
    def drop_hint(self) -> None:
        """Something happened; a hint that came with it stays."""
        if self._is_hint and not self._settled.isActive():
            self._on_fade()

    @Slot(str)
    def tell(self, text: str) -> None:
        """Show a message in place of the last one."""
        self._is_hint = False
        self.setText(text)
        self.setToolTip(text)
        self._fade.start()

    @Slot()
    def _on_fade(self) -> None:
        self.clear()
        self.setToolTip("")

    def paintEvent(self, _: QPaintEvent) -> None:
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(room, int(self.alignment()), shown)


class PixelField(QLabel):
    """Where the pointer is, in pixels and in the world, the value there as in the file, and the class."""

    def __init__(self, bench: Workbench, canvas: Canvas, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._canvas = canvas
        self._looks = looks
        self.setProperty("rank", "quiet")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)
        # Kept here, since asking the project at each move of the mouse is asking the disk.
        self._names: tuple[str, ...] = ()
        self._size: PixelSize | None = None
        canvas.hovered.connect(self._on_hovered)
        bench.classes_changed.connect(self._on_classes)
        bench.document_changed.connect(self._on_change)
        looks.pixel_size_changed.connect(self._on_size)

    @Slot()
    def _on_classes(self) -> None:
        self._names = tuple(class_name(each) for each in self._bench.classes)

    @Slot()
    def _on_change(self) -> None:
        """The mask is another one below a pointer that stands still."""
        at = self._canvas.pointer_in_image()
        if at is not None:
            self._on_hovered(self._canvas.pixel_at(self._canvas.to_widget(at)))

    @Slot()
    def _on_size(self) -> None:
        self._size = self._looks.pixel_size

    @Slot(object)
    def _on_hovered(self, hover: Hover | None) -> None:
        if hover is None or self._bench.picture is None:
            self.clear()
            return
        size = self._size
        text = f"{hover.x}, {hover.y}   "
        if size is not None:
            text += f"{position_text(hover.x + 0.5, hover.y + 0.5, size)}   "
        text += _value(hover.values)
        if hover.class_index is not None and hover.class_index < len(self._names):
            name = self._names[hover.class_index]
            text += "   " + (tr("{name}, corrected").format(name=name) if hover.corrected else name)
        self.setText(text)
        # It never gets narrower: a new size at each move of the mouse would lay out the whole window.
        hint = self.sizeHint()
        if hint.width() > self.minimumWidth() or hint.height() > self.minimumHeight():
            self.setFixedSize(hint.expandedTo(self.minimumSize()))


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


def _value(values: tuple[float, ...]) -> str:
    """The channels of a pixel; "…" while they are being read."""
    if not values:
        return "…"
    shown = [f"{value:.10g}" for value in values]
    return "(" + ", ".join(shown) + ")" if len(shown) > 1 else shown[0]
