"""A strip above the image: how sure the model has to be before a pixel counts as the active class."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.theme import GRID, colors

EVEN = 50  # percent: for two classes, what the prediction itself does


_SLIDING = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    }
)


class _Slider(QSlider):
    """A key that is held slides like a mouse that is: where it is let go counts."""

    def event(self, event: QEvent) -> bool:
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and not event.modifiers() and event.key() in _SLIDING:
            event.accept()  # Page up slides, whatever it means in the window
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _SLIDING:
            self.setSliderDown(True)
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        if event.key() in _SLIDING and not event.isAutoRepeat():
            self.setSliderDown(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setSliderDown(False)


class ThresholdStrip(QFrame):
    """A slider in percent.

    moved: while it slides. settled: where it was left, by mouse or keys. restored: each pixel shall be as
    predicted. closed: the person has had enough of it.
    """

    moved = Signal(int)
    settled = Signal(int)
    restored = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("threshold_strip")
        self._class = QLabel()
        self._class.setMinimumWidth(12 * GRID)
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(1, 99)
        self.slider.setPageStep(5)
        self.slider.setAccessibleName(tr("Threshold of the prediction in percent"))
        self.slider.setToolTip(
            tr("How probable the class has to be before a pixel counts as it; corrections stay as they are")
        )
        self.slider.setMinimumWidth(20 * GRID)
        self.slider.setMaximumWidth(60 * GRID)
        self._percent = QLabel()
        self._percent.setMinimumWidth(6 * GRID)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.note = QLabel()
        self.note.setStyleSheet(f"color: {colors().quiet}")
        self.restore = QPushButton(tr("As predicted"))
        self.restore.setToolTip(tr("Let each pixel be its most probable class again"))
        self.restore.setAccessibleName(self.restore.text())
        self.close_button = QPushButton(icon("close", "quiet"), "")
        self.close_button.setProperty("flat", True)
        self.close_button.setToolTip(tr("Close this strip; what it changed stays"))
        self.close_button.setAccessibleName(tr("Close the threshold strip"))
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self._class)
        row.addWidget(self.slider, 3)
        row.addWidget(self._percent)
        row.addWidget(self.restore)
        row.addWidget(self.note)
        row.addStretch(1)
        row.addWidget(self.close_button)
        self.slider.valueChanged.connect(self._on_value)
        self.slider.sliderReleased.connect(self._on_released)
        self.restore.clicked.connect(self.restored)
        self.close_button.clicked.connect(self.closed)
        self.rest()
        self.hide()

    def show_class(self, name: str, color: QColor) -> None:
        """Say which class it is about."""
        text = tr("{name} from").format(name=name)
        dot = f'<span style="color:{color.name()}">&#9632;</span>'
        self._class.setText(f"{dot} {text.replace('&', '&amp;').replace('<', '&lt;')}")

    def allow(self, why_not: str) -> None:
        """Let it be used, or say in a few words why it cannot be."""
        for control in (self.slider, self.restore):
            control.setEnabled(not why_not)
        self.note.setText(why_not)
        self.note.setVisible(bool(why_not))

    def rest(self, percent: int = EVEN) -> None:
        """Go back to the middle, or to where it was, without a signal."""
        self.slider.blockSignals(True)
        self.slider.setValue(percent)
        self.slider.blockSignals(False)
        self._show(percent)

    def put_away(self) -> None:
        """Hide it; a slider that is held counts as never touched."""
        self.slider.blockSignals(True)
        self.slider.setSliderDown(False)
        self.slider.blockSignals(False)
        self.hide()

    def event(self, event: QEvent) -> bool:
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # it closes the strip, whatever else it means in the window
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    @Slot(int)
    def _on_value(self, value: int) -> None:
        self._show(value)
        self.moved.emit(value)
        if not self.slider.isSliderDown():
            self.settled.emit(value)

    @Slot()
    def _on_released(self) -> None:
        self.settled.emit(self.slider.value())

    def _show(self, value: int) -> None:
        self._percent.setText(tr("{percent} %").format(percent=value))
