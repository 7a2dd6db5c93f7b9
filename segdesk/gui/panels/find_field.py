"""The field that finds images by their names, above the list of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from segdesk.core.translation import tr
from segdesk.gui.dialogs.form import named
from segdesk.gui.icons import icon
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import TextField
from segdesk.gui.workbench import Workbench

_TO_LIST = (Qt.Key.Key_Down, Qt.Key.Key_PageDown)
_SHORTCUT = QEvent.Type.ShortcutOverride
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FindField(QWidget):
    """What is typed narrows the list at once. Enter goes to the first image found, Esc shows all again.

    left: the keys are for the list now (True), or for the image.
    """

    left = Signal(bool)

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.field = _Field()
        self.field.setPlaceholderText(tr("Part of a name"))
        self.field.addAction(icon("magnify", "quiet"), TextField.ActionPosition.LeadingPosition)
        mark = self.field.findChild(QToolButton)
        self.field.setClearButtonEnabled(True)
        for button in self.field.findChildren(QToolButton):
            if button is mark:
                named(button, tr("Find an image by its name"))
            else:
                named(button, tr("Take this text away"))
        named(
            self.field,
            tr("Find an image by its name"),
            tr("Show only images with this in their names; Enter goes to the first, Esc shows all again"),
        )
        self.count = QLabel()
        self.count.setProperty("rank", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.field)
        layout.addWidget(self.count)
        self.hide()
        self.field.textChanged.connect(self._on_text)
        self.field.entered.connect(self._on_enter)
        self.field.escaped.connect(self.close_field)
        self.field.down.connect(self._on_down)
        bench.project_changed.connect(self._on_project)
        bench.listing.changed.connect(self._tell)

    @Slot()
    def open_field(self) -> None:
        """Let the person type."""
        self._tell()
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    @Slot()
    def close_field(self) -> None:
        """Show all again."""
        self.field.clear()
        self.hide()
        self.left.emit(False)

    @Slot(str)
    def _on_text(self, text: str) -> None:
        self._bench.show_named(text.strip())

    @Slot()
    def _on_enter(self) -> None:
        rows = self._bench.listing.found()
        if rows and self._bench.current_row not in rows:
            self._bench.go_to(self._bench.samples[rows[0]].id)
        if rows:
            self.left.emit(False)

    @Slot()
    def _on_down(self) -> None:
        self.left.emit(True)

    @Slot()
    def _on_project(self) -> None:
        self.field.clear()
        self.hide()

    @Slot()
    def _tell(self) -> None:
        """How many there are; nothing while nothing is asked for."""
        text = self._bench.listing.text
        self.count.setVisible(bool(text))
        if text:
            found = len(self._bench.listing.found())
            none, one = tr("No image has this in its name."), tr("1 image")
            self.count.setText((none, one)[found] if found < 2 else tr("{count} images").format(count=found))


class _Field(TextField):
    entered = Signal()
    escaped = Signal()
    down = Signal()

    def event(self, event: QEvent) -> bool:
        # Esc lets go of a selection on the canvas otherwise.
        own = (Qt.Key.Key_Escape, *_TO_LIST)
        if isinstance(event, QKeyEvent) and event.type() == _SHORTCUT and event.key() in own:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() in _TO_LIST:
            self.down.emit()
        else:
            super().keyPressEvent(event)
