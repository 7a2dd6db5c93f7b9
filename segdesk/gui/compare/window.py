"""The window in which two model versions are compared on the image on screen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from segdesk.core.images.picture import Picture
from segdesk.core.jobs import Progress
from segdesk.core.mask import Plane
from segdesk.core.patch import State
from segdesk.core.project import ModelVersion
from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas, levels_of
from segdesk.gui.compare.agreement import Agreement, Agreements
from segdesk.gui.compare.bars import ChoiceBar, StatusBar
from segdesk.gui.compare.predictions import Predictions
from segdesk.gui.compare.wipe import Wipe
from segdesk.gui.learning import Learning
from segdesk.gui.panels.empty_state import EmptyState
from segdesk.gui.panels.job_bar import in_words
from segdesk.gui.panels.versions_text import version_choice, version_number
from segdesk.gui.states import sample_name
from segdesk.gui.theme import GRID
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import LazyEngine, Worker


class CompareWindow(QWidget):
    """Follows the sample on screen; stays open beside the main window, which can be worked in meanwhile."""

    def __init__(
        self,
        bench: Workbench,
        learning: Learning,
        worker: Worker,
        engine: LazyEngine,
        canvas: Canvas,
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("compare")
        self.resize(110 * GRID, 80 * GRID)
        self._bench = bench
        self._canvas = canvas
        self._on_screen: int | None = None
        self._compared: tuple[Plane, Plane, bool] | None = None
        self._figures: Agreement | None = None
        self._outdated = False  # the confirmed mask is another one now
        self.predictions = Predictions(bench, learning, worker, engine, self)
        self.agreements = Agreements(self)
        self.choices = ChoiceBar()
        self.view = Wipe()
        self.empty = EmptyState()
        self.status = StatusBar()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.choices)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.status)
        self._connect(worker)

    def _connect(self, worker: Worker) -> None:
        bench, canvas, view = self._bench, self._canvas, self.view
        self.choices.changed.connect(self._on_choice)
        self.choices.wipe_chosen.connect(self._on_wipe)
        self.choices.flipped.connect(view.flip)
        view.flipped_changed.connect(self.choices.show_flipped)
        self.status.stopped.connect(self.predictions.stop)
        self.status.resumed.connect(self.predictions.resume)
        self.predictions.changed.connect(self._show)
        self.predictions.progressed.connect(self._on_progress)
        self.agreements.found.connect(self._on_figures)
        worker.started.connect(self._show)
        bench.project_changed.connect(self._on_project)
        bench.versions_changed.connect(self._on_versions)
        bench.classes_changed.connect(self._on_classes)
        bench.sample_changed.connect(self._on_sample)
        bench.picture_ready.connect(self._on_picture)
        bench.picture_missing.connect(self._on_missing)
        bench.status_changed.connect(self._on_status)
        bench.document_changed.connect(self._on_mask)
        canvas.overlay_changed.connect(self._on_overlay)
        for keys, slot in (
            (("Ctrl+F",), view.fit),
            (("Ctrl+0",), view.actual_size),
            (("Ctrl++", "Ctrl+="), view.zoom_in),
            (("Ctrl+-",), view.zoom_out),
            (("D", "PgDown"), bench.next),
            (("A", "PgUp"), bench.previous),
            (("B",), self.choices.toggle_wipe),
            (("Esc", "Ctrl+W"), self.close),
        ):
            for key in keys:
                QShortcut(QKeySequence(key), self).activated.connect(slot)

    def look_at(self, left: int, right: int) -> None:
        """Show these two versions (by their numbers) on the image on screen."""
        fresh = not self.isVisible()
        project = self._bench.project
        self.choices.fill(project.versions.all() if project is not None else [], (left, right))
        if fresh:
            self.show()
        else:
            self.raise_()
        self.activateWindow()
        self.view.setFocus()
        if not fresh:
            self._want()
        elif self._bench.picture is not None:
            part, whole = self._canvas.visible_box(), self._bench.picture
            if (part.height, part.width) != (whole.height, whole.width) and not part.is_empty:
                self.view.show_box(part)  # where the person is looking at the moment

    # What is on screen

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._on_overlay()
            self._on_classes()
            self._on_sample()
            if self._bench.picture is not None:
                self._on_picture(self._bench.picture)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.predictions.want(None, ())
        self.agreements.close()
        self.view.set_document(None, None)
        self._on_screen = None
        super().closeEvent(event)

    @Slot()
    def _on_project(self) -> None:
        self.predictions.forget()
        self.close()

    @Slot()
    def _on_versions(self) -> None:
        project = self._bench.project
        versions = project.versions.all() if project is not None else []
        if not self.isVisible():
            return
        if len(versions) < 2:
            self.close()
            return
        self.choices.fill(versions, self.choices.numbers())
        self._want()

    @Slot()
    def _on_classes(self) -> None:
        self.view.set_classes(self._bench.classes)

    @Slot()
    def _on_overlay(self) -> None:
        self.view.overlay = self._canvas.overlay

    @Slot()
    def _on_sample(self) -> None:
        if not self.isVisible():
            return
        sample = self._bench.current
        if sample is not None and sample.id == self._on_screen:
            self.predictions.forget(sample.id)  # it is read again, since its file may have changed
        self._on_screen = sample.id if sample is not None else None
        title = tr("Compare versions")
        self.setWindowTitle(f"{title} – {sample_name(sample)}" if sample is not None else title)
        self.view.set_labels(None, None)
        self.view.set_document(None, None)
        if sample is None:
            self.empty.tell("image-outline", tr("Go to an image in the list to compare versions on it."))
        else:
            self.empty.tell("image-outline", tr("Reading the image…"))
        self._stack.setCurrentWidget(self.empty)
        self._want()

    @Slot(object)
    def _on_picture(self, picture: Picture) -> None:
        if self.isVisible():
            self.view.set_document(levels_of(picture, self._canvas.look), None)
            self._stack.setCurrentWidget(self.view)
            self._want()

    @Slot(str)
    def _on_missing(self, problem: str) -> None:
        if self.isVisible():
            self.empty.tell("image-broken-variant", problem)
            self._stack.setCurrentWidget(self.empty)
            self._want()

    @Slot(int)
    def _on_status(self, sample_id: int) -> None:
        if self._bench.current is not None and self._bench.current.id == sample_id:
            self._show()

    @Slot()
    def _on_mask(self) -> None:
        if self._bench.current is not None and self._bench.current.state is State.CONFIRMED:
            self._outdated = True
            self._show()

    # The two versions

    @Slot()
    def _on_choice(self) -> None:
        self._want()

    @Slot(bool)
    def _on_wipe(self, on: bool) -> None:
        self.view.wiping = on

    def _pair(self) -> tuple[ModelVersion, ModelVersion] | None:
        left, right = self.choices.versions()
        return (left, right) if left is not None and right is not None else None

    def _want(self) -> None:
        pair = self._pair()
        seen = self._bench.picture is not None and self.isVisible()
        self.predictions.want(self._bench.current if seen else None, pair if pair is not None else ())

    @Slot()
    def _show(self) -> None:
        """Bring the picture and the line below it up to date."""
        sample, pair = self._bench.current, self._pair()
        if not self.isVisible():
            return
        if sample is None or pair is None or self._bench.picture is None:
            self.status.tell("")
            return
        self.view.set_names(version_choice(pair[0]), version_choice(pair[1]))
        left, right = (self.predictions.labels(version, sample) for version in pair)
        self.view.set_labels(left, right)
        self._compare(left, right)
        problems = list(dict.fromkeys(filter(None, (self.predictions.problem(v, sample) for v in pair))))
        running = self.predictions.running
        if running is not None:
            if self.predictions.waits:
                text = tr("Waiting until what is under way is done.")
            else:
                text = tr("Predicting with version {number}").format(number=running.number)
            self.status.tell(text, busy=True)
        elif problems:
            self.status.tell(" ".join(problems), problem=True)
        elif any(self.predictions.is_stopped(version, sample) for version in pair):
            self.status.tell(tr("Stopped; there is nothing to compare yet."), again=True)
        elif self._figures is not None:
            self.status.tell(in_figures(self._figures, pair))
        else:
            self.status.tell(tr("Comparing"))

    def _compare(self, left: Plane | None, right: Plane | None) -> None:
        document = self._bench.document
        sample = self._bench.current
        if left is None or right is None or document is None or sample is None:
            self._compared = self._figures = None
            self.agreements.drop()
            return
        confirmed = sample.state is State.CONFIRMED
        before = self._compared
        if before is not None and before[0] is left and before[1] is right:
            if before[2] == confirmed and not self._outdated:
                return
        else:
            self._figures = None
        self._compared, self._outdated = (left, right, confirmed), False
        self.agreements.ask(left, right, document.mask.labels.copy() if confirmed else None)

    @Slot(object)
    def _on_figures(self, figures: Agreement) -> None:
        self._figures = figures
        self._show()

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        self.status.progress(progress.fraction, in_words(progress))


def in_figures(found: Agreement, pair: tuple[ModelVersion, ModelVersion]) -> str:
    """How much two versions differ, and how right each is where that is known."""
    if found.differing == 0:
        text = tr("They say the same everywhere.")
    else:
        text = tr("They differ in {share} of the pixels; Dice between the two {dice}.").format(
            share=percent(found.differing), dice=f"{found.dice:.2f}"
        )
    if found.first is not None and found.second is not None:
        text += " " + tr("Against the confirmed mask: {first} Dice {a}, {second} Dice {b}.").format(
            first=version_number(pair[0].number).lower(),
            a=f"{found.first:.3f}",
            second=version_number(pair[1].number).lower(),
            b=f"{found.second:.3f}",
        )
    return text


def percent(share: float) -> str:
    """A share from 0 to 1 in per cent; what is there is never shown as nothing."""
    if 0 < share < 0.0005:
        return tr("less than {percent} %").format(percent="0.1")
    return tr("{percent} %").format(percent=f"{100 * share:.1f}")
