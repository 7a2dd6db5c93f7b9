"""Which channels are seen, and in which colours."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QCheckBox, QColorDialog, QGridLayout, QPushButton, QWidget

from segdesk.core.images import Look
from segdesk.core.translation import tr
from segdesk.gui.theme import GRID, colors

_MOST = 32  # rows; a hyperspectral image has more channels than anyone switches by hand
_SWATCH = QSize(28, 14)


class Channels(QWidget):
    """A row for each channel: a box to switch it, and its colour.

    switched: a channel's number, and whether it is on. coloured: its number, and its colour.
    """

    switched = Signal(int, bool)
    coloured = Signal(int, tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: list[QCheckBox] = []
        self.swatches: list[QPushButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(0, 1)

    def show_look(self, look: Look, count: int) -> None:
        """Show the channels of an image; none where there is only one."""
        wanted = min(count, _MOST) if count > 1 else 0
        while len(self.boxes) < wanted:
            self._add(len(self.boxes))
        for number, (box, swatch) in enumerate(zip(self.boxes, self.swatches, strict=True)):
            box.setVisible(number < wanted)
            swatch.setVisible(number < wanted)
            if number < wanted:
                name = channel_name(number, count)
                box.setText(name)
                box.setAccessibleName(name)
                box.blockSignals(True)
                box.setChecked(look.is_shown(number))
                box.blockSignals(False)
                swatch.setIcon(_swatch(QColor(*look.color(number))))
                swatch.setAccessibleName(tr("Colour of {name}").format(name=name))
        self.setVisible(wanted > 0)

    def _add(self, number: int) -> None:
        box = QCheckBox()
        box.setToolTip(tr("Show this channel, or not"))
        box.toggled.connect(self._on_toggled)
        swatch = QPushButton()
        swatch.setProperty("flat", True)
        swatch.setIconSize(_SWATCH)
        swatch.setToolTip(tr("Choose the colour of this channel"))
        swatch.clicked.connect(self._on_swatch)
        self._grid.addWidget(box, number, 0)
        self._grid.addWidget(swatch, number, 1)
        self.boxes.append(box)
        self.swatches.append(swatch)

    def _on_toggled(self, on: bool) -> None:
        self.switched.emit(next(n for n, box in enumerate(self.boxes) if box is self.sender()), on)

    def _on_swatch(self) -> None:
        number = next(n for n, swatch in enumerate(self.swatches) if swatch is self.sender())
        chosen = QColorDialog.getColor(parent=self, title=self.swatches[number].accessibleName())
        if chosen.isValid():
            self.coloured.emit(number, (chosen.red(), chosen.green(), chosen.blue()))


def channel_name(number: int, count: int) -> str:
    """What a channel is called."""
    if count == 3:
        return (tr("Red"), tr("Green"), tr("Blue"))[number]
    return tr("Channel {number}").format(number=number + 1)


def _swatch(color: QColor) -> QIcon:
    pixmap = QPixmap(_SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(QColor(colors().line))
    painter.setBrush(color)
    painter.drawRoundedRect(pixmap.rect().adjusted(0, 0, -1, -1), 3, 3)
    painter.end()
    return QIcon(pixmap)
