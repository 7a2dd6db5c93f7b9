"""Getting weights: what is freely published, what it is good for, and how far its download is."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segdesk.core import catalogue
from segdesk.core.catalogue import Published
from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.models.downloads import Downloads
from segdesk.gui.models.escape import EscapeCloses
from segdesk.gui.models.words import bytes_text
from segdesk.gui.panels.job_bar import in_words
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import IconMark, scrollable


class PublishedRow(QFrame):
    """One entry of the catalogue. opened: the person wants to see (a Path) what has arrived."""

    opened = Signal(object)

    def __init__(self, entry: Published, downloads: Downloads, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.entry = entry
        self._downloads = downloads
        self._file: Path | None = None
        self._mark = IconMark(20, icon("cloud-outline", "quiet"))
        title = QLabel(entry.title)
        title.setProperty("rank", "sheet")
        good_for = QLabel(entry.good_for)
        good_for.setWordWrap(True)
        source = " · ".join(
            filter(
                None,
                (bytes_text(entry.size), entry.licence and tr("Licence: {name}").format(name=entry.licence)),
            )
        )
        about = QLabel(source)
        about.setProperty("rank", "quiet")
        about.setToolTip(entry.home or entry.url)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of {title}").format(title=entry.title))
        self.get = QPushButton()
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setAccessibleName(tr("Cancel the download of {title}").format(title=entry.title))
        self.cancel.setToolTip(tr("Stop; what has arrived is kept, and you can go on later"))
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        for label in (title, good_for, about, self.status, self.bar):
            words.addWidget(label)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID + 4, 2 * GRID, GRID + 4)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.get, 0, Qt.AlignmentFlag.AlignVCenter)
        self.get.clicked.connect(self._on_get)
        self.cancel.clicked.connect(partial(downloads.cancel, entry.name))
        downloads.changed.connect(self._on_changed)
        self.renew()

    @Slot(str)
    def _on_changed(self, name: str) -> None:
        if name == self.entry.name:
            self.renew()

    def renew(self) -> None:
        """Say how far it is, and offer what makes sense."""
        entry, downloads = self.entry, self._downloads
        name = entry.name
        under_way, problem = downloads.is_under_way(name), downloads.problem(name)
        here = downloads.state(entry) if not under_way else None
        self._file = here.file if here is not None else None
        progress = downloads.progress(name)
        if under_way and progress is not None:
            text = in_words(progress)
        elif under_way:
            text = tr("Waits for its turn")
        elif problem:
            text = problem
        elif self._file is not None:
            text = tr("Is among your models")
        elif here is not None and here.here:
            text = tr("{done} of {total} have arrived").format(
                done=bytes_text(here.here), total=bytes_text(entry.size)
            )
        else:
            text = ""
        self.status.setText(text)
        rank = "problem" if problem and not under_way else "quiet"
        if self.status.property("rank") != rank:
            self.status.setProperty("rank", rank)
            self.status.style().unpolish(self.status)
            self.status.style().polish(self.status)
        self.status.setVisible(bool(text))
        self.bar.setVisible(under_way)
        if progress is None or progress.fraction is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * progress.fraction))
        self.cancel.setVisible(under_way)
        self.cancel.setEnabled(not downloads.is_stopping(name))
        self.get.setVisible(not under_way)
        if self._file is not None:
            words, tip = tr("Show"), tr("Show this model among yours")
        elif here is not None and here.here:
            words, tip = tr("Resume"), tr("Go on where the download stopped")
        else:
            words, tip = (
                tr("Download"),
                tr("Download {size} from {url}").format(size=bytes_text(entry.size), url=entry.url),
            )
        self.get.setText(words)
        self.get.setAccessibleName(f"{words}: {entry.title}")
        self.get.setToolTip(tip)
        look = icon("check-circle", "good") if self._file is not None else icon("cloud-outline", "quiet")
        self._mark.show_icon(look)

    def _on_get(self) -> None:
        if self._file is not None:
            self.opened.emit(self._file)
        else:
            self._downloads.begin(self.entry)
            self.cancel.setFocus()


class GetModels(QWidget):
    """The list of what is published; stays open beside the window. opened: a file (a Path) is to be shown."""

    opened = Signal(object)

    def __init__(self, downloads: Downloads, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("getModels")
        self.setWindowTitle(tr("Get models"))
        self.resize(84 * GRID, 80 * GRID)
        self._downloads = downloads
        words = QLabel(
            tr("Weights that others have published freely. Nothing is fetched before you press Download.")
        )
        words.setWordWrap(True)
        self.problems = QLabel()
        self.problems.setWordWrap(True)
        self.problems.setProperty("rank", "problem")
        self.rows: list[PublishedRow] = []
        body = QWidget()
        body.setObjectName("panel")
        self._list = QVBoxLayout(body)
        self._list.setContentsMargins(0, 0, GRID, 0)
        self._list.setSpacing(GRID)
        self._list.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(words)
        layout.addWidget(self.problems)
        layout.addWidget(scrollable(body), 1)
        QShortcut(QKeySequence("Ctrl+W"), self).activated.connect(self.close)
        EscapeCloses(self)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.renew()

    @Slot()
    def renew(self) -> None:
        """Read the catalogue anew."""
        entries, problems = catalogue.published(), catalogue.problems()
        self.problems.setText("\n".join(problems))
        self.problems.setVisible(bool(problems))
        if [row.entry for row in self.rows] == list(entries):
            for row in self.rows:
                row.renew()
            return
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [PublishedRow(entry, self._downloads) for entry in entries]
        for place, row in enumerate(self.rows):
            row.opened.connect(self.opened)
            self._list.insertWidget(place, row)
