"""The panel that sets how the image is shown; what is learned from and exported stays as in the file."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.images import COLOR_MAPS, Look, Window
from segdesk.core.images.look import LEAST_GAMMA, MOST_GAMMA
from segdesk.core.translation import tr
from segdesk.gui.dialogs.form import named
from segdesk.gui.image.channels import Channels, channel_name
from segdesk.gui.image.histogram import Histogram
from segdesk.gui.image.looks import Looks
from segdesk.gui.image.pixel_size import PixelSizeRow
from segdesk.gui.theme import GRID, colors
from segdesk.gui.widgets import DropDown, MeasureField

_NOTCHES = 100  # of the slider, to either side of a gamma of 1
_ALL = -1
_LARGEST = 1e12


class ImagePanel(QWidget):
    """Window, gamma, colours and channels of the image on screen, and how large its pixels are."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._looks = looks
        self._shown: object = None  # the image whose values the histogram shows
        self.channel = DropDown()
        named(self.channel, tr("Channel whose values are shown"))
        self.histogram = Histogram()
        self.low = MeasureField(-_LARGEST, _LARGEST, 4)
        named(self.low, tr("Value that is shown black"))
        self.high = MeasureField(-_LARGEST, _LARGEST, 4)
        named(self.high, tr("Value that is shown white"))
        for field in (self.low, self.high):
            field.setMinimumWidth(8 * GRID)
        self.high.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.fit = QPushButton(tr("Fit contrast"))
        named(self.fit, tr("Fit contrast"), tr("Let black and white be the values that 0.5 % are beyond"))
        self.reset = QPushButton(tr("Reset"))
        named(self.reset, tr("Reset"), tr("Show the image as it came"))
        self.gamma_slider = QSlider(Qt.Orientation.Horizontal)
        self.gamma_slider.setRange(-_NOTCHES, _NOTCHES)
        gamma_tip = tr("Above 1, what is dark is seen better; below 1, what is bright")
        named(self.gamma_slider, tr("Gamma"), gamma_tip)
        self.gamma = MeasureField(LEAST_GAMMA, MOST_GAMMA, 2)
        self.gamma.setFixedWidth(8 * GRID)
        self.gamma.setSingleStep(0.1)
        named(self.gamma, tr("Gamma as a number"), gamma_tip)
        self.map = DropDown()
        named(self.map, tr("Colours of a gray image"))
        for name, text in color_map_names().items():
            self.map.addItem(text, name)
        self.channels = Channels()
        self.inverted = QCheckBox(tr("Inverted"))
        named(self.inverted, tr("Inverted"), tr("Show bright values dark"))
        self.shared = QCheckBox(tr("Same for all images"))
        named(self.shared, tr("Same for all images"), tr("Show all images of the project like this one"))
        self.pixel_size = PixelSizeRow(looks)
        self._lay_out()
        self.histogram.window_chosen.connect(self._on_window)
        self.low.valueChanged.connect(self._on_field)
        self.high.valueChanged.connect(self._on_field)
        self.channel.activated.connect(self._renew_values)
        self.fit.clicked.connect(self._on_fit)
        self.reset.clicked.connect(self._on_reset)
        self.gamma_slider.valueChanged.connect(self._on_gamma_slider)
        self.gamma.valueChanged.connect(self._on_gamma)
        self.map.activated.connect(self._on_map)
        self.channels.switched.connect(self._on_switched)
        self.channels.coloured.connect(self._on_coloured)
        self.inverted.toggled.connect(self._on_inverted)
        self.shared.toggled.connect(looks.share)
        looks.changed.connect(self.renew)
        self.renew()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID + 4)
        layout.setSpacing(GRID)
        layout.addWidget(self.channel)
        layout.addWidget(self.histogram)
        ends = QHBoxLayout()
        ends.setSpacing(GRID)
        ends.addWidget(self.low, 1)
        ends.addWidget(QLabel("–"))
        ends.addWidget(self.high, 1)
        layout.addLayout(ends)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.fit, 1)
        buttons.addWidget(self.reset, 1)
        layout.addLayout(buttons)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID)
        grid.addWidget(QLabel(tr("Gamma")), 0, 0)
        grid.addWidget(self.gamma_slider, 0, 1)
        grid.addWidget(self.gamma, 0, 2)
        self._map_label = QLabel(tr("Colours"))
        grid.addWidget(self._map_label, 1, 0)
        grid.addWidget(self.map, 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        layout.addLayout(grid)
        layout.addWidget(self.channels)
        layout.addWidget(self.inverted)
        layout.addWidget(self.shared)
        layout.addWidget(self.pixel_size)
        layout.addStretch(1)

    @Slot()
    def renew(self) -> None:
        """Show the look in use."""
        picture, look = self._looks.picture, self._looks.look
        self.setEnabled(picture is not None)
        if picture is None or not self.isVisible():
            self._shown = None
            return
        count = len(picture.windows)
        if self._shown is not picture:
            self._shown = picture
            self._fill_channels(count)
            self._renew_values()
        window = self._looks.window(max(0, self._channel()))
        self.histogram.show_window(window)
        notch = round(math.log10(look.gamma) * _NOTCHES)
        for widget, value in ((self.low, window.low), (self.high, window.high), (self.gamma, look.gamma)):
            widget.blockSignals(True)
            widget.setValue(value)
            widget.blockSignals(False)
        for box, on in ((self.inverted, look.inverted), (self.shared, self._looks.is_shared)):
            box.blockSignals(True)
            box.setChecked(on)
            box.blockSignals(False)
        self.gamma_slider.blockSignals(True)
        self.gamma_slider.setValue(notch)
        self.gamma_slider.blockSignals(False)
        self.map.setCurrentIndex(max(0, self.map.findData(look.color_map)))
        self.map.setVisible(count == 1)
        self._map_label.setVisible(count == 1)
        self.channels.show_look(look, count)
        self.reset.setEnabled(look != Look())

    def showEvent(self, event: object) -> None:
        self.renew()

    def _fill_channels(self, count: int) -> None:
        before = self._channel()
        self.channel.clear()
        self.channel.addItem(tr("All channels"), _ALL)
        for number in range(count):
            self.channel.addItem(channel_name(number, count), number)
        self.channel.setCurrentIndex(max(0, self.channel.findData(before)))
        self.channel.setVisible(count > 1)

    def _channel(self) -> int:
        data = self.channel.currentData()
        return data if isinstance(data, int) else _ALL

    def _chosen(self) -> list[int]:
        """The channels that the histogram is about."""
        picture, look = self._looks.picture, self._looks.look
        if picture is None:
            return []
        count, one = len(picture.windows), self._channel()
        if count == 1:
            return [0]
        return [one] if one != _ALL else [n for n in range(count) if look.is_shown(n)]

    @Slot()
    def _renew_values(self) -> None:
        picture, look = self._looks.picture, self._looks.look
        if picture is None:
            return
        many = len(picture.windows) > 1
        gray = QColor(colors().quiet)
        values = [(picture.sample[:, n], QColor(*look.color(n)) if many else gray) for n in self._chosen()]
        self.histogram.show_values(values)
        self.histogram.show_window(self._looks.window(max(0, self._channel())))
        step = (self.histogram.span[1] - self.histogram.span[0]) / 100
        for field in (self.low, self.high):
            field.setSingleStep(max(step, 1.0) if step > 0.2 else step)

    # What a person sets

    @Slot(object)
    def _on_window(self, window: Window) -> None:
        look = self._looks.look
        for number in self._chosen():
            look = look.with_channel(number, window=window)
        self._looks.look = look

    @Slot()
    def _on_field(self) -> None:
        if self.low.value() < self.high.value():
            self._on_window(Window(self.low.value(), self.high.value()))

    @Slot()
    def _on_fit(self) -> None:
        self._looks.fit_contrast()

    @Slot()
    def _on_reset(self) -> None:
        self._looks.look = Look()

    @Slot(int)
    def _on_gamma_slider(self, notch: int) -> None:
        self._on_gamma(round(10 ** (notch / _NOTCHES), 2))

    @Slot(float)
    def _on_gamma(self, gamma: float) -> None:
        self._looks.look = replace(self._looks.look, gamma=min(max(gamma, LEAST_GAMMA), MOST_GAMMA))

    @Slot()
    def _on_map(self) -> None:
        self._looks.look = replace(self._looks.look, color_map=self.map.currentData())

    @Slot(int, bool)
    def _on_switched(self, number: int, on: bool) -> None:
        self._looks.look = self._looks.look.with_channel(number, shown=on)
        self._renew_values()

    @Slot(int, tuple)
    def _on_coloured(self, number: int, color: tuple[int, int, int]) -> None:
        self._looks.look = self._looks.look.with_channel(number, color=color)
        self._renew_values()

    @Slot(bool)
    def _on_inverted(self, on: bool) -> None:
        self._looks.look = replace(self._looks.look, inverted=on)


def color_map_names() -> dict[str, str]:
    """The colour maps by name, as a person reads them."""
    words = {
        "gray": tr("Gray"),
        "viridis": tr("Viridis"),
        "cividis": tr("Cividis"),
        "fire": tr("Fire"),
        "inferno": tr("Inferno"),
        "magma": tr("Magma"),
        "turbo": tr("Turbo"),
    }
    return {name: words[name] for name in COLOR_MAPS}
