"""The images one by one: which part each is in, put where it belongs by hand, and its group."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.dataset.overview import Overview
from segdesk.core.project import Sample, Split
from segdesk.core.translation import tr
from segdesk.gui.dataset.looks import part_look
from segdesk.gui.dataset.rows import GROUP, NAME, PART, Filter, SplitRows, filter_words, kept
from segdesk.gui.dataset.splitting import Splitting
from segdesk.gui.dialogs.form import named
from segdesk.gui.icons import icon
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown, TextField
from segdesk.gui.workbench import Workbench

_ROW = 3 * GRID
# The parts' colours are seen on a selected row as well; by the palette's roles, so that it follows the theme.
_LOOK = "QTableView { selection-background-color: palette(midlight); selection-color: palette(text); }"


class ImagesPage(QWidget):
    """A table of images. verbs: what can be done with those that are selected; None frees them."""

    def __init__(self, bench: Workbench, splitting: Splitting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._splitting = bench, splitting
        self._found: Overview | None = None
        self.rows = SplitRows(self)
        self.filter = DropDown()
        named(self.filter, tr("Which images are listed"))
        for wanted, words in filter_words().items():
            self.filter.addItem(words, wanted)
        self.table = _table(self.rows)
        self.verbs: dict[Split | None, QAction] = {}
        self.buttons: dict[Split | None, QPushButton] = {}
        fixing = QHBoxLayout()
        fixing.setSpacing(GRID // 2)
        for part in (*Split, None):
            self.verbs[part] = verb = self._verb(part)
            button = QPushButton()
            button.setProperty("segment", True)
            button.setIcon(verb.icon())
            named(button, verb.text(), verb.toolTip())
            button.clicked.connect(verb.trigger)
            self.buttons[part] = button
            fixing.addWidget(button, 1)
        self.group = TextField()
        self.group.setPlaceholderText(tr("Group of the selected"))
        named(self.group, tr("Group"), tr("Images of one group stay together; empty: each by itself"))
        self.set_group = QPushButton(tr("Set"))
        self.set_group.setProperty("segment", True)
        named(self.set_group, tr("Set the group"), tr("Put the selected images into this group"))
        grouping = QHBoxLayout()
        grouping.setSpacing(GRID)
        grouping.addWidget(self.group, 1)
        grouping.addWidget(self.set_group)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.filter)
        layout.addWidget(self.table, 1)
        layout.addLayout(fixing)
        layout.addLayout(grouping)
        self.filter.currentIndexChanged.connect(self._list)
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self.table.customContextMenuRequested.connect(self._on_menu)
        self.rows.modelReset.connect(self._on_selection)
        self.table.activated.connect(self._go_to)
        self.set_group.clicked.connect(self._on_group)
        self.group.returnPressed.connect(self._on_group)
        splitting.changed.connect(self._on_change)
        self._on_selection()

    def _verb(self, part: Split | None) -> QAction:
        if part is None:
            verb = QAction(icon("lock-open-variant-outline"), tr("Free again"), self)
            verb.setToolTip(tr("Let drawings move the selected images again"))
        else:
            look = part_look(part)
            verb = QAction(look.icon, tr("Fix in {part}").format(part=look.word), self)
            verb.setToolTip(
                tr("Put the selected images into {part}; no drawing moves them").format(part=look.word)
            )
        verb.triggered.connect(self._on_verb)
        return verb

    def show_overview(self, found: Overview | None) -> None:
        """Filter by what has been found out; parts and groups are those of the project as they are now."""
        self._found = found
        if self.isVisible():
            self._list()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._list()

    def list_only(self, wanted: Filter) -> None:
        """List these images alone."""
        self.filter.setCurrentIndex(self.filter.findData(wanted))

    def selected(self) -> list[Sample]:
        """The images that are selected in the table."""
        # Not selectedRows(), which leaves out rows that have a hidden cell.
        rows = {index.row() for index in self.table.selectionModel().selectedIndexes()}
        return [self.rows.shown[row] for row in sorted(rows)]

    @Slot()
    def _on_change(self) -> None:
        if self.isVisible():
            self._list()

    @Slot()
    def _list(self) -> None:
        wanted = kept(self.filter.currentData(), self._found)
        self.rows.show_samples([sample for sample in self._bench.samples if wanted(sample)])
        self.table.setColumnHidden(GROUP, not any(sample.group for sample in self.rows.shown))

    @Slot()
    def _on_selection(self) -> None:
        chosen = self.selected()
        for part, verb in self.verbs.items():
            verb.setEnabled(bool(chosen) if part is not None else any(s.split_fixed for s in chosen))
            self.buttons[part].setEnabled(verb.isEnabled())
        self.set_group.setEnabled(bool(chosen))
        self.group.setEnabled(bool(chosen))
        groups = {sample.group or "" for sample in chosen}
        self.group.setText(groups.pop() if len(groups) == 1 else "")

    @Slot()
    def _on_verb(self) -> None:
        for part, verb in self.verbs.items():
            if verb is self.sender():
                if part is None:
                    self._splitting.free(self.selected())
                else:
                    self._splitting.fix(self.selected(), part)
                self._on_selection()

    @Slot(QPoint)
    def _on_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(self.verbs.values()))
        menu.popup(self.table.viewport().mapToGlobal(place))

    @Slot()
    def _on_group(self) -> None:
        if chosen := self.selected():
            self._splitting.group(chosen, self.group.text().strip())

    @Slot()
    def _go_to(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self._bench.go_to(self.rows.shown[index.row()].id)


def _table(model: SplitRows) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setStyleSheet(_LOOK)
    view.setAccessibleName(tr("Images and their parts"))
    view.setToolTip(tr("Double-click a row to go to its image, a heading to sort"))
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setShowGrid(False)
    view.setAlternatingRowColors(True)
    view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)  # as they came
    view.setSortingEnabled(True)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.setWordWrap(False)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setIconSize(QSize(12, 12))
    view.setTabKeyNavigation(False)
    view.setCornerButtonEnabled(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(_ROW)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setMinimumSectionSize(6 * GRID)
    header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
    for column, width in ((PART, 11 * GRID), (GROUP, 7 * GRID)):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(column, width)
    view.setMinimumHeight(5 * _ROW)
    return view
