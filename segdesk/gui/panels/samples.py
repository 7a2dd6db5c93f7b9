"""The list of samples: thumbnail, name and state, with a filter by state and an order."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.patch import State
from segdesk.core.project import Sample
from segdesk.core.translation import tr
from segdesk.gui.panels.order_button import OrderButton, order_look
from segdesk.gui.panels.sample_row import FIGURE, ROW_HEIGHT, SampleRow, percent
from segdesk.gui.pictures import Thumbnails
from segdesk.gui.states import sample_name, state_look
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown
from segdesk.gui.workbench import Workbench

SAMPLE = Qt.ItemDataRole.UserRole

_Index = QModelIndex | QPersistentModelIndex


class SampleModel(QAbstractListModel):
    """The workbench's samples as rows: those that the list shows, in its order."""

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = bench
        self._paged: set[Any] = set()
        bench.samples_changed.connect(self._look_for_pages)
        bench.listing.changed.connect(self._reset)
        bench.status_changed.connect(self.touch)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._bench.listing.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        rows = self._bench.listing.rows
        if not index.isValid() or index.row() >= len(rows):
            return None
        sample = self._bench.samples[rows[index.row()]]
        if role == SAMPLE:
            return sample
        if role == FIGURE:
            return self._bench.listing.figure(rows[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return sample_name(sample, paged=sample.source.path in self._paged)
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = [str(sample.source.path), f"{sample.width} × {sample.height}, {self._told(index)}"]
            return "\n".join(lines)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{sample_name(sample)}, {self._told(index)}"
        return None

    def sample_index(self, sample_id: int) -> QModelIndex:
        """Where a sample is in the list; invalid where it is not shown."""
        row = self._bench.row_of(sample_id)
        place = self._bench.listing.place_of(row) if row is not None else None
        return QModelIndex() if place is None else self.index(place)

    @Slot(int)
    def touch(self, sample_id: int) -> None:
        """A sample looks different now."""
        index = self.sample_index(sample_id)
        if index.isValid():
            self.dataChanged.emit(index, index)

    def _told(self, index: _Index) -> str:
        """A sample's state, and its figure, in words."""
        word = state_look(index.data(SAMPLE).state).word
        figure = index.data(FIGURE)
        if figure is None:
            return word
        what = order_look(self._bench.listing.order).figure
        return f"{word}, {what.format(percent=percent(figure))}"

    @Slot()
    def _look_for_pages(self) -> None:
        # A file of several pages has at least one sample that is not the first page.
        self._paged = {sample.source.path for sample in self._bench.samples if sample.source.page}

    @Slot()
    def _reset(self) -> None:
        self.beginResetModel()
        self.endResetModel()


class _List(QTableView):
    """A list of rows of one height: unlike QListView, a table does not look at each of a hundred thousand."""

    def __init__(self, row: QStyledItemDelegate) -> None:
        super().__init__()
        self.setObjectName("sampleList")
        row.setParent(self)
        self.setItemDelegate(row)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        # A table's Home and End stay in their row, which has nothing else.
        if action in (QAbstractItemView.CursorAction.MoveHome, QAbstractItemView.CursorAction.MoveEnd):
            modifiers |= Qt.KeyboardModifier.ControlModifier
        return super().moveCursor(action, modifiers)


class SamplesPanel(QWidget):
    """The samples of the project; the one on screen is the selected row."""

    def __init__(self, bench: Workbench, remove: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._following = False
        self.thumbnails = Thumbnails(self)
        self.model = SampleModel(bench, self)

        self.setMinimumWidth(20 * GRID)
        self.filter = DropDown()
        self.filter.setAccessibleName(tr("Which images the list shows"))
        self.filter.setToolTip(tr("Show only images of one state"))
        self.order = OrderButton(bench)
        self.list = _List(SampleRow(self.thumbnails))
        self.list.setAccessibleName(tr("Images"))
        self.list.setModel(self.model)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.list.addAction(remove)
        self.empty = QLabel(tr("Drop images or a folder here."))
        self.empty.setProperty("rank", "quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID, 0)
        layout.setSpacing(GRID)
        above = QHBoxLayout()
        above.setSpacing(GRID // 2)
        above.addWidget(self.filter, 1)
        above.addWidget(self.order)
        layout.addLayout(above)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.empty, 1)

        self.filter.activated.connect(self._on_filter)
        self.order.chosen.connect(self.list.scrollToTop)  # what one asked to see first is there
        self.list.selectionModel().currentChanged.connect(self._on_row)
        self.thumbnails.ready.connect(self.model.touch)
        bench.project_changed.connect(self._on_project)
        bench.listing.changed.connect(self._follow)
        bench.samples_changed.connect(self._count)
        bench.status_changed.connect(self._count)
        bench.sample_changed.connect(self._follow)
        self._count()

    def sizeHint(self) -> QSize:
        return QSize(27 * GRID, 50 * GRID)

    def close_thumbnails(self) -> None:
        """Stop what runs in the background."""
        self.thumbnails.close()

    def visible_samples(self) -> list[int]:
        """The ids of the samples whose rows are in sight, from the top down."""
        area = self.list.viewport().rect()
        first, last = self.list.indexAt(area.topLeft()), self.list.indexAt(area.bottomLeft())
        if not self.list.isVisible() or not first.isValid():
            return []
        end = last.row() + 1 if last.isValid() else self.model.rowCount()
        samples = (self.model.index(row).data(SAMPLE) for row in range(first.row(), end))
        return [sample.id for sample in samples]

    @Slot()
    def _on_project(self) -> None:
        self.thumbnails.forget()
        self.filter.setCurrentIndex(0)

    @Slot()
    def _count(self) -> None:
        counts = self._bench.listing.counts
        texts: list[tuple[str, int, State | None]] = [(tr("All images"), len(self._bench.samples), None)]
        texts += [(state_look(state).word, counts[state], state) for state in State]
        while self.filter.count() < len(texts):
            self.filter.addItem("")
        for row, (word, count, state) in enumerate(texts):
            self.filter.setItemText(row, f"{word}  ({count})")
            self.filter.setItemData(row, state)
            if state is not None and self.filter.itemIcon(row).isNull():
                self.filter.setItemIcon(row, state_look(state).icon)
        self.list.setVisible(bool(self._bench.samples))
        self.empty.setVisible(not self._bench.samples)
        self.filter.setEnabled(bool(self._bench.samples))
        self.order.setEnabled(bool(self._bench.samples))

    @Slot()
    def _on_filter(self) -> None:
        state = self.filter.currentData()
        self._bench.show_states(State if state is None else [State(state)])

    @Slot()
    def _follow(self) -> None:
        """Select the row of the sample on screen."""
        self._following = True
        try:
            current = self._bench.current
            index = self.model.sample_index(current.id) if current is not None else QModelIndex()
            self.list.setCurrentIndex(index)
            if index.isValid():
                self.list.scrollTo(index)
        finally:
            self._following = False

    @Slot(QModelIndex, QModelIndex)
    def _on_row(self, index: QModelIndex, _: QModelIndex) -> None:
        sample = index.data(SAMPLE)
        if isinstance(sample, Sample) and not self._following:
            self._bench.go_to(sample.id)
