"""How wide outlines are, and which pixels of the mask are drawn."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from segdesk.core.translation import tr
from segdesk.gui.canvas import Only, OverlaySettings, Style
from segdesk.gui.dialogs.form import named
from segdesk.gui.panels.option_rows import LABEL
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown, NumberField

WIDEST = 12


class SeenRows(QWidget):
    """Two rows below the opacity and the look of the mask."""

    width_chosen = Signal(int)
    only_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tip = tr("How wide outlines are on the screen, at every zoom")
        self.width_slider = QSlider(Qt.Orientation.Horizontal)
        self.width_slider.setRange(1, WIDEST)
        self.width_slider.setPageStep(1)
        named(self.width_slider, tr("Width of outlines"), tip)
        self.width_field = NumberField(1, WIDEST, tr(" px"))
        self.width_field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.width_field.setFixedWidth(9 * GRID)
        named(self.width_field, tr("Width of outlines in pixels of the screen"), tip)
        self.only = DropDown()
        named(
            self.only,
            tr("What is drawn"),
            tr(
                "The whole mask, only what a person has said, or only where that is not what the model had"
                " first said of this image"
            ),
        )
        self.only.may_be_narrow()
        self.only.addItem(tr("All of the mask"), Only.ALL.value)
        self.only.addItem(tr("Only corrections"), Only.CORRECTIONS.value)
        self.only.addItem(tr("Only what was changed"), Only.CHANGES.value)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID)
        grid.setColumnMinimumWidth(0, LABEL)
        grid.setColumnStretch(1, 1)
        self._width_name = QLabel(tr("Line"))
        grid.addWidget(self._width_name, 0, 0)
        grid.addWidget(self.width_slider, 0, 1)
        grid.addWidget(self.width_field, 0, 2)
        grid.addWidget(QLabel(tr("Draw")), 1, 0)
        grid.addWidget(self.only, 1, 1, 1, 2)
        self.controls: list[QWidget] = [self.width_slider, self.width_field, self.only]
        self.width_slider.valueChanged.connect(self.width_chosen)
        self.width_field.valueChanged.connect(self.width_slider.setValue)
        self.only.activated.connect(self._on_only)

    def show_overlay(self, overlay: OverlaySettings) -> None:
        """Show how the overlay is set, without a signal."""
        outlined = overlay.style is not Style.FILLED
        for field in (self.width_slider, self.width_field):
            field.blockSignals(True)
            field.setValue(overlay.outline_width)
            field.blockSignals(False)
            field.setVisible(outlined)
        self._width_name.setVisible(outlined)
        self.only.setCurrentIndex(self.only.findData(overlay.only.value))

    @Slot(int)
    def _on_only(self, row: int) -> None:
        self.only_chosen.emit(self.only.itemData(row))
