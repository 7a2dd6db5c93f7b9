"""The window of a batch: what is wanted, how far it is, and what has come of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segdesk.core.translation import tr
from segdesk.gui.batch.form import BatchForm
from segdesk.gui.batch.run import Wanted
from segdesk.gui.batch.state import BatchState
from segdesk.gui.dialogs.form import named
from segdesk.gui.icons import icon
from segdesk.gui.models.dropped import has_files, local_paths, models_among
from segdesk.gui.models.escape import EscapeCloses
from segdesk.gui.theme import GRID
from segdesk.gui.workbench import Workbench


class BatchWindow(QWidget):
    """Stays open beside the main window, which can be worked in meanwhile; a batch goes on without it.

    started: by the person, with what is Wanted. held: shall go on no longer for now, or again. stopped.
    """

    started = Signal(object)
    held = Signal(bool)
    stopped = Signal()

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("batch")
        self.setWindowTitle(tr("Predict a folder"))
        self.setAcceptDrops(True)
        self._bench = bench
        self._wanted: Wanted | None = None
        self._is_held = False
        self.form = BatchForm()
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("rank", "problem")
        self.problem.hide()
        self.state = BatchState()
        words = QLabel(tr("Any number of images, without taking them into a project. What is done stays done:"
                          " a batch that was stopped goes on where it was."))  # fmt: skip
        words.setWordWrap(True)
        words.setProperty("rank", "quiet")
        self.folder = QPushButton(icon("folder-outline"), tr("Open the folder"))
        named(self.folder, self.folder.text(), tr("Show the results as files"))
        self.pause = QPushButton()
        self.stop = QPushButton(icon("close"), tr("Stop"))
        named(self.stop, tr("Stop"), tr("What is done stays; starting again goes on from there"))
        self.start = QPushButton(tr("Start"))
        self.start.setProperty("accented", True)
        named(self.start, tr("Start"), tr("Predict what is not done yet"))
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.folder)
        foot.addStretch(1)
        for button in (self.pause, self.stop, self.start):
            foot.addWidget(button)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Plain)
        line.setForegroundRole(line.palette().ColorRole.Mid)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(words)
        layout.addWidget(self.form)
        layout.addWidget(self.problem)
        layout.addStretch(1)
        layout.addWidget(self.state)
        layout.addWidget(line)
        layout.addLayout(foot)
        self.setMinimumWidth(80 * GRID)
        self.state.grown.connect(self._grow)
        self.start.clicked.connect(self._on_start)
        self.stop.clicked.connect(self._on_stop)
        self.pause.clicked.connect(self._on_pause)
        self.folder.clicked.connect(self._on_folder)
        bench.project_changed.connect(self.renew)
        bench.versions_changed.connect(self.renew)
        QShortcut(QKeySequence("Ctrl+W"), self).activated.connect(self.close)
        EscapeCloses(self)
        self.show_running(False)

    @Slot()
    def renew(self) -> None:
        """List the models there are at this moment."""
        if self.isVisible():
            self.form.show_models(self._bench.project)

    def show_running(self, running: bool) -> None:
        """Offer what can be done while a batch runs, or while none does."""
        self.form.setEnabled(not running)
        self.start.setVisible(not running)
        self.stop.setVisible(running)
        self.stop.setEnabled(True)
        self.pause.setVisible(running)
        self.pause.setEnabled(True)
        self.show_held(False)
        self.folder.setVisible(self._wanted is not None)

    def show_held(self, held: bool) -> None:
        """The batch waits, or goes on."""
        self._is_held = held
        text = tr("Go on") if held else tr("Pause")
        self.pause.setIcon(icon("play" if held else "pause"))
        self.pause.setText(text)
        named(self.pause, text, tr("Hold the batch, or let it go on"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.renew()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.form.isEnabled() and has_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        models, others = models_among(local_paths(event.mimeData()))
        for path in models[:1]:
            self.form.take_model(path)
        for path in others[:1]:
            self.form.images.setText(str(path if path.is_dir() else path.parent))

    @Slot()
    def _grow(self) -> None:
        """Take the height that everything needs; Qt would squeeze the fields where lines are wrapped."""
        layout = self.layout()
        if layout is not None:
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    @Slot()
    def _on_start(self) -> None:
        wanted = self.form.value(self._bench.settings.values.device)
        self.problem.setText(wanted if isinstance(wanted, str) else "")
        self.problem.setVisible(isinstance(wanted, str))
        self._grow()
        if isinstance(wanted, Wanted):
            self._wanted = wanted
            self.started.emit(wanted)

    @Slot()
    def _on_stop(self) -> None:
        self.stop.setEnabled(False)
        self.pause.setEnabled(False)
        self.stopped.emit()

    @Slot()
    def _on_pause(self) -> None:
        self.held.emit(not self._is_held)

    @Slot()
    def _on_folder(self) -> None:
        if self._wanted is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._wanted.out)))
