"""The table of measurements as Qt wants it: sorted and filtered by numpy, as it may have many rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from segdesk.core.classes import SegClass
from segdesk.core.measure import Column, ObjectTable
from segdesk.core.measure.scale import Scale
from segdesk.core.translation import tr

_Index = QModelIndex | QPersistentModelIndex
_PIXELS = Scale()
_NUMBER, _CLASS = 0, 1  # columns before the measurements


class ObjectRows(QAbstractTableModel):
    """Shows those objects of a table that are of a class and large enough, in an order."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.table: ObjectTable | None = None
        self.shown: NDArray[np.intp] = np.zeros(0, np.intp)  # rows of the table, in the order on screen
        self._classes: dict[int, SegClass] = {}
        self._scale = Scale()
        self._class: int | None = None
        self._smallest = 0
        self._sorted = (_NUMBER, Qt.SortOrder.AscendingOrder)

    def show_table(
        self,
        table: ObjectTable | None,
        classes: tuple[SegClass, ...],
        scale: Scale = _PIXELS,
    ) -> None:
        """Show other measurements."""
        self.beginResetModel()
        self.table, self._classes, self._scale = table, {c.index: c for c in classes}, scale
        self._arrange()
        self.endResetModel()

    def filter(self, class_index: int | None, smallest: int) -> None:
        """Show only a class (None: all of them), and what has at least so many pixels."""
        self.beginResetModel()
        self._class, self._smallest = class_index, smallest
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.beginResetModel()
        self._sorted = (column, order)
        self._arrange()
        self.endResetModel()

    def number(self, row: int) -> int:
        """The number of the object in a row."""
        assert self.table is not None
        return int(self.table.numbers[self.shown[row]])

    def row_of(self, number: int) -> int | None:
        """The row of the object of a number, if it is shown."""
        if self.table is None:
            return None
        found = np.flatnonzero(self.table.numbers[self.shown] == number)
        return int(found[0]) if len(found) else None

    def columns(self) -> tuple[Column, ...]:
        """The measurements, in the order of the columns."""
        return self.table.columns if self.table is not None else ()

    def values(self, column: Column) -> NDArray[np.float64]:
        """A measurement of the objects that are shown, in the units that are shown."""
        assert self.table is not None
        return self.table.in_units(column, self._scale.size)[self.shown]

    def title(self, column: Column) -> str:
        """A measurement's name, with its unit."""
        unit = {0: "", 1: self._scale.unit, 2: f"{self._scale.unit}²"}[column.power]
        return f"{column.title} ({unit})" if unit else column.title

    def _arrange(self) -> None:
        table = self.table
        if table is None:
            self.shown = np.zeros(0, np.intp)
            return
        keep = table.values["area"] >= self._smallest
        if self._class is not None:
            keep &= table.classes == self._class
        rows = np.flatnonzero(keep)
        column, order = self._sorted
        keys: NDArray[Any] = table.numbers
        if column == _CLASS:
            keys = table.classes
        elif column - 2 < len(table.columns) and column > _CLASS:
            keys = table.values[table.columns[column - 2].name]
        placed = np.argsort(keys[rows], kind="stable")
        self.shown = rows[placed if order == Qt.SortOrder.AscendingOrder else placed[::-1]]

    # What Qt asks

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self.table is None else 2 + len(self.table.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        table, column = self.table, index.column()
        if table is None:
            return None
        row = int(self.shown[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            if column == _NUMBER:
                return str(table.numbers[row])
            if column == _CLASS:
                found = self._classes.get(int(table.classes[row]))
                return found.name if found is not None else str(table.classes[row])
            shown = table.columns[column - 2]
            value = float(table.values[shown.name][row])
            size = self._scale.size
            if size is not None and shown.power:
                return figure_text(value * size**shown.power)
            return f"{value:.0f}" if shown.whole else figure_text(value)
        if role == Qt.ItemDataRole.DecorationRole and column == _CLASS:
            found = self._classes.get(int(table.classes[row]))
            return QColor(*found.color) if found is not None else None
        if role == Qt.ItemDataRole.TextAlignmentRole and column != _CLASS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or self.table is None:
            return None
        column = self.table.columns[section - 2] if section > _CLASS else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(column) if column is not None else (tr("No."), tr("Class"))[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            tip = (
                column.help
                if column is not None
                else (tr("Stays with the object"), tr("Of the object"))[section]
            )
            return tr("{what}; click to sort").format(what=tip)
        return None


def figure_text(value: float) -> str:
    """A figure with about four digits."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 100 or value == 0:
        return f"{value:.0f}" if size >= 1000 or value == 0 else f"{value:.1f}"
    return f"{value:.3g}" if size >= 1e-3 else f"{value:.1e}"
