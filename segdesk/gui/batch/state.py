"""How far a batch is, what has come of it, and which of its files failed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.jobs import Progress
from segdesk.core.translation import tr
from segdesk.gui.batch.run import Count
from segdesk.gui.dialogs.form import named
from segdesk.gui.icons import icon
from segdesk.gui.panels.job_bar import in_words
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import IconMark

_MOST_SHOWN = 500  # failures; nobody reads more, and each takes time to be drawn
_MARK = 20


class BatchState(QWidget):
    """Empty until a batch begins. grown: it needs more room than before."""

    grown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._failed: dict[str, str] = {}
        self.mark = IconMark(_MARK, icon("check-circle-outline", "good"))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAccessibleName(tr("How far the batch is"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.failures = QTreeWidget()
        named(self.failures, tr("Files that failed"), tr("What is wrong with each file that failed"))
        self.failures.setColumnCount(2)
        self.failures.setHeaderLabels([tr("Failed"), tr("Why")])
        self.failures.setRootIsDecorated(False)
        self.failures.setUniformRowHeights(True)
        self.failures.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.failures.setColumnWidth(0, 22 * GRID)
        self.failures.setSizeAdjustPolicy(QAbstractItemView.SizeAdjustPolicy.AdjustToContents)
        self.failures.setMinimumHeight(12 * GRID)
        self.failures.setStyleSheet("QTreeView::item { padding: 4px 0; }")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(row)
        layout.addWidget(self.bar)
        layout.addWidget(self.failures, 1)
        self.hide()

    def begin(self) -> None:
        """A batch has been asked for."""
        self._failed = {}
        self.failures.clear()
        self.failures.hide()
        self.mark.hide()
        self.bar.setRange(0, 0)
        self.bar.show()
        self._say(tr("Starting"))
        self.show()
        self.grown.emit()

    def show_progress(self, progress: Progress, count: Count) -> None:
        """Say how far it is."""
        if progress.fraction is None:
            self.bar.setRange(0, 0)
        elif count.images:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * min(1.0, count.done / count.images)))
        self._say(in_words(progress), *_numbers(count))
        self._list(count.failed)

    def hold(self, why: str, count: Count) -> None:
        """Say why it does not go on at the moment."""
        self._say(why, *_numbers(count))

    def end(self, count: Count, *, is_whole: bool) -> None:
        """Say what has come of it. is_whole: nobody has stopped it."""
        self.bar.hide()
        good = is_whole and not count.failed
        self.mark.show_icon(
            icon(*(("check-circle-outline", "good") if good else ("alert-outline", "warning")))
        )
        self.mark.show()
        words = [tr("Done.") if is_whole else tr("Stopped; start again to go on from here.")]
        words.append(tr("{count} new masks").format(count=count.new))
        if count.kept:
            words.append(tr("{count} from before").format(count=count.kept))
        if count.objects is not None:
            words.append(tr("{count} objects in the table").format(count=count.objects))
        if count.failed:
            words.append(tr("{count} failed").format(count=len(count.failed)))
        if count.speed:
            words.append(_speed(count.speed))
        self._say(*words)
        self._list(count.failed)

    def fail(self, sentence: str, count: Count) -> None:
        """Say why it could not go on."""
        self.bar.hide()
        self.mark.show_icon(icon("alert-circle-outline", "bad"))
        self.mark.show()
        self._say(sentence)
        self._list(count.failed)

    def _say(self, first: str, *more: str) -> None:
        separator = " " if first.endswith(".") else " · "
        self.words.setText(first + separator * bool(more) + " · ".join(more))

    def _list(self, failed: dict[str, str]) -> None:
        if failed == self._failed:
            return
        names, before = list(failed), list(self._failed)
        if names[: len(before)] != before:
            self.failures.clear()  # a file that failed is good by now
            before = []
        for name in names[len(before) : _MOST_SHOWN]:
            item = QTreeWidgetItem([name, failed[name]])
            item.setToolTip(0, name)
            item.setToolTip(1, failed[name])
            self.failures.addTopLevelItem(item)
        if len(names) > _MOST_SHOWN >= len(before):
            rest = tr("and {count} more").format(count=len(names) - _MOST_SHOWN)
            self.failures.addTopLevelItem(QTreeWidgetItem([rest]))
        self._failed = failed
        if failed and self.failures.isHidden():
            self.failures.show()
            self.grown.emit()
        self.failures.setVisible(bool(failed))


def _numbers(count: Count) -> list[str]:
    words = []
    if count.images:
        words.append(tr("{done} of {count} images").format(done=count.done, count=count.images))
    if count.speed:
        words.append(_speed(count.speed))
    return words


def _speed(speed: float) -> str:
    """Images a second, or a minute where that says more."""
    if speed >= 1:
        return tr("{number:.1f} images a second").format(number=speed)
    return tr("{number:.1f} images a minute").format(number=60 * speed)
