"""Small controls that several places use."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from segdesk.gui.icons import icon
from segdesk.gui.theme import GRID

_CHEVRON = 16
_SHORTCUT = QEvent.Type.ShortcutOverride
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DropDown(QComboBox):
    """A combo box whose arrow follows the theme."""

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = (
            self.width()
            - _CHEVRON
            - 3 * GRID
            - (0 if option.currentIcon.isNull() else self.iconSize().width())
        )
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        mark = QRect(0, 0, _CHEVRON, _CHEVRON)
        mark.moveCenter(self.rect().center())
        mark.moveRight(self.rect().right() - GRID)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        icon("chevron-down", "quiet").paint(painter, mark, Qt.AlignmentFlag.AlignCenter, mode)


def scrollable(panel: QWidget) -> QScrollArea:
    """Let a panel be higher than the place it has."""
    area = QScrollArea()
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(panel)
    return area


def bring_up(window: QWidget) -> None:
    """Show a window that stands beside the main one, or let it come to the front."""
    if window.isVisible():
        window.raise_()
    else:
        window.show()
    window.activateWindow()


def _typed(field: QSpinBox | QDoubleSpinBox, unit: str) -> None:
    """Take its tiny buttons from a spin box: the arrow keys and the wheel do the same."""
    field.setSuffix(unit)
    field.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    field.setKeyboardTracking(False)


def _place(field: QAbstractSpinBox) -> None:
    # A style sheet and no buttons together leave the text a single pixel.
    field.lineEdit().setGeometry(field.rect().adjusted(GRID, 2, -GRID, -2))


def _ends_typing(event: QEvent) -> bool:
    """Enter ends the typing; without this it would confirm the image on screen as well."""
    if isinstance(event, QKeyEvent) and event.key() in _ENTER and event.type() == _SHORTCUT:
        event.accept()
        return True
    return False


class NumberField(QSpinBox):
    """A whole number to be typed."""

    def __init__(self, low: int, high: int, unit: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        _typed(self, unit)

    def event(self, event: QEvent) -> bool:
        return _ends_typing(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        _place(self)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        _place(self)


class DecimalField(QDoubleSpinBox):
    """A number to be typed, with as many digits as it needs."""

    def __init__(self, low: float, high: float, digits: int, parent: QWidget | None = None) -> None:
        """digits: behind the point, at most."""
        super().__init__(parent)
        self.setDecimals(digits)
        self.setRange(low, high)
        _typed(self, "")

    def textFromValue(self, value: float) -> str:
        return f"{value:.{min(10, self.decimals() + 6)}g}"

    def event(self, event: QEvent) -> bool:
        return _ends_typing(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        _place(self)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        _place(self)


class TextField(QLineEdit):
    """A text to be typed; Enter ends it, and means nothing else."""

    def event(self, event: QEvent) -> bool:
        return _ends_typing(event) or super().event(event)


class IconMark(QWidget):
    """An icon that is only looked at; it follows the theme."""

    def __init__(self, size: int, shown: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = shown
        self.setFixedSize(QSize(size, size))

    def show_icon(self, shown: QIcon) -> None:
        """Look like this from now on."""
        self._icon = shown
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        self._icon.paint(QPainter(self), self.rect())
