"""The images with their parts and groups, as Qt wants them: filtered, and in an order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from segdesk.core.dataset.overview import PARTS, Overview
from segdesk.core.naming import natural_key
from segdesk.core.project import Sample, Split
from segdesk.core.translation import tr
from segdesk.gui.dataset.looks import part_look
from segdesk.gui.icons import icon
from segdesk.gui.states import sample_name

_Index = QModelIndex | QPersistentModelIndex
NAME, PART, GROUP = range(3)
_ORDER = {part: number for number, part in enumerate(PARTS)}


class Filter(Enum):
    """Which images are shown."""

    ALL = auto()
    TRAIN = auto()
    VALIDATION = auto()
    TEST = auto()
    NONE = auto()
    FIXED = auto()
    UNCORRECTED = auto()
    DUPLICATES = auto()
    LEARNED = auto()


def filter_words() -> dict[Filter, str]:
    """What the filters are called, in their order."""
    return {
        Filter.ALL: tr("All images"),
        Filter.TRAIN: tr("Training"),
        Filter.VALIDATION: tr("Validation"),
        Filter.TEST: tr("Test"),
        Filter.NONE: tr("In no part"),
        Filter.FIXED: tr("Fixed by hand"),
        Filter.UNCORRECTED: tr("Without corrections"),
        Filter.DUPLICATES: tr("More than once"),
        Filter.LEARNED: tr("Test, but learned from"),
    }


def kept(wanted: Filter, found: Overview | None) -> Callable[[Sample], bool]:
    """Whether a sample is shown; what has to be worked out is as it was in `found`."""
    parts = {Filter.TRAIN: Split.TRAIN, Filter.VALIDATION: Split.VALIDATION, Filter.TEST: Split.TEST}
    match wanted:
        case Filter.ALL:
            return lambda _: True
        case Filter.TRAIN | Filter.VALIDATION | Filter.TEST:
            return lambda s: s.split is parts[wanted]
        case Filter.NONE:
            return lambda s: s.split is None
        case Filter.FIXED:
            return lambda s: s.split_fixed
    ids: set[int] = set()
    if found is not None and wanted is Filter.UNCORRECTED:
        ids = {s.id for s in found.uncorrected}
    elif found is not None and wanted is Filter.DUPLICATES:
        ids = {s.id for copies in found.duplicates for s in copies}
    elif found is not None:
        ids = {s.id for s in found.learned_test}
    return lambda s: s.id in ids


class SplitRows(QAbstractTableModel):
    """A row an image: its name, its part (with a lock where it is fixed) and its group."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.shown: list[Sample] = []
        self._sorted = (-1, Qt.SortOrder.AscendingOrder)

    def show_samples(self, samples: Sequence[Sample]) -> None:
        """Show these; where they are the ones that are shown already, what is selected stays so."""
        placed = self._placed(samples)
        if [s.id for s in placed] == [s.id for s in self.shown]:
            self.shown = placed
            if placed:
                self.dataChanged.emit(self.index(0, 0), self.index(len(placed) - 1, GROUP))
            return
        self.beginResetModel()
        self.shown = placed
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted = (column, order)
        self.beginResetModel()
        self.shown = self._placed(self.shown)
        self.endResetModel()

    def _placed(self, samples: Sequence[Sample]) -> list[Sample]:
        column, order = self._sorted
        if column < 0:
            return list(samples)
        keys: dict[int, Callable[[Sample], Any]] = {
            NAME: lambda s: (natural_key(s.source.path.name), s.source.page, s.id),
            PART: lambda s: (_ORDER[s.split], not s.split_fixed, s.id),
            GROUP: lambda s: (s.group is None, natural_key(s.group or ""), s.id),
        }
        return sorted(samples, key=keys[column], reverse=order == Qt.SortOrder.DescendingOrder)

    # What Qt asks

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        sample, column = self.shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (sample_name(sample), part_look(sample.split).word, sample.group or "")[column]
        if role == Qt.ItemDataRole.DecorationRole and column == PART:
            look = part_look(sample.split)
            return icon("lock", look.role) if sample.split_fixed else look.icon
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return _told(sample, column)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return (tr("Image"), tr("Part"), tr("Group"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


def _told(sample: Sample, column: int) -> str:
    if column == NAME:
        return str(sample.source.path)
    if column == GROUP:
        return sample.group or tr("It stays with no other image")
    word = part_look(sample.split).word
    return tr("{part}, fixed: no drawing moves it").format(part=word) if sample.split_fixed else word
