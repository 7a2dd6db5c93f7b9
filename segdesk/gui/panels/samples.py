"""The list of samples: thumbnail, name and state, with a filter by state and an order."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.patch import State
from segdesk.core.project import Sample
from segdesk.core.translation import tr
from segdesk.gui.panels.find_field import FindField
from segdesk.gui.panels.order_button import OrderButton
from segdesk.gui.panels.sample_model import SAMPLE, SampleModel
from segdesk.gui.panels.sample_row import OPENS, ROW_HEIGHT, SampleRow
from segdesk.gui.pictures import Thumbnails
from segdesk.gui.states import state_look
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown
from segdesk.gui.workbench import Workbench


class _List(QTableView):
    """A list of rows of one height: unlike QListView, a table does not look at each of a hundred thousand.

    Right opens a stack and Left closes it, as do a double click and a click on its arrow.
    """

    def __init__(self, row: QStyledItemDelegate, samples: SampleModel) -> None:
        super().__init__()
        self.setModel(samples)
        self._samples = samples
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

    def keyboardSearch(self, search: str) -> None:
        """Nothing: most letters are orders, and Qt would ask each of a hundred thousand rows for its name."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        stack = self._samples.stack_index(self.currentIndex())
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and stack.isValid() and event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            self._open(stack, event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        left = event.button() is Qt.MouseButton.LeftButton
        on_arrow = event.position().x() >= self.viewport().width() - OPENS
        if left and on_arrow and self._samples.stack(index) is not None:
            self._open(index)
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if self._samples.stack(index) is not None:
            self._open(index)
        else:
            super().mouseDoubleClickEvent(event)

    def _open(self, stack: QModelIndex, wanted: bool | None = None) -> None:
        """Open or close a stack where it is, even if the image on screen is elsewhere in the list."""
        seen = self.verticalScrollBar().value()
        self._samples.open_stack(stack, wanted)
        self.verticalScrollBar().setValue(seen)


class SamplesPanel(QWidget):
    """The samples of the project; the one on screen is the selected row.

    image_wanted: the keys shall be for the image from now on.
    """

    image_wanted = Signal()

    def __init__(
        self, bench: Workbench, remove: QAction, stacks: QAction, find: QAction, parent: QWidget | None = None
    ) -> None:
        """remove, stacks, find: the orders that take an image away, put pages together, look for a name."""
        super().__init__(parent)
        self._bench = bench
        self._following = False
        self.thumbnails = Thumbnails(self)
        self.model = SampleModel(bench, self)

        self.filter = DropDown()
        self.filter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)  # numbers grow
        self.filter.setAccessibleName(tr("Which images the list shows"))
        self.filter.setToolTip(tr("Show only images of one state"))
        self.order = OrderButton(bench)
        self.order.offer(stacks)
        self.look = QToolButton()
        self.look.setDefaultAction(find)
        self.look.setFixedSize(4 * GRID, 4 * GRID)
        self.look.setIconSize(QSize(20, 20))
        self.look.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.look.setAccessibleName(find.text())
        self.finder = FindField(bench)
        self.list = _List(SampleRow(self.thumbnails), self.model)
        self.list.setAccessibleName(tr("Images"))
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
        above.addWidget(self.look)
        above.addWidget(self.order)
        layout.addLayout(above)
        layout.addWidget(self.finder)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.empty, 1)

        self.filter.activated.connect(self._on_filter)
        self.order.chosen.connect(self.list.scrollToTop)  # what one asked to see first is there
        self.list.selectionModel().currentChanged.connect(self._on_row)
        self.finder.left.connect(self._on_found)
        self.thumbnails.ready.connect(self.model.touch)
        bench.project_changed.connect(self._on_project)
        self.model.modelReset.connect(self._follow)
        bench.samples_changed.connect(self._count)
        bench.status_changed.connect(self._count)
        bench.sample_changed.connect(self._follow)
        bench.picture_ready.connect(self._on_there)
        bench.picture_missing.connect(self._on_missing)
        self._count()

    def sizeHint(self) -> QSize:
        return QSize(27 * GRID, 50 * GRID)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(max(20 * GRID, hint.width()), hint.height())

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

    def stand_for(self, sample: Sample) -> list[Sample]:
        """What a sample's row stands for: all pages of its file where their stack is closed, else itself."""
        stack = self.model.stack(self.model.sample_index(sample.id))
        row = self._bench.row_of(sample.id)
        if stack is None or stack.is_open or row is None:
            return [sample]
        return [self._bench.samples[page] for page in self._bench.listing.stacks.pages(row).tolist()]

    @Slot()
    def _on_project(self) -> None:
        self.thumbnails.forget()
        self.filter.setCurrentIndex(0)

    @Slot()
    def _on_there(self) -> None:
        if self._bench.current is not None:
            self.thumbnails.renew(self._bench.current.id, broken=True)

    @Slot()
    def _on_missing(self) -> None:
        if self._bench.current is not None:
            self.thumbnails.renew(self._bench.current.id, broken=False)

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

    @Slot(bool)
    def _on_found(self, to_list: bool) -> None:
        if to_list:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.image_wanted.emit()

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
        sample, stack = index.data(SAMPLE), self.model.stack(index)
        if self._following or not isinstance(sample, Sample):
            return
        if stack is None or not stack.is_open:  # an open one's row is passed on the way to its pages
            self._bench.go_to(sample.id)
