"""Rows to set what the tool in use declares."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QWidget,
)

from segdesk.gui.dialogs.form import named
from segdesk.gui.theme import GRID
from segdesk.gui.tools import TOOLS
from segdesk.gui.tools.option_kinds import Choice, Flag, Fraction, Option, Value, Whole
from segdesk.gui.tools.options import ToolOptions
from segdesk.gui.widgets import DecimalField, DropDown, NumberField

_SEGMENTS = 3  # choices that still fit side by side
_FIELD = 9 * GRID
LABEL = 7 * GRID + GRID // 2  # how wide the first column is at least, so that it lines up with other rows


class OptionRows(QWidget):
    """One row an option, made anew when another tool is in use; `controls` by the options' ids."""

    def __init__(self, options: ToolOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = options
        self._tool = ""
        self._show: list[Callable[[], None]] = []
        self._rows: list[tuple[Option, list[QWidget]]] = []  # those that are not always there
        self.controls: dict[str, QWidget] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(GRID)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, LABEL)
        options.changed.connect(self._follow)

    def show_tool(self, tool_id: str) -> None:
        """Offer what this tool can be set to."""
        if tool_id == self._tool:
            return
        self._tool = tool_id
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._show.clear()
        self._rows.clear()
        self.controls.clear()
        declared = TOOLS[tool_id].declare()
        for row, option in enumerate(declared):
            self._add(row, option)
            if option.when is not None:
                self._rows.append((option, self._widgets_in(row)))
        self.setVisible(bool(declared))
        self._follow()

    @Slot()
    def _follow(self) -> None:
        for show in self._show:
            show()
        for option, widgets in self._rows:
            matters = self._matters(option)
            for widget in widgets:
                widget.setVisible(matters)

    def _matters(self, option: Option) -> bool:
        """Whether it makes a difference, as the option is set that it depends on."""
        if option.when is None:
            return True
        name, values = option.when
        other = next(each for each in TOOLS[self._tool].declare() if each.id == name)
        return self._value(other) in values

    def _value(self, option: Option) -> Value:
        return self._options.get(self._tool, option)

    def _set(self, option: Option, value: Value) -> None:
        self._options.set(self._tool, option, value)

    def _add(self, row: int, option: Option) -> None:
        if isinstance(option, Flag):
            self._add_flag(row, option)
            return
        label = QLabel(option.title)
        label.setToolTip(option.help)
        self._grid.addWidget(label, row, 0)
        if isinstance(option, Choice):
            self._add_choice(row, option)
        elif isinstance(option, Whole):
            self._add_number(row, option, NumberField(option.low, option.high, option.unit), 1)
        elif isinstance(option, Fraction):
            field = DecimalField(option.low, option.high, option.decimals, option.unit)
            self._add_number(row, option, field, 10**option.decimals)

    @property
    def for_tab(self) -> list[QWidget]:
        """What takes the focus, from the top down."""
        there = [widget for row in range(self._grid.rowCount()) for widget in self._widgets_in(row)]
        each = [part for widget in there for part in (widget, *widget.findChildren(QPushButton))]
        return [part for part in each if part.focusPolicy() & Qt.FocusPolicy.TabFocus]

    def _widgets_in(self, row: int) -> list[QWidget]:
        items = (self._grid.itemAtPosition(row, column) for column in range(self._grid.columnCount()))
        found = [widget for item in items if item is not None and (widget := item.widget()) is not None]
        return list(dict.fromkeys(found))  # one that is wider than a column is found several times

    def _add_flag(self, row: int, option: Flag) -> None:
        box = QCheckBox(option.title)
        named(box, option.title, option.help)
        box.toggled.connect(partial(self._set, option))
        self._show.append(lambda: box.setChecked(bool(self._value(option))))
        self._grid.addWidget(box, row, 1, 1, 2)
        self.controls[option.id] = box

    def _add_number(
        self, row: int, option: Whole | Fraction, field: NumberField | DecimalField, steps: int
    ) -> None:
        """A slider and a field, both of which go on by 1 / steps."""
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(round(option.low * steps), round(option.high * steps))
        slider.setPageStep(max(1, (slider.maximum() - slider.minimum()) // 10))
        if isinstance(field, DecimalField):
            field.setSingleStep(1 / steps)
        field.setFixedWidth(_FIELD)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)

        def show() -> None:
            value = self._value(option)
            assert not isinstance(value, str)
            with QSignalBlocker(slider), QSignalBlocker(field):
                slider.setValue(round(value * steps))
                if isinstance(field, DecimalField):
                    field.setValue(value)
                else:
                    field.setValue(round(value))

        slider.valueChanged.connect(lambda number: self._set(option, number / steps))
        field.valueChanged.connect(lambda value: self._set(option, value))
        for widget in (slider, field):
            named(widget, option.title, option.help)
        self._show.append(show)
        self._grid.addWidget(slider, row, 1)
        self._grid.addWidget(field, row, 2)
        self.controls[option.id] = field

    def _add_choice(self, row: int, option: Choice) -> None:
        control = self._segments(option) if len(option.choices) <= _SEGMENTS else self._drop_down(option)
        self._grid.addWidget(control, row, 1, 1, 2)
        self.controls[option.id] = control

    def _drop_down(self, option: Choice) -> QWidget:
        box = DropDown()
        named(box, option.title, option.help)
        box.may_be_narrow()
        for value, word in option.choices:
            box.addItem(word, value)
        box.activated.connect(lambda index: self._set(option, box.itemData(index)))
        self._show.append(lambda: box.setCurrentIndex(box.findData(self._value(option))))
        return box

    def _segments(self, option: Choice) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        group = QButtonGroup(holder)
        for value, word in option.choices:
            button = QPushButton(word)
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setObjectName(f"{option.id}_{value}")
            named(button, f"{option.title}: {word}", option.help)
            button.clicked.connect(partial(self._choose, option, value))
            group.addButton(button)
            row.addWidget(button, 1)
            self._show.append(partial(self._check, button, option, value))
        return holder

    def _choose(self, option: Option, value: str, _: bool = True) -> None:
        self._set(option, value)

    def _check(self, button: QPushButton, option: Option, value: str) -> None:
        if self._value(option) == value:
            button.setChecked(True)
