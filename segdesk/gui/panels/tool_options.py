"""What the tools and the overlay are set to."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.translation import tr
from segdesk.gui.actions import tool_tip
from segdesk.gui.panels.option_rows import LABEL, OptionRows
from segdesk.gui.panels.paint_over import PaintOver
from segdesk.gui.panels.seen_rows import SeenRows
from segdesk.gui.theme import GRID
from segdesk.gui.tools import TOOLS
from segdesk.gui.tools.options import MAX_BRUSH, ToolOptions
from segdesk.gui.widgets import NumberField
from segdesk.gui.workbench import Workbench

_NOTCHES = 200


class ToolOptionsPanel(QWidget):
    """What the tool in use can be set to, what it may paint over, and how the mask is drawn."""

    opacity_chosen = Signal(float)
    style_chosen = Signal(str)

    def __init__(self, bench: Workbench, options: ToolOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._options = options
        self.size_slider = _slider(tr("Brush size"), tool_tip(tr("Brush size"), ("[", "]")))
        self.size_slider.setRange(0, _NOTCHES)
        self.size_spin = _field(tr("Brush size in pixels of the image"), 1, MAX_BRUSH, tr(" px"))
        self.size_spin.setToolTip(self.size_slider.toolTip())
        tip = tool_tip(tr("How much of the mask covers the image"), ("V",))
        self.opacity_slider = _slider(tr("Opacity of the mask"), tip)
        self.opacity_slider.setRange(0, 100)
        self.opacity_spin = _field(tr("Opacity of the mask in percent"), 0, 100, " %")
        self.opacity_spin.setToolTip(tip)
        self.styles = QButtonGroup(self)
        style_row = QHBoxLayout()
        style_row.setSpacing(GRID // 2)
        self.style_buttons: dict[str, QPushButton] = {}
        for name, text in (("filled", tr("Filled")), ("outline", tr("Outline")), ("both", tr("Both"))):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setAccessibleName(text)
            button.setToolTip(tr("Show the mask filled, by its outlines, or both"))
            self.styles.addButton(button)
            self.style_buttons[name] = button
            style_row.addWidget(button, 1)

        self.rows = OptionRows(options)
        self.over = PaintOver(options)
        self.seen = SeenRows()
        self._size_row, size_grid = _row()
        for column, widget in enumerate((QLabel(tr("Size")), self.size_slider, self.size_spin)):
            size_grid.addWidget(widget, 0, column)
        overlay_rows, grid = _row()
        for column, widget in enumerate((QLabel(tr("Mask")), self.opacity_slider, self.opacity_spin)):
            grid.addWidget(widget, 0, column)
        grid.addWidget(QLabel(tr("Look")), 1, 0)
        grid.addLayout(style_row, 1, 1, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID + 4)
        layout.setSpacing(GRID)
        for widget in (self._size_row, self.rows, self.over, overlay_rows, self.seen):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

        self.size_slider.valueChanged.connect(self._on_slider)
        self.size_spin.valueChanged.connect(self._on_spin)
        self.opacity_slider.valueChanged.connect(self._on_opacity)
        self.opacity_spin.valueChanged.connect(self.opacity_slider.setValue)
        self.styles.buttonClicked.connect(self._on_style)
        options.changed.connect(self._follow)
        bench.project_changed.connect(self._on_project)
        bench.classes_changed.connect(self._on_classes)
        self._follow()

    def sizeHint(self) -> QSize:
        return QSize(32 * GRID, 16 * GRID)

    def show_tool(self, tool_id: str) -> None:
        """Offer what this tool can be set to."""
        self._size_row.setVisible(TOOLS[tool_id].uses_brush_size)
        self.over.setVisible(TOOLS[tool_id].paints)
        self.rows.show_tool(tool_id)
        first: QWidget = self.size_spin
        for control in (*self.rows.for_tab, self.over.classes, self.over.keep, self.opacity_slider):
            self.setTabOrder(first, control)
            first = control

    @Slot()
    def _on_project(self) -> None:
        """What is locked or may be painted over goes by the classes of one project."""
        self._options.locked = frozenset()
        self._options.over = replace(self._options.over, only=None)

    @Slot()
    def _on_classes(self) -> None:
        self.over.show_classes(self._bench.classes)

    def show_overlay(self, opacity: float, style: str) -> None:
        """Show how the overlay is set, without a signal."""
        percent = round(opacity * 100)
        for widget in (self.opacity_slider, self.opacity_spin):
            widget.blockSignals(True)
            widget.setValue(percent)
            widget.blockSignals(False)
        self.style_buttons[style].setChecked(True)

    @Slot()
    def _follow(self) -> None:
        size = self._options.brush_size
        for widget, value in ((self.size_slider, _notch(size)), (self.size_spin, size)):
            widget.blockSignals(True)
            widget.setValue(value)
            widget.blockSignals(False)

    @Slot(int)
    def _on_slider(self, notch: int) -> None:
        self._options.brush_size = _diameter(notch)

    @Slot(int)
    def _on_spin(self, size: int) -> None:
        self._options.brush_size = size

    @Slot(int)
    def _on_opacity(self, percent: int) -> None:
        self.opacity_spin.setValue(percent)
        self.opacity_chosen.emit(percent / 100)

    @Slot()
    def _on_style(self) -> None:
        self.style_chosen.emit(next(name for name, b in self.style_buttons.items() if b.isChecked()))


# The slider is logarithmic: the step from 2 to 4 pixels matters as much as the one from 100 to 200.
def _diameter(notch: int) -> int:
    return max(1, round(math.exp(notch / _NOTCHES * math.log(MAX_BRUSH))))


def _notch(diameter: int) -> int:
    return round(math.log(diameter) / math.log(MAX_BRUSH) * _NOTCHES)


def _row() -> tuple[QWidget, QGridLayout]:
    """A widget whose rows have a name, a slider and a field."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(GRID)
    grid.setColumnMinimumWidth(0, LABEL)
    grid.setColumnStretch(1, 1)
    return widget, grid


def _slider(name: str, tip: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setAccessibleName(name)
    slider.setToolTip(tip)
    return slider


def _field(name: str, low: int, high: int, unit: str) -> NumberField:
    field = NumberField(low, high, unit)
    field.setAlignment(Qt.AlignmentFlag.AlignRight)
    field.setFixedWidth(9 * GRID)
    field.setAccessibleName(name)
    return field
