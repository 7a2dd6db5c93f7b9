"""The middle of the window: the canvas, or why there is nothing on it, with the loop below."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from segdesk.core.images import Picture
from segdesk.core.jobs import Preview
from segdesk.core.translation import tr
from segdesk.gui.actions import Actions
from segdesk.gui.canvas import Canvas, levels_of
from segdesk.gui.image.pages import PagesBar
from segdesk.gui.image.rulers import Ruled
from segdesk.gui.learning import Learning
from segdesk.gui.panels.empty_state import EmptyState
from segdesk.gui.panels.loop_bar import LoopBar
from segdesk.gui.panels.read_only import ReadOnlyBar
from segdesk.gui.workbench import Workbench

_LATE = 150  # milliseconds after which a person wants to know what is going on


class CanvasArea(QWidget):
    """Keeps the canvas at what the workbench has on screen."""

    def __init__(
        self,
        bench: Workbench,
        learning: Learning,
        canvas: Canvas,
        actions: Actions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._learning = learning
        self._actions = actions
        self.canvas = canvas
        self._path: Path | None = None  # of the image shown last
        self.empty = EmptyState()
        self._late = QTimer(self, singleShot=True, interval=_LATE)
        self._late.timeout.connect(self._on_late)
        self.loop_bar = LoopBar(bench, learning, actions)
        self.image = QStackedWidget()  # or why there is none
        self.ruled = Ruled(canvas)
        self.image.addWidget(self.ruled)
        self.image.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.read_only = ReadOnlyBar(bench)
        layout.addWidget(self.read_only)
        self.pages = PagesBar(bench)
        layout.addWidget(self.image, 1)
        layout.addWidget(self.pages)
        layout.addWidget(self.loop_bar)

        bench.about_to_change.connect(canvas.finish_stroke)
        bench.sample_changed.connect(self._on_sample)
        bench.samples_changed.connect(self._on_samples)
        bench.picture_ready.connect(self._on_picture)
        bench.picture_missing.connect(self._on_missing)
        bench.image_files.changed.connect(self._on_changed)
        bench.classes_changed.connect(self._on_classes)
        bench.document_changed.connect(canvas.show_change)
        learning.preview.connect(self._on_preview)
        canvas.stroke_finished.connect(bench.after_change)
        canvas.failed.connect(bench.error)
        canvas.hint.connect(bench.message)
        canvas.view_changed.connect(self._on_view)
        self._on_sample()

    def put_above(self, strip: QWidget) -> None:
        """Give a strip the place right above the canvas."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.indexOf(self.image), strip)

    @property
    def shows_image(self) -> bool:
        """Whether there is an image to work on."""
        return self.image.currentWidget() is self.ruled and self.canvas.levels is not None

    @Slot()
    def _on_sample(self) -> None:
        self.canvas.set_document(None, None)
        if self._bench.current is not None:
            self._late.start()  # most images are there before anybody could read that they are read
        else:
            self._late.stop()
            self._on_samples()

    @Slot()
    def _on_late(self) -> None:
        self.empty.tell("image-outline", tr("Reading the image…"))
        self.image.setCurrentWidget(self.empty)

    @Slot()
    def _on_samples(self) -> None:
        if self._bench.current is None and not self._bench.samples:
            self.empty.tell(
                "image-plus-outline",
                tr("This project has no images yet. Open some, or drop them here."),
                self._actions["open_images"],
                self._actions["open_folder"],
            )
            self.image.setCurrentWidget(self.empty)

    @Slot(object)
    def _on_picture(self, picture: Picture) -> None:
        self._late.stop()
        same_file, self._path = picture.source.path == self._path, picture.source.path
        self.canvas.keeps_view = same_file or self._bench.settings.values.keep_view
        self.canvas.set_document(levels_of(picture), self._bench.document, picture.pixels)
        self.image.setCurrentWidget(self.ruled)

    @Slot(str)
    def _on_missing(self, problem: str) -> None:
        self._late.stop()
        ways = [self._actions[name] for name in ("reload", "find_missing", "remove")]
        self.empty.tell("image-broken-variant", problem, *ways)
        self.image.setCurrentWidget(self.empty)

    @Slot(str)
    def _on_changed(self, question: str) -> None:
        self._late.stop()
        names = ["keep_mask"] if self._bench.image_files.may_keep_mask else []
        ways = [self._actions[name] for name in (*names, "begin_anew", "reload")]
        self.empty.tell("image-edit-outline", question, *ways)
        self.image.setCurrentWidget(self.empty)

    @Slot()
    def _on_classes(self) -> None:
        self.canvas.set_classes(self._bench.classes)

    @Slot(object)
    def _on_preview(self, preview: Preview | None) -> None:
        if preview is None:
            self.canvas.clear_preview()
        else:
            self.canvas.show_preview(preview.box, preview.labels, preview.sample_id)

    @Slot()
    def _on_view(self) -> None:
        self._learning.predicting.view_box = self.canvas.visible_box()
