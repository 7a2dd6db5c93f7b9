"""The list of samples: thumbnail, name and state, with a filter by state."""

from __future__ import annotations

from collections import Counter
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Slot,
)
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView, QVBoxLayout, QWidget

from segdesk.core.patch import State
from segdesk.core.project import Sample
from segdesk.core.translation import tr
from segdesk.gui.panels.sample_row import SampleRow
from segdesk.gui.pictures import Thumbnails
from segdesk.gui.states import sample_name, state_look
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown
from segdesk.gui.workbench import Workbench

SAMPLE = Qt.ItemDataRole.UserRole

_Index = QModelIndex | QPersistentModelIndex


class SampleModel(QAbstractListModel):
    """The workbench's samples as rows."""

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = bench
        self._paged: set[Any] = set()
        bench.project_changed.connect(self._reset)
        bench.samples_changed.connect(self._reset)
        bench.status_changed.connect(self.touch)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._bench.samples)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._bench.samples):
            return None
        sample = self._bench.samples[index.row()]
        if role == SAMPLE:
            return sample
        if role == Qt.ItemDataRole.DisplayRole:
            return sample_name(sample, paged=sample.source.path in self._paged)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{sample.source.path}\n{sample.width} × {sample.height}, {state_look(sample.state).word}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{sample_name(sample)}, {state_look(sample.state).word}"
        return None

    @Slot(int)
    def touch(self, sample_id: int) -> None:
        """A sample looks different now."""
        row = self._bench.row_of(sample_id)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)

    @Slot()
    def _reset(self) -> None:
        self.beginResetModel()
        files = Counter(sample.source.path for sample in self._bench.samples)
        self._paged = {path for path, count in files.items() if count > 1}
        self.endResetModel()


class _Filter(QSortFilterProxyModel):
    """Those of the samples that the workbench wants shown."""

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = bench

    def filterAcceptsRow(self, row: int, parent: _Index) -> bool:
        return row < len(self._bench.samples) and self._bench.is_shown(self._bench.samples[row])

    def renew(self) -> None:
        self.beginFilterChange()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)


class SamplesPanel(QWidget):
    """The samples of the project; the one on screen is the selected row."""

    def __init__(self, bench: Workbench, remove: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._following = False
        self.thumbnails = Thumbnails(self)
        self.model = SampleModel(bench, self)
        self._proxy = _Filter(bench, self)
        self._proxy.setSourceModel(self.model)

        self.setMinimumWidth(20 * GRID)
        self.filter = DropDown()
        self.filter.setAccessibleName(tr("Which images the list shows"))
        self.filter.setToolTip(tr("Show only images of one state"))
        self.list = QListView()
        self.list.setAccessibleName(tr("Images"))
        self.list.setUniformItemSizes(True)
        self.list.setModel(self._proxy)
        self.list.setItemDelegate(SampleRow(self.thumbnails, self.list))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.list.addAction(remove)
        self.empty = QLabel(tr("Drop images or a folder here."))
        self.empty.setProperty("rank", "quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.filter)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.empty, 1)

        self.filter.activated.connect(self._on_filter)
        self.list.selectionModel().currentChanged.connect(self._on_row)
        self.thumbnails.ready.connect(self.model.touch)
        bench.project_changed.connect(self._on_project)
        bench.samples_changed.connect(self._count)
        bench.status_changed.connect(self._count)
        bench.sample_changed.connect(self._follow)
        self._count()

    def sizeHint(self) -> QSize:
        return QSize(27 * GRID, 50 * GRID)

    def close_thumbnails(self) -> None:
        """Stop what runs in the background."""
        self.thumbnails.close()

    @Slot()
    def _on_project(self) -> None:
        self.thumbnails.forget()
        self.filter.setCurrentIndex(0)

    @Slot()
    def _count(self) -> None:
        counts = Counter(sample.state for sample in self._bench.samples)
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

    @Slot()
    def _on_filter(self) -> None:
        state = self.filter.currentData()
        self._bench.shown_states = frozenset(State) if state is None else frozenset({State(state)})
        self._following = True
        self._proxy.renew()
        self._follow()

    @Slot()
    def _follow(self) -> None:
        """Select the row of the sample on screen."""
        self._following = True
        try:
            if len(self._bench.shown_states) < len(State):
                self._proxy.renew()  # the one that was on screen may not belong to the list any more
            current = self._bench.current
            row = self._bench.row_of(current.id) if current is not None else None
            index = self._proxy.mapFromSource(self.model.index(row)) if row is not None else QModelIndex()
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
