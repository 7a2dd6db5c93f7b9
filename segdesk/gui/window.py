"""The window: where things are, and who hears whom. What happens is done elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from segdesk.core.settings import SettingsFile
from segdesk.gui.actions import Actions
from segdesk.gui.activity import Activity
from segdesk.gui.automatic import Automatic
from segdesk.gui.availability import Availability
from segdesk.gui.batch.desk import BatchDesk
from segdesk.gui.canvas import Canvas, Style
from segdesk.gui.canvas_area import CanvasArea
from segdesk.gui.commands import Commands
from segdesk.gui.compare import CompareWindow
from segdesk.gui.dataset.dock import DatasetDock
from segdesk.gui.dialogs.pages import pick_pages
from segdesk.gui.dialogs.palette import CommandPalette
from segdesk.gui.dialogs.shortcuts import ShortcutsDialog
from segdesk.gui.docks import Docks
from segdesk.gui.image.desk import ImageDesk
from segdesk.gui.importing_annotations import AnnotationImport
from segdesk.gui.keeping import Keeping
from segdesk.gui.learning import Learning
from segdesk.gui.memory import Memory
from segdesk.gui.menus import Menus
from segdesk.gui.models import ModelDesk
from segdesk.gui.objects.dock import ObjectsDock
from segdesk.gui.objects.verbs import ObjectVerbs
from segdesk.gui.panels.classes import ClassesPanel
from segdesk.gui.panels.curve import load_library
from segdesk.gui.panels.job_bar import JobBar
from segdesk.gui.panels.model import ModelPanel
from segdesk.gui.panels.notice import Notice
from segdesk.gui.panels.samples import SamplesPanel
from segdesk.gui.panels.status_fields import MessageField, PixelField, ZoomField
from segdesk.gui.panels.tool_bar import ToolBar
from segdesk.gui.panels.tool_options import ToolOptionsPanel
from segdesk.gui.panels.versions_verbs import VersionVerbs
from segdesk.gui.panels.welcome import Welcome
from segdesk.gui.panels.working import WorkingBar
from segdesk.gui.probabilities import ProbabilitySight
from segdesk.gui.quality.dock import QualityDock
from segdesk.gui.removing import Removal
from segdesk.gui.said_background import SaidBackground
from segdesk.gui.seeing import Seeing
from segdesk.gui.seeing_handle import CurtainHandle
from segdesk.gui.series import SeriesWatch
from segdesk.gui.shortcuts import Shortcuts
from segdesk.gui.snapping import Snapping
from segdesk.gui.theme import Theme
from segdesk.gui.thresholding import Thresholding
from segdesk.gui.tools import TOOLS, ToolOptions
from segdesk.gui.widgets import scrollable
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Engine, LazyEngine, Task, Worker, load_engine


class MainWindow(QMainWindow):
    """The one window of SegDesk."""

    def __init__(
        self,
        settings: SettingsFile,
        theme: Theme,
        engine_factory: Callable[[], Engine] = load_engine,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self._settings = settings
        self.worker = Worker(self)
        self.files = Worker(self)
        self.engine = LazyEngine(engine_factory)
        self.bench = Workbench(settings, self.files, self)
        self.bench.intake.pick_pages = lambda files: pick_pages(files, self.bench, self)
        self.learning = Learning(self.bench, self.worker, self.engine, self)
        self.versions = VersionVerbs(self.bench, self.learning, self.worker, self.files, self.engine, self)
        self.versions.compared.connect(self._on_compared)
        self.keeping = Keeping(self.bench, self)
        self.series = SeriesWatch(self.bench, self.keeping.worker, self)
        self.keeping.worker.failed.connect(self.bench.error)
        self.comparison: CompareWindow | None = None
        self.options = ToolOptions(self)
        self.canvas = Canvas(self.options)
        self.models = ModelDesk(
            self.bench, self.learning, self.versions, self.worker, self.files, self.engine, self.canvas, self
        )
        self.batches = BatchDesk(self.bench, self.worker, engine_factory, self)
        self.activity = Activity(self.bench, self.canvas, self.learning, parent=self)
        self.annotations = AnnotationImport(self.bench, self.files, self)
        commands = Commands(self, self.bench, self.learning, self.canvas, self.files, theme)
        commands.handlers |= {
            "palette": self.open_palette,
            "full_screen": self._toggle_full_screen,
            "add_class": self._add_class,
            "find_image": self._find_image,
            "compare_versions": self._compare_versions,
            "import_model": self.models.ask_import,
            "import_annotations": self.annotations.ask,
            "models": self.models.open,
            "get_models": self.models.get_models,
            "predict_folder": self.batches.open,
            "retrain": self._retrain,
        }
        self.probabilities = ProbabilitySight(self.bench, self.learning.predicting.opinion, self.canvas, self)
        self.snapping = Snapping(self.bench, self.canvas, self)
        self.thresholding = Thresholding(self.bench, self.learning.predicting.opinion, self.canvas, self)
        commands.handlers |= {
            "probability": self.probabilities.toggle,
            "snap_edges": self.snapping.snap_to_edges,
            "snap_neighbours": self.snapping.snap_to_neighbours,
            "threshold": self.thresholding.toggle,
        }
        self.seeing = Seeing(self.bench, self.canvas, self)
        SaidBackground(self.bench, self.canvas, self)
        self.curtain = CurtainHandle(self.canvas)
        commands.handlers |= self.seeing.handlers
        self.object_verbs = ObjectVerbs(self.bench, self.canvas, self)
        commands.handlers |= self.object_verbs.handlers
        commands.reclassify = self.object_verbs.reclassify
        self.actions_ = Actions(self, commands.handlers)
        self.shortcuts = Shortcuts(settings, self.actions_)
        commands.handlers["shortcuts"] = lambda: ShortcutsDialog(self.shortcuts, self).exec()
        self.actions_["stop"].triggered.connect(self.models.worker.cancel)
        self.actions_["stop"].triggered.connect(self.batches.worker.cancel)
        self.actions_["pause"].triggered.connect(self.batches.toggle)
        self._lay_out()
        commands.handlers |= self.image.handlers
        self.removal = Removal(self.bench, self.samples.stand_for, self)
        commands.handlers["remove"] = self.removal.remove
        panels = {"quality": self.quality, "dataset": self.dataset, "object_table": self.objects}
        for order, dock in panels.items():
            commands.handlers[order] = dock.open
            dock.follow(self.actions_[order])
        commands.handlers["instances"] = self.objects.color_instances
        self.menus = Menus(self, self.bench, self.actions_, self.docks.all)
        self.object_verbs.menu_actions = self.menus["objects"].actions()
        workers = (self.worker, self.files, self.models.worker, self.batches.worker)
        self.available = Availability(
            self.bench,
            self.learning,
            workers,
            self.area.loop_bar,
            self.model.versions,
            self.actions_,
            self,
        )
        self._connect(commands)
        self.automatic = Automatic(self.bench, self.learning, self._is_drawing, self)
        commands.settings_changed.connect(self.automatic.renew)
        commands.settings_changed.connect(self.image.take_settings)
        self.image.show_switches(self.actions_)
        self.seeing.show_state(self.actions_, self.tool_options.seen)
        self._memory = Memory(settings)
        self._memory.restore_tools(self.canvas)
        self.docks.restore(self._memory, [self.image.dock])
        self._on_overlay()
        self._on_tool(self.canvas.tool.id)
        self._show_panels(False)
        self._on_project()

    @Slot()
    def get_ready(self) -> None:
        """Load what takes time now that the window is on screen."""
        self.learning.warm_up()
        self.files.submit(Task("", load_library, finished=self.model.curve.prepare, quiet=True))

    # What is where

    def _lay_out(self) -> None:
        actions = self.actions_
        self.area = CanvasArea(self.bench, self.learning, self.canvas, actions)
        self.area.put_above(self.thresholding.strip)
        self.welcome = Welcome(self._settings, actions)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.area)
        self.setCentralWidget(self.pages)
        self.notice = Notice(self.pages, self.area.image)

        self.samples = SamplesPanel(self.bench, actions["remove"], actions["stacks"], actions["find_image"])
        self.learning.predicting.in_sight = self.samples.visible_samples
        self.classes = ClassesPanel(self.bench, self.options, self.seeing)
        self.tool_options = ToolOptionsPanel(self.bench, self.options)
        self.model = ModelPanel(self.bench, self.learning, self.versions)
        self.quality = QualityDock(self.bench, self.files, self)
        self.dataset = DatasetDock(self.bench, self.files, self)
        self.objects = ObjectsDock(self.bench, self.canvas, self)
        self.image = ImageDesk(self.bench, self.area, self._settings, self)
        self.docks = Docks(self)
        self.docks.add(
            self.samples,
            self.classes,
            scrollable(self.tool_options),
            scrollable(self.model),
            [self.image.dock, self.quality, self.dataset, self.objects],
        )

        self.tools = ToolBar(actions)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self.tools)

        order: list[QWidget] = [
            self.samples.filter,
            self.samples.look,
            self.samples.order,
            self.samples.finder.field,
            self.samples.list,
            self.canvas,
            *self.area.loop_bar.buttons.values(),
        ]
        order += [
            self.classes.list,
            self.classes.add,
            *self.classes.marks.values(),
            self.tool_options.size_slider,
            self.tool_options.size_spin,
        ]
        order += [self.tool_options.opacity_slider, self.tool_options.opacity_spin]
        order += [
            *self.tool_options.style_buttons.values(),
            *self.tool_options.seen.controls,
            self.model.start,
            self.model.versions,
            self.model.use,
            self.model.compare,
            self.model.more,
        ]
        for first, second in pairwise(order):
            self.setTabOrder(first, second)

        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self.message = MessageField()
        self.pixel = PixelField(self.bench, self.canvas, self.image.looks)
        self.zoom = ZoomField(self.canvas)
        self.job_bars = [JobBar(self.worker), JobBar(self.files), JobBar(self.models.worker)]
        bar.addWidget(self.message, 1)
        self.batch_bar = JobBar(self.batches.worker)
        bar.addPermanentWidget(WorkingBar(self.canvas))
        for job_bar in (*self.job_bars, self.batch_bar):
            bar.addPermanentWidget(job_bar)
        bar.addPermanentWidget(self.pixel)
        bar.addPermanentWidget(self.zoom)

    # Who hears whom

    def _connect(self, commands: Commands) -> None:
        bench, learning, canvas = self.bench, self.learning, self.canvas
        bench.project_changed.connect(self._on_project)
        bench.picture_ready.connect(self._on_picture)
        bench.message.connect(self.message.tell)
        canvas.hint.connect(self.message.hint)  # after it came as a message like any other
        bench.document_changed.connect(self.message.drop_hint)
        bench.sample_changed.connect(self.message.drop_hint)
        bench.error.connect(self.notice.tell)
        self.worker.failed.connect(self.notice.tell)
        self.files.failed.connect(self.notice.tell)
        self.welcome.chosen.connect(bench.open_project)
        for job_bar in self.job_bars:
            job_bar.cancelled.connect(commands.stop)
            job_bar.cancelled.connect(self.models.worker.cancel)
        self.batch_bar.cancelled.connect(self.batches.worker.cancel)
        canvas.tool_changed.connect(self._on_tool)
        canvas.overlay_changed.connect(self._on_overlay)
        self.samples.image_wanted.connect(canvas.setFocus)
        bench.picture_ready.connect(learning.predicting.opinion.look_again)  # once the canvas has the image
        learning.predicting.opinion.uncertainty.connect(canvas.show_uncertainty)
        self.tool_options.opacity_chosen.connect(self._on_opacity)
        self.tool_options.style_chosen.connect(self._on_style)

    @Slot()
    def _on_project(self) -> None:
        project = self.bench.project
        self.setWindowTitle("SegDesk" if project is None else f"{project.name} – SegDesk")
        self.pages.setCurrentWidget(self.welcome if project is None else self.area)
        self._takes_hands = project is not None
        self.notice.hide()
        if project is not None and self.tools.isHidden():
            self._show_panels(True)
        self.welcome.renew()
        self.available.renew()

    @Slot()
    def _on_picture(self) -> None:
        """The first image of a project: keys are for the canvas, until the person goes elsewhere."""
        if self._takes_hands:
            self._takes_hands = False
            self.canvas.setFocus()
            if not self.message.text():
                self.message.tell(self.canvas.tool.help())

    def _show_panels(self, shown: bool) -> None:
        self.docks.show(shown)
        self.tools.setVisible(shown)

    @Slot(str)
    def _on_tool(self, tool: str) -> None:
        self.actions_[f"tool_{tool}"].setChecked(True)
        self.tool_options.show_tool(tool)
        if self.bench.project is not None:
            self.message.tell(TOOLS[tool].help())

    @Slot()
    def _on_overlay(self) -> None:
        overlay = self.canvas.overlay
        self.tool_options.show_overlay(overlay.opacity, overlay.style.value)

    @Slot(float)
    def _on_opacity(self, opacity: float) -> None:
        self.canvas.overlay = replace(self.canvas.overlay, opacity=opacity)

    @Slot(str)
    def _on_style(self, style: str) -> None:
        self.canvas.overlay = replace(self.canvas.overlay, style=Style(style))

    def open_palette(self) -> None:
        """Let the person find a command by typing; it runs when the palette is closed."""
        palette = CommandPalette(self.actions_, self)
        if palette.exec() and palette.chosen is not None:
            palette.chosen.trigger()

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _add_class(self) -> None:
        self.docks.classes.show()
        self.classes.add_class()

    def _find_image(self) -> None:
        self.docks.samples.show()
        self.samples.finder.open_field()

    def _compare_versions(self) -> None:
        self.model.menu.compare_selected()

    def _retrain(self) -> None:
        self.notice.hide()  # what the last round lacked may be there now
        self.learning.retrain()

    @Slot(int, int)
    def _on_compared(self, first: int, second: int) -> None:
        if self.comparison is None:
            self.comparison = CompareWindow(
                self.bench, self.learning, self.worker, self.engine, self.canvas, self
            )
        self.comparison.look_at(first, second)

    def _is_drawing(self) -> bool:
        document = self.bench.document
        return self.canvas.has_draft() or (document is not None and document.is_editing)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that means what cannot be done now is told why not; all others have had their effect."""
        reason = self.available.why_not(QKeySequence(event.keyCombination()))
        if reason:
            self.message.hint(reason)
        else:
            super().keyPressEvent(event)

    # What a person drops on it

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.models.take_dropped(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.canvas.finish_stroke()
        if self.comparison is not None:
            self.comparison.close()
        self.models.close()
        self.batches.close()
        self._memory.keep(self, self.canvas, with_panels=self.bench.project is not None)
        self.worker.close(self.engine.close)
        self.files.close()
        self.thresholding.stop()
        self.snapping.stop()
        self.seeing.close()
        self.keeping.close()
        self.engine.close()
        self.samples.close_thumbnails()
        self.objects.book.close()
        self.canvas.set_document(None, None)
        self.bench.close()
        event.accept()
