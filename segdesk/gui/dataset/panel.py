"""The panel: the split, the classes, the sizes and the work, one at a time, and a report of all of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.translation import tr
from segdesk.formats.report import Written, write_report
from segdesk.gui.dataset.figures_pages import ClassesPage, SizesPage, WorkPage
from segdesk.gui.dataset.images_page import ImagesPage
from segdesk.gui.dataset.rows import Filter
from segdesk.gui.dataset.split_page import SplitPage
from segdesk.gui.dataset.splitting import Splitting
from segdesk.gui.dataset.watching import DatasetWatch
from segdesk.gui.dialogs.files import documents
from segdesk.gui.dialogs.form import named
from segdesk.gui.report import in_short
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import DropDown, scrollable
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Task, Worker


class DatasetPanel(QWidget):
    """The open project as a data set. It counts only while it is seen."""

    def __init__(self, bench: Workbench, files: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench, self._files = bench, files
        self.watch = DatasetWatch(bench, self)
        self.splitting = Splitting(bench, self)
        self.split = SplitPage(bench, self.splitting)
        self.images = ImagesPage(bench, self.splitting)
        self.classes, self.sizes, self.work = ClassesPage(), SizesPage(), WorkPage()
        self.views = DropDown()
        named(self.views, tr("What is shown of the data set"), tr("Choose what is shown of the data set"))
        self._shown = (self.split, self.images, self.classes, self.sizes, self.work)
        self.pages = QStackedWidget()
        titles = (tr("Split"), tr("Images"), tr("Classes"), tr("Sizes"), tr("Work"))
        for title, page in zip(titles, self._shown, strict=True):
            self.views.addItem(title)
            self.pages.addWidget(page if page is self.images else scrollable(page))
        self.state = QLabel()
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setProperty("rank", "quiet")
        self.state.setWordWrap(True)
        self.report = QPushButton(tr("Save report…"))
        self.report.setProperty("segment", True)
        named(
            self.report,
            tr("Save report…"),
            tr("Write a page with all figures and pictures of the images under their masks"),
        )
        foot = QHBoxLayout()
        foot.addWidget(self.report)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID + 4)
        layout.setSpacing(GRID)
        layout.addWidget(self.views)
        layout.addWidget(self.state)
        layout.addWidget(self.pages, 1)
        layout.addLayout(foot)
        self.views.currentIndexChanged.connect(self._on_view)
        self.watch.changed.connect(self.renew)
        self.splitting.changed.connect(self.watch.begin_again)
        self.work.wanted.connect(self._on_wanted)
        self.report.clicked.connect(self._save_report)
        self.renew()

    def sizeHint(self) -> QSize:
        return QSize(36 * GRID, 64 * GRID)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.watch.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.watch.watch(False)

    @Slot()
    def renew(self) -> None:
        """Show what has been found out so far."""
        found = self.watch.overview
        self._shown[self.views.currentIndex()].show_overview(found)
        self.report.setEnabled(bool(self._bench.samples))
        text = self.watch.problem
        if not text and self._bench.project is not None and (found is None or not found.is_complete):
            text = (
                tr("Counting…")
                if found is None
                else tr("Counting: {done} of {count} masks").format(
                    done=len(found.contents), count=len(found.labelled)
                )
            )
        elif not text and found is not None and found.problems:
            text = in_short(found.problems)
        self.state.setText(text)
        self.state.setVisible(bool(text))

    @Slot(int)
    def _on_view(self, number: int) -> None:
        self._shown[number].show_overview(self.watch.overview)
        self.pages.setCurrentIndex(number)

    @Slot(object)
    def _on_wanted(self, wanted: Filter) -> None:
        self.views.setCurrentIndex(self.pages.indexOf(self.images))
        self.images.list_only(wanted)

    @Slot()
    def _save_report(self) -> None:
        project = self._bench.project
        if project is None:
            return
        suggested = documents() / f"{project.name} data set.html"
        title, kind = tr("Save a report of the data set"), tr("Pages (*.html)")
        name, _ = QFileDialog.getSaveFileName(self, title, str(suggested), kind)
        if name:
            path = Path(name) if name.lower().endswith((".html", ".htm")) else Path(f"{name}.html")
            make = partial(write_report, project.folder, path)
            self._files.submit(Task(tr("Writing the report"), make, finished=self._on_written))

    def _on_written(self, written: Written) -> None:
        self._bench.message.emit(tr("Saved {path}.").format(path=written.file))
        if written.problems:
            self._bench.error.emit(in_short(written.problems))
