"""Going through the stack on screen, pages of a file or slices of a series: a slider below the canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from segdesk.core.translation import tr
from segdesk.gui.actions import tool_tip
from segdesk.gui.dialogs.form import named
from segdesk.gui.theme import GRID
from segdesk.gui.workbench import Workbench

PAGE_KEYS = ("Ctrl+PgDown", "Ctrl+PgUp")


class PagesBar(QWidget):
    """Seen only where what is on screen is one of a stack."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._ids: list[int] = []  # of the samples, by their place in the stack
        self._places: list[int] = []
        self._is_series = False
        self._stacks = bench.listing.stacks  # that these were found in
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(10)
        self.label = QLabel()
        self.label.setProperty("rank", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        row.setSpacing(2 * GRID)
        row.addWidget(self.slider, 1)
        row.addWidget(self.label)
        # Only the latest place of a slider that is dragged is worth reading.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._go)
        self.slider.valueChanged.connect(self._on_value)
        bench.sample_changed.connect(self._renew)
        bench.samples_changed.connect(self._renew)
        self._renew()

    def step(self, way: int) -> None:
        """Go to the next page (1) or the one before (-1)."""
        if not self._ids:
            self._bench.message.emit(tr("This file has no other pages."))
            return
        there = self.slider.value() + way
        if 0 <= there < len(self._ids):
            self.slider.setValue(there)
        else:
            last, first = tr("This is the last page."), tr("This is the first page.")
            if self._is_series:
                last, first = tr("This is the last slice."), tr("This is the first slice.")
            self._bench.message.emit(last if way > 0 else first)

    @Slot()
    def _renew(self) -> None:
        """Find what is in one stack with the image on screen."""
        bench, current, row = self._bench, self._bench.current, self._bench.current_row
        samples = bench.samples
        if current is None or row is None or row >= len(samples):
            self._ids = []
        elif current.id not in self._ids or self._stacks is not bench.listing.stacks:
            self._stacks = bench.listing.stacks
            found = self._stacks.pages(row)
            self._ids = [samples[each].id for each in found] if len(found) > 1 else []
            self._places = self._stacks.place[found].tolist()
            self._is_series = self._stacks.is_series(row)
        self.setVisible(bool(self._ids))
        if current is not None and self._ids:
            place = self._ids.index(current.id)
            what = tr("Slice of the series") if self._is_series else tr("Page of the file")
            named(self.slider, what, tool_tip(what, PAGE_KEYS))
            self.slider.blockSignals(True)
            self.slider.setRange(0, len(self._ids) - 1)
            self.slider.setValue(place)
            self.slider.blockSignals(False)
            self._tell(place)

    def _tell(self, place: int) -> None:
        text = tr("Slice {number} of {count}") if self._is_series else tr("Page {number} of {count}")
        self.label.setText(text.format(number=self._places[place] + 1, count=len(self._ids)))

    @Slot(int)
    def _on_value(self, place: int) -> None:
        self._tell(place)
        self._soon.start()

    @Slot()
    def _go(self) -> None:
        if 0 <= self.slider.value() < len(self._ids):
            self._bench.go_to(self._ids[self.slider.value()])
