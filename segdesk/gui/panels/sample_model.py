"""The rows of the list of samples: images, stacks, and the pages of a stack that is open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtWidgets import QWidget

from segdesk.core.patch import State
from segdesk.core.project import Sample
from segdesk.core.translation import tr
from segdesk.gui.panels.order_button import order_look
from segdesk.gui.panels.sample_row import FIGURE, PAGE, STACK, percent
from segdesk.gui.stacks import ALONE, Entries, fold
from segdesk.gui.states import sample_name, state_look
from segdesk.gui.workbench import Workbench

SAMPLE = Qt.ItemDataRole.UserRole

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class StackSum:
    """What is said of a stack: whether its pages are shown, and how many are in each state."""

    is_open: bool
    counts: Counter[State]

    @property
    def pages(self) -> int:
        return self.counts.total()


class SampleModel(QAbstractListModel):
    """What the listing shows, in its order. SAMPLE is the sample that a row stands for.

    The row of a closed stack stands for the page on screen, or else for its first page that is shown.
    """

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = bench
        self._opened: set[Path] = set()
        self._entries = self._fold()
        bench.project_changed.connect(self._forget)
        bench.listing.changed.connect(self._reset)
        bench.status_changed.connect(self.touch)
        bench.sample_changed.connect(self._on_sample)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._row(index)
        if row is None:
            return None
        stack = self.stack(index)
        if role == STACK:
            return stack
        if role == FIGURE:
            return self._bench.listing.figure(row)
        row = self._stands_for(row) if stack is not None else row
        sample = self._bench.samples[row]
        if role == SAMPLE:
            return sample
        if role == PAGE:
            listing = self._bench.listing
            return listing.stacked and stack is None and bool(listing.stacks.number[row] != ALONE)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._name(row, stack, below=bool(self.data(index, PAGE)))
        if role == Qt.ItemDataRole.ToolTipRole:
            size = f"{sample.width} × {sample.height}"
            return "\n".join([str(sample.source.path), f"{size}, {self._told(index, sample, stack)}"])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._whole_name(row)}, {self._told(index, sample, stack)}"
        return None

    def sample_index(self, sample_id: int) -> QModelIndex:
        """Where a sample is in the list, be it in a closed stack; invalid where it is not shown."""
        row = self._bench.row_of(sample_id)
        line = self._entries.place_of(row) if row is not None else None
        return QModelIndex() if line is None else self.index(line)

    def stack(self, index: _Index) -> StackSum | None:
        """What is said of the stack whose own row this is; None for other rows."""
        row = self._row(index)
        if row is None or not self._entries.is_stack[index.row()]:
            return None
        listing = self._bench.listing
        path = listing.stacks.paths[listing.stacks.number[row]]
        return StackSum(path in self._opened, listing.counts_of(listing.stacks.pages(row)))

    def open_stack(self, index: _Index, wanted: bool | None = None) -> bool:
        """Show the pages of the stack that a row is or belongs to, or hide them; None: whichever is not so.

        False where nothing has changed.
        """
        row = self._row(index)
        listing = self._bench.listing
        if row is None or not listing.stacked or listing.stacks.number[row] == ALONE:
            return False
        path = listing.stacks.paths[listing.stacks.number[row]]
        wanted = path not in self._opened if wanted is None else wanted
        if wanted == (path in self._opened):
            return False
        self._opened ^= {path}
        self._reset()
        return True

    def stack_index(self, index: _Index) -> QModelIndex:
        """The row of the stack that a row belongs to; invalid where it is of none."""
        row = self._row(index)
        if row is None or self._bench.listing.stacks.number[row] == ALONE:
            return QModelIndex()
        line = self._entries.above(index.row())
        return QModelIndex() if line is None else self.index(line)

    @Slot(int)
    def touch(self, sample_id: int) -> None:
        """A sample looks different now, and so may its stack."""
        index = self.sample_index(sample_id)
        for there in (index, self.stack_index(index)):
            if there.isValid():
                self.dataChanged.emit(there, there)

    def _row(self, index: _Index) -> int | None:
        line = index.row()
        return int(self._entries.rows[line]) if index.isValid() and line < len(self._entries) else None

    def _stands_for(self, row: int) -> int:
        """The page on screen if it is of the same file, else this one."""
        current, number = self._bench.current_row, self._bench.listing.stacks.number
        return current if current is not None and number[current] == number[row] else row

    def _name(self, row: int, stack: StackSum | None, *, below: bool) -> str:
        if below:
            stacks = self._bench.listing.stacks
            text = tr("Slice {page}") if stacks.is_series(row) else tr("Page {page}")
            return text.format(page=stacks.place[row] + 1)
        if stack is None or (row == self._bench.current_row and not stack.is_open):
            return self._whole_name(row)
        stacks = self._bench.listing.stacks
        name = stacks.paths[stacks.number[row]].name
        return tr("{name} ({count})").format(name=name, count=stack.pages)

    def _whole_name(self, row: int) -> str:
        """The file's name, and where in its stack the image is."""
        sample, stacks = self._bench.samples[row], self._bench.listing.stacks
        if stacks.is_series(row):
            text = tr("{name}, slice {page}")
            return text.format(name=sample.source.path.name, page=stacks.place[row] + 1)
        return sample_name(sample, paged=bool(stacks.number[row] != ALONE))

    def _told(self, index: _Index, sample: Sample, stack: StackSum | None) -> str:
        """A sample's state, or those of a stack's pages, and its figure, in words."""
        if stack is None:
            word = state_look(sample.state).word
        else:
            parts = [f"{state_look(state).word}: {stack.counts[state]}" for state in stack.counts]
            shown = tr("pages shown") if stack.is_open else tr("pages hidden")
            word = ", ".join([tr("{count} pages").format(count=stack.pages), *parts, shown])
        figure = index.data(FIGURE)
        if figure is None:
            return word
        what = order_look(self._bench.listing.order).figure
        return f"{word}, {what.format(percent=percent(figure))}"

    def _fold(self) -> Entries:
        listing = self._bench.listing
        return fold(listing.rows, listing.stacks, self._opened, together=listing.stacked)

    @Slot()
    def _on_sample(self) -> None:
        if self._entries.is_stack.any():  # a stack's row tells of the page on screen
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    @Slot()
    def _forget(self) -> None:
        self._opened.clear()

    @Slot()
    def _reset(self) -> None:
        self.beginResetModel()
        self._entries = self._fold()
        self.endResetModel()
