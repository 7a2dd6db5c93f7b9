"""How large a pixel is: what the file says, or what a person types."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from segdesk.core.images import PixelSize
from segdesk.core.images.pixel_size import UNITS, sized
from segdesk.core.translation import tr
from segdesk.gui.dialogs.form import named
from segdesk.gui.image.looks import Looks
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown, MeasureField


class PixelSizeRow(QWidget):
    """A number and its unit, and a button that gives all images the same."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.side = MeasureField(0, 1e9, 9)
        self.side.setSpecialValueText(tr("not known"))
        named(self.side, tr("How long a pixel's side is"), tr("0 takes what the file says"))
        self.side.setMinimumWidth(8 * GRID)
        self.unit = DropDown()
        for unit in UNITS:
            self.unit.addItem(unit_text(unit), unit)
        self.unit.setCurrentIndex(UNITS.index("µm"))
        named(self.unit, tr("Unit of a pixel's side"))
        self.everywhere = QPushButton(tr("Use for all images"))
        named(
            self.everywhere,
            tr("Use for all images"),
            tr("All images of the project have pixels of this size"),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, GRID // 2, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID)
        grid.addWidget(QLabel(tr("Pixel size")), 0, 0)
        grid.addWidget(self.side, 0, 1)
        grid.addWidget(self.unit, 0, 2)
        grid.addWidget(self.everywhere, 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        self.side.valueChanged.connect(self._on_typed)
        self.unit.activated.connect(self._on_typed)
        self.everywhere.clicked.connect(self._on_everywhere)
        looks.pixel_size_changed.connect(self.renew)
        self.renew()

    @Slot()
    def renew(self) -> None:
        """Show what counts for the image on screen."""
        size = self._looks.pixel_size
        self.side.blockSignals(True)
        self.side.setValue(0.0 if size is None else size.x)
        self.side.blockSignals(False)
        if size is not None:
            self.unit.setCurrentIndex(UNITS.index(size.unit))
        self.everywhere.setEnabled(size is not None)

    @Slot()
    def _on_typed(self) -> None:
        self._looks.calibrate(self._typed())

    @Slot()
    def _on_everywhere(self) -> None:
        self._looks.calibrate(self._typed(), everywhere=True)

    def _typed(self) -> PixelSize | None:
        side = self.side.value()
        return sized(side, side, self.unit.currentData())


def unit_text(unit: str) -> str:
    """A unit of UNITS as a person reads it."""
    words = {"nm": tr("nm"), "µm": tr("µm"), "mm": tr("mm"), "cm": tr("cm"), "m": tr("m")}
    return words[unit]
