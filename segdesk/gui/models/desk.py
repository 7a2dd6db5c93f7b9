"""Models beside the loop: their windows, what is dropped, what is tried, and what is downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from segdesk.gui.canvas import Canvas
from segdesk.gui.learning import Learning
from segdesk.gui.models.downloads import Downloads
from segdesk.gui.models.dropped import models_among
from segdesk.gui.models.getting import GetModels
from segdesk.gui.models.manager import ModelManager
from segdesk.gui.models.reports import Reports
from segdesk.gui.models.sheet import ImportSheet
from segdesk.gui.models.strip import TrialStrip
from segdesk.gui.models.trial import Trial
from segdesk.gui.models.verbs import ModelVerbs
from segdesk.gui.panels import versions_menu
from segdesk.gui.panels.versions_verbs import VersionVerbs
from segdesk.gui.widgets import bring_up
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import LazyEngine, Worker


class ModelDesk(QObject):
    """Makes each window when somebody opens it.

    worker: for downloads alone, since one takes minutes and reading images must not wait for it.
    """

    def __init__(
        self,
        bench: Workbench,
        learning: Learning,
        versions: VersionVerbs,
        worker: Worker,
        files: Worker,
        engine: LazyEngine,
        canvas: Canvas,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._learning = learning
        self._versions = versions
        self._window = window
        self.worker = Worker(self)
        self.reports = Reports(worker, engine, self)
        self.trial = Trial(bench, learning, worker, engine, canvas, self)
        self.strip = TrialStrip(self.trial, canvas)
        self.verbs = ModelVerbs(bench, learning, versions, worker, files, engine, self)
        self.downloads = Downloads(self.worker, self)
        self.downloads.arrived.connect(self._on_arrived)
        self.worker.failed.connect(self._on_failed)
        self.manager: ModelManager | None = None
        self.getter: GetModels | None = None
        self.sheet: ImportSheet | None = None
        self._waiting: list[Path] = []
        versions.offered.connect(self.look_into)

    def open(self) -> None:
        """Show the manager."""
        if self.manager is None:
            self.manager = ModelManager(
                self._bench,
                self._learning,
                self._versions,
                self.verbs,
                self.reports,
                self.trial,
                self._window,
            )
            self.manager.wanted_get.connect(self.get_models)
            self.manager.wanted_import.connect(self.ask_import)
            self.manager.dropped.connect(self.take_dropped)
        bring_up(self.manager)

    def get_models(self) -> None:
        """Show what is published."""
        if self.getter is None:
            self.getter = GetModels(self.downloads, self._window)
            self.getter.opened.connect(self._on_opened)
            self.verbs.library_changed.connect(self.getter.renew)
        bring_up(self.getter)

    def ask_import(self) -> None:
        """Let the person choose a model file."""
        path = versions_menu.model_to_open(self._window)
        if path is not None:
            self.look_into(path)

    @Slot(object)
    def take_dropped(self, paths: Sequence[Path]) -> None:
        """Look into models; everything else goes on opening as before."""
        models, others = models_among(paths)
        for path in models:
            self.look_into(path)
        if others:
            self._bench.open_paths(others)

    @Slot(object)
    def look_into(self, path: Path) -> None:
        """Show what a model file is, after those that are looked into already."""
        if self.sheet is not None:
            if path != self.sheet.path and path not in self._waiting:
                self._waiting.append(path)
            self.sheet.activateWindow()
            return
        self.sheet = ImportSheet(
            path, self._bench, self._learning, self.reports, self.trial, self.verbs, self._window
        )
        self.sheet.closed.connect(self._on_closed)
        bring_up(self.sheet)

    def close(self) -> None:
        """The window closes: end what runs, and the windows with it."""
        self._waiting.clear()
        for window in (self.sheet, self.manager, self.getter):
            if window is not None:
                window.close()
        self.trial.close()
        self.worker.close()

    @Slot()
    def _on_closed(self) -> None:
        self.sheet = None
        if self._waiting:
            self.look_into(self._waiting.pop(0))

    @Slot(str, object)
    def _on_arrived(self, _: str, path: Path) -> None:
        self.verbs.library_changed.emit()

    @Slot(str, str)
    def _on_failed(self, sentence: str, _: str) -> None:
        """Beside the entry it is said already, where that is in sight."""
        if self.getter is None or not self.getter.isVisible():
            self._bench.error.emit(sentence)

    @Slot(object)
    def _on_opened(self, path: Path) -> None:
        self.open()
        assert self.manager is not None
        self.manager.list.select(f"mine {path}")
