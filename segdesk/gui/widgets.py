"""Small controls that several places use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
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

if TYPE_CHECKING:
    _SpinBox = QAbstractSpinBox
else:
    _SpinBox = object  # Qt lets a widget have one ancestor of its own

_CHEVRON = 16
_INSIDE = 4  # pixels that Qt leaves beside the text and the icon of a combo box
_SHORT = 10  # letters
_SHORTCUT = QEvent.Type.ShortcutOverride
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DropDown(QComboBox):
    """A combo box whose arrow follows the theme."""

    def may_be_narrow(self) -> None:
        """Let it be narrower than its longest item: what has no room is cut short."""
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_SHORT)

    def sizeHint(self) -> QSize:
        return self._wide_enough(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return self._wide_enough(super().minimumSizeHint())

    def _wide_enough(self, hint: QSize) -> QSize:
        """A list whose items are never to be cut short is as wide as the longest of them."""
        if self.sizeAdjustPolicy() is not QComboBox.SizeAdjustPolicy.AdjustToContents:
            return hint
        measure = self.fontMetrics().horizontalAdvance
        items = (measure(self.itemText(row)) + self._around_text(row) for row in range(self.count()))
        return hint.expandedTo(QSize(max(items, default=0), 0))

    def _around_text(self, row: int) -> int:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        kind, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        frame = self.width() - self.style().subControlRect(kind, option, part, self).width() + _INSIDE
        icon_width = 0 if self.itemIcon(row).isNull() else self.iconSize().width() + _INSIDE
        return max(_CHEVRON + 3 * GRID, frame) + icon_width

    def room_for_text(self) -> int:
        """How many pixels wide the text can be before it is cut short."""
        return self.width() - self._around_text(self.currentIndex())

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, self.room_for_text()
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        mark = QRect(0, 0, _CHEVRON, _CHEVRON)
        mark.moveCenter(self.rect().center())
        mark.moveRight(self.rect().right() - GRID)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        icon("chevron-down", "quiet").paint(painter, mark, Qt.AlignmentFlag.AlignCenter, mode)


def sentences(*, quiet: bool = False) -> QLabel:
    """Room for sentences, as they are written."""
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if quiet:
        label.setProperty("rank", "quiet")
    return label


class _Column(QScrollArea):
    """Scrolls up and down only, so it is never narrower than what is in it, beside its scroll bar."""

    def minimumSizeHint(self) -> QSize:
        hint, panel = super().minimumSizeHint(), self.widget()
        if panel is None:
            return hint
        return QSize(
            panel.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width(), hint.height()
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def scrollable(panel: QWidget) -> QScrollArea:
    """Let a panel be higher than the place it has."""
    area = _Column()
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


def _ends_typing(event: QEvent) -> bool:
    """Enter ends the typing; without this it would confirm the image on screen as well."""
    if isinstance(event, QKeyEvent) and event.key() in _ENTER and event.type() == _SHORTCUT:
        event.accept()
        return True
    return False


class _Typed(_SpinBox):
    """A spin box without its tiny buttons, as arrow keys and the wheel do the same; Enter ends the typing."""

    def event(self, event: QEvent) -> bool:
        return _ends_typing(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self._place()

    def _take_buttons(self) -> None:
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setKeyboardTracking(False)

    def _place(self) -> None:
        # A style sheet and no buttons together leave the text a single pixel.
        self.lineEdit().setGeometry(self.rect().adjusted(GRID, 2, -GRID, -2))


class NumberField(_Typed, QSpinBox):
    """A whole number to be typed."""

    def __init__(self, low: int, high: int, unit: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setSuffix(unit)
        self._take_buttons()


class DecimalField(_Typed, QDoubleSpinBox):
    """A number to be typed, with so many digits behind the point; a comma is as good as a point."""

    def __init__(
        self, low: float, high: float, digits: int, unit: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setDecimals(digits)
        self.setRange(low, high)
        self.setSuffix(unit)
        self._take_buttons()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return super().validate(self._pointed(text), position)

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(self._pointed(text))

    def _pointed(self, text: str) -> str:
        point = self.locale().decimalPoint()
        return text.replace(".", point).replace(",", point)


class MeasureField(DecimalField):
    """A number of any size to be typed, shown with no more digits than it needs."""

    def textFromValue(self, value: float) -> str:
        return self._pointed(f"{value:.{min(10, self.decimals() + 6)}g}")


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
