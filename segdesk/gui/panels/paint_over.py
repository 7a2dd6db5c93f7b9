"""What tools may change: over which class they paint, and whether corrections are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from segdesk.core.classes import SegClass
from segdesk.core.translation import tr
from segdesk.gui.dialogs.form import named
from segdesk.gui.panels.option_rows import LABEL
from segdesk.gui.theme import GRID
from segdesk.gui.tools.options import ToolOptions
from segdesk.gui.widgets import DropDown


class PaintOver(QWidget):
    """Two rows of the tool options."""

    def __init__(self, options: ToolOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = options
        self.classes = DropDown()
        self.classes.may_be_narrow()
        tip = tr("Which pixels tools may change; all others stay as they are")
        named(self.classes, tr("Paint on"), tip)
        self.keep = QCheckBox(tr("Keep what I corrected"))
        named(self.keep, self.keep.text(), tr("Tools change only pixels that nobody has corrected yet"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID)
        grid.setColumnMinimumWidth(0, LABEL)
        grid.setColumnStretch(1, 1)
        label = QLabel(tr("Paint on"))
        label.setToolTip(tip)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.classes, 0, 1)
        grid.addWidget(self.keep, 1, 1)
        self.classes.activated.connect(self._on_class)
        self.keep.toggled.connect(self._on_keep)
        options.changed.connect(self._follow)
        self.show_classes(())

    def show_classes(self, classes: Sequence[SegClass]) -> None:
        """Offer these classes; where the chosen one is gone, anything may be painted over."""
        self.classes.blockSignals(True)
        self.classes.clear()
        self.classes.addItem(tr("Everything"), None)
        self.classes.addItem(tr("Only the background"), 0)
        for c in classes:
            if c.index != 0:
                self.classes.addItem(tr("Only {name}").format(name=c.name), c.index)
        self.classes.blockSignals(False)
        over = self._options.over
        if over.only is not None and self.classes.findData(over.only) < 0:
            self._options.over = replace(over, only=None)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        over = self._options.over
        index = 0 if over.only is None else self.classes.findData(over.only)
        self.classes.setCurrentIndex(max(0, index))
        self.keep.setChecked(over.keep_corrected)

    @Slot(int)
    def _on_class(self, row: int) -> None:
        self._options.over = replace(self._options.over, only=self.classes.itemData(row))

    @Slot(bool)
    def _on_keep(self, keep: bool) -> None:
        self._options.over = replace(self._options.over, keep_corrected=keep)
