"""The middle of the window: the canvas, or why there is nothing on it, with the loop below."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from segdesk.core.jobs import Preview
from segdesk.core.translation import tr
from segdesk.gui.actions import Actions
from segdesk.gui.canvas import Canvas
from segdesk.gui.learning import Learning
from segdesk.gui.panels.empty_state import EmptyState
from segdesk.gui.panels.loop_bar import LoopBar
from segdesk.gui.pictures import Picture
from segdesk.gui.workbench import Workbench


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
        self.empty = EmptyState()
        self.loop_bar = LoopBar(bench, learning, actions)
        self._stack = QStackedWidget()
        self._stack.addWidget(canvas)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.loop_bar)

        bench.about_to_change.connect(canvas.finish_stroke)
        bench.sample_changed.connect(self._on_sample)
        bench.samples_changed.connect(self._on_samples)
        bench.picture_ready.connect(self._on_picture)
        bench.picture_missing.connect(self._on_missing)
        bench.classes_changed.connect(self._on_classes)
        bench.document_changed.connect(canvas.refresh)
        learning.preview.connect(self._on_preview)
        canvas.stroke_finished.connect(bench.after_change)
        canvas.failed.connect(bench.error)
        canvas.hint.connect(bench.message)
        canvas.view_changed.connect(self._on_view)
        self._on_sample()

    @property
    def shows_image(self) -> bool:
        """Whether there is an image to work on."""
        return self._stack.currentWidget() is self.canvas

    @Slot()
    def _on_sample(self) -> None:
        self.canvas.set_document(None, None)
        if self._bench.current is not None:
            self.empty.tell("image-outline", tr("Reading the image…"))
            self._stack.setCurrentWidget(self.empty)
        else:
            self._on_samples()

    @Slot()
    def _on_samples(self) -> None:
        if self._bench.current is None and not self._bench.samples:
            self.empty.tell(
                "image-plus-outline",
                tr("This project has no images yet. Open some, or drop them here."),
                self._actions["open_images"],
                self._actions["open_folder"],
            )
            self._stack.setCurrentWidget(self.empty)

    @Slot(object)
    def _on_picture(self, picture: Picture) -> None:
        self.canvas.set_document(picture.display, self._bench.document)
        self._stack.setCurrentWidget(self.canvas)

    @Slot(str)
    def _on_missing(self, problem: str) -> None:
        self.empty.tell("image-broken-variant", problem, self._actions["reload"], self._actions["remove"])
        self._stack.setCurrentWidget(self.empty)

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
