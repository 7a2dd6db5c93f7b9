"""The panel of objects: a table that goes to an object, and plots of its columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.errors import SegdeskError
from segdesk.core.measure.scale import Scale, scale_of
from segdesk.core.translation import tr
from segdesk.formats.measurements import write_rows
from segdesk.gui.canvas import Canvas
from segdesk.gui.dialogs.files import documents
from segdesk.gui.dialogs.form import named
from segdesk.gui.objects.book import MOST_PIXELS, ObjectBook
from segdesk.gui.objects.plot import ObjectPlot, Series
from segdesk.gui.objects.rows import ObjectRows
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown, NumberField
from segdesk.gui.workbench import Workbench

_MOST_SELECTED = 10_000  # objects on the canvas at once
_ROW = 3 * GRID
_LOOKED_AT = 40  # rows, by which columns get their widths
_AROUND = 0.75  # of an object's size that is shown on each side of it
_NO_PLOT, _HISTOGRAM, _SCATTER = range(3)


class ObjectsPanel(QWidget):
    """Shows the objects of the image on screen while it is seen; what is selected is so on the canvas too."""

    def __init__(
        self, bench: Workbench, book: ObjectBook, canvas: Canvas, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench, self._book, self._canvas = bench, book, canvas
        self._is_syncing = False
        self.rows = ObjectRows(self)
        self.classes = DropDown()
        named(self.classes, tr("Show only a class"))
        self.smallest = NumberField(0, 1_000_000_000, " px")
        self.smallest.setPrefix("≥ ")
        named(self.smallest, tr("Smallest size"), tr("Show only objects with at least so many pixels"))
        self.count = QLabel()
        self.count.setProperty("rank", "quiet")
        self.view = _table(self.rows)
        self.empty = QLabel()
        self.empty.setProperty("rank", "quiet")
        self.empty.setWordWrap(True)
        self.kind = DropDown()
        named(self.kind, tr("Kind of plot"))
        self.kind.addItems([tr("No plot"), tr("Histogram"), tr("Scatter plot")])
        self.kind.setCurrentIndex(_HISTOGRAM)
        self.across, self.up = DropDown(), DropDown()
        named(self.across, tr("Measurement along the plot"))
        named(self.up, tr("Measurement up the plot"))
        self.plot = ObjectPlot()
        self.csv = QPushButton(tr("Save as CSV…"))
        named(self.csv, tr("Save as CSV…"), tr("Write what is shown here as a table"))
        self._lay_out()
        self.classes.currentIndexChanged.connect(self._on_filter)
        self.smallest.valueChanged.connect(self._on_filter)
        for box in (self.kind, self.across, self.up):
            box.currentIndexChanged.connect(self._draw_plot)
        self.plot.chosen.connect(self._on_plot)
        self.csv.clicked.connect(self._save_csv)
        self.view.selectionModel().selectionChanged.connect(self._on_rows)
        self.view.clicked.connect(self._go)
        self.view.activated.connect(self._go)
        self.rows.modelReset.connect(self._on_reset)
        book.changed.connect(self.renew)
        bench.classes_changed.connect(self._on_classes)
        canvas.selection.changed.connect(self._on_selection)
        self._on_classes()
        self.renew()

    def _lay_out(self) -> None:
        filters = _row(self.classes, self.smallest)
        choices = _row(self.across, self.up)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, GRID, 0, 0)
        below.setSpacing(GRID)
        below.addLayout(_row(self.kind))
        below.addLayout(choices)
        below.addWidget(self.plot, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.view)
        self.splitter.addWidget(lower)
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID + 4)
        layout.setSpacing(GRID)
        layout.addLayout(filters)
        layout.addWidget(self.count)
        layout.addWidget(self.empty)
        layout.addWidget(self.splitter, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.csv)
        foot.addStretch(1)
        layout.addLayout(foot)
        layout.addStretch(0)
        self._layout = layout

    def sizeHint(self) -> QSize:
        return QSize(44 * GRID, 60 * GRID)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._book.watch("table", looks=True)
        self.renew()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._book.watch("table", looks=False)

    @Slot()
    def renew(self) -> None:
        """Show what the book holds now."""
        page, had = self._book.page, self.rows.columnCount()
        self.rows.show_table(page.table if page is not None else None, self._bench.classes, self._scale())
        names = [self.rows.title(column) for column in self.rows.columns()]
        if names and names != [self.across.itemText(i) for i in range(self.across.count())]:
            for box, first in ((self.across, 0), (self.up, min(len(names) - 1, 13))):
                was = box.currentIndex()
                box.blockSignals(True)
                box.clear()
                box.addItems(names)
                box.setCurrentIndex(was if 0 <= was < len(names) else first)
                box.blockSignals(False)
        if self.rows.columnCount() != had:
            self.view.resizeColumnsToContents()
        self._on_reset()

    def _scale(self) -> Scale:
        project, sample, picture = self._bench.project, self._bench.current, self._bench.picture
        if project is None or sample is None or picture is None:
            return Scale()
        return scale_of(project.looks.pixel_size(sample.id), picture.pixel_size)

    @Slot()
    def _on_reset(self) -> None:
        """Other rows, or in another order."""
        table = self.rows.table
        total, shown = len(table) if table is not None else 0, self.rows.rowCount()
        self.empty.setText(self._why_empty(total))
        for part in (self.count, self.splitter, self.csv):
            part.setVisible(total > 0)
        self.empty.setVisible(total == 0)
        self._layout.setStretch(self._layout.count() - 1, 0 if total else 1)
        every = tr("1 object") if total == 1 else tr("{count} objects").format(count=total)
        self.count.setText(
            every if shown == total else tr("{shown} of {count} objects").format(shown=shown, count=total)
        )
        self._draw_plot()
        self._on_selection()

    def _why_empty(self, total: int) -> str:
        if total:
            return ""
        if self._bench.document is None:
            return tr("Open an image to see its objects.")
        if self._book.is_too_large:
            return tr("Images of more than {count} megapixels have no table; use segdesk measure.").format(
                count=MOST_PIXELS // 1_000_000
            )
        if self._book.page is None:
            return tr("Measuring…")
        return tr("No objects yet: paint some, or let the model predict.")

    @Slot()
    def _on_classes(self) -> None:
        was = self.classes.currentData()
        self.classes.blockSignals(True)
        self.classes.clear()
        self.classes.addItem(tr("All classes"), None)
        for entry in self._bench.classes[1:]:
            self.classes.addItem(entry.name, entry.index)
        self.classes.setCurrentIndex(max(0, self.classes.findData(was)))
        self.classes.blockSignals(False)
        self._on_filter()

    @Slot()
    def _on_filter(self) -> None:
        self.rows.filter(self.classes.currentData(), self.smallest.value())

    @Slot()
    def _draw_plot(self) -> None:
        kind, columns = self.kind.currentIndex(), self.rows.columns()
        self.up.setVisible(kind == _SCATTER)
        self.across.setVisible(kind != _NO_PLOT)
        self.plot.setVisible(kind != _NO_PLOT)
        if kind == _NO_PLOT or not columns or self.rows.table is None:
            self.plot.show_series(None)
            return
        across = columns[max(0, self.across.currentIndex())]
        up = columns[max(0, self.up.currentIndex())] if kind == _SCATTER else None
        titles = self.rows.title(across), self.rows.title(up) if up is not None else tr("Objects")
        numbers = self.rows.table.numbers[self.rows.shown]
        values = self.rows.values(up) if up is not None else None
        self.plot.show_series(Series(numbers, self.rows.values(across), values, titles))

    # One selection on both sides

    @Slot(QItemSelection, QItemSelection)
    def _on_rows(self) -> None:
        if self._is_syncing:
            return
        # Of thousands of rows, Qt would ask each column of each whether it is selected.
        chosen = self.view.selectionModel().selection()
        parts = [chosen.at(number) for number in range(chosen.count())]
        rows = dict.fromkeys(row for part in parts for row in range(part.top(), part.bottom() + 1))
        self._choose([self.rows.number(row) for row in rows])

    def _choose(self, numbers: list[int]) -> None:
        if len(numbers) > _MOST_SELECTED:
            numbers = numbers[:_MOST_SELECTED]
            self._canvas.show_hint(
                tr("At most {count} objects can be selected at once: filter the table.").format(
                    count=_MOST_SELECTED
                )
            )
        objects = [found for n in numbers if (found := self._book.get(n)) is not None]
        if objects and self._canvas.tool.id not in ("select", "split", "cut"):
            self._canvas.set_tool("select")
        self._is_syncing = True
        self._canvas.selection.choose(objects)
        self._is_syncing = False
        self.plot.mark(np.array(numbers, np.int32))

    @Slot()
    def _go(self) -> None:
        """Bring what is selected into sight."""
        objects = self._canvas.selection.objects
        if len(objects) == 1:
            box = objects[0].box
            self._canvas.show_box(box.grow(round(max(box.width, box.height, 32) * _AROUND)))

    @Slot(object)
    def _on_plot(self, numbers: list[int]) -> None:
        self._choose(numbers)
        self._mark_rows(numbers[:_MOST_SELECTED])
        self._go()

    @Slot()
    def _on_selection(self) -> None:
        """The canvas has another selection."""
        if not self._is_syncing:
            found = (self._book.number_at(o.seed) for o in self._canvas.selection.objects)
            numbers = [number for number in found if number]
            self._mark_rows(numbers)
            self.plot.mark(np.array(numbers, np.int32))

    def _mark_rows(self, numbers: list[int]) -> None:
        rows = [row for n in numbers if (row := self.rows.row_of(n)) is not None]
        chosen = QItemSelection()
        for row in rows:
            chosen.select(self.rows.index(row, 0), self.rows.index(row, self.rows.columnCount() - 1))
        self._is_syncing = True
        self.view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._is_syncing = False
        if rows:
            self.view.scrollTo(self.rows.index(rows[0], 0), QAbstractItemView.ScrollHint.EnsureVisible)

    @Slot()
    def _save_csv(self) -> None:
        sample, table = self._bench.current, self.rows.table
        if sample is None or table is None:
            return
        suggested = documents() / f"{sample.source.path.stem} objects.csv"
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Save the table as CSV"), str(suggested), tr("Tables (*.csv)")
        )
        if not name:
            return
        path = Path(name) if name.lower().endswith(".csv") else Path(f"{name}.csv")
        try:
            write_rows(path, sample.source, table, self._bench.classes, self.rows.shown, self._scale())
        except SegdeskError as error:
            self._bench.error.emit(str(error))
            return
        self._bench.message.emit(tr("Saved {path}.").format(path=path))


def _table(model: ObjectRows) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName(tr("Objects and their measurements"))
    view.setToolTip(tr("Click a row to go to its object, a heading to sort"))
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setShowGrid(False)
    view.setAlternatingRowColors(True)
    view.setSortingEnabled(True)
    view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setCornerButtonEnabled(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(_ROW)
    view.horizontalHeader().setHighlightSections(False)
    view.horizontalHeader().setResizeContentsPrecision(_LOOKED_AT)
    view.setMinimumHeight(5 * _ROW)
    return view


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GRID)
    for widget in widgets:
        # All alike wide, whatever is written in them.
        widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row.addWidget(widget, 1)
    return row
