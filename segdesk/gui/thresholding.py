"""The threshold slider at work: a live preview while it slides, and one step of undo where it is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget

from segdesk.core.assisted.cutoff import Probabilities, labels_at, most_probable
from segdesk.core.document import Document
from segdesk.core.geometry import Box
from segdesk.core.incoming import ReadyPrediction, keep_ready, make_ready
from segdesk.core.jobs import Prediction
from segdesk.core.mask import Plane
from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas
from segdesk.gui.model_opinion import ModelOpinion
from segdesk.gui.panels.threshold_strip import EVEN, ThresholdStrip
from segdesk.gui.threshold_trail import ThresholdTrail
from segdesk.gui.tools.background import Background
from segdesk.gui.workbench import Workbench

_WHO = "threshold"


@dataclass(frozen=True)
class _Cut:
    """What the mask would be, and how that is written into it."""

    labels: Plane
    ready: ReadyPrediction | None


class Thresholding(QObject):
    """Keeps the strip at the sample on screen, and turns what it says into labels where nobody corrected."""

    def __init__(
        self, bench: Workbench, opinion: ModelOpinion, canvas: Canvas, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.strip = ThresholdStrip()
        self._bench = bench
        self._opinion = opinion
        self._canvas = canvas
        self._planes: Probabilities | None = None
        self._previewed: int | None = None  # the percentage that is on trial
        self._awaits_keys = False  # they are the slider's as soon as it can be used,
        self._had_keys: QWidget | None = None  # if what had them then has them still
        self._trail = ThresholdTrail()
        self._previews = Background(self._stamp, self)
        self._commits = Background(self._stamp, self)
        self._commits.failed.connect(bench.error)
        self.strip.moved.connect(self._preview)
        self.strip.settled.connect(self._settle)
        self.strip.restored.connect(self._restore)
        self.strip.closed.connect(self.close)
        opinion.probabilities.connect(self._on_probabilities)
        bench.sample_changed.connect(self._on_sample)
        bench.status_changed.connect(self._on_status)
        bench.classes_changed.connect(self._on_class)
        bench.versions_changed.connect(self._on_status)
        bench.document_changed.connect(self._on_change)
        canvas.options.changed.connect(self._on_class)
        canvas.view_changed.connect(self._on_view)

    @property
    def is_open(self) -> bool:
        return not self.strip.isHidden()

    def toggle(self) -> None:
        """Show the strip, or put it away."""
        if self.is_open:
            self.close()
            return
        self.strip.rest()
        self.strip.show()
        self._awaits_keys, self._had_keys = True, QApplication.focusWidget()
        self._on_class()
        self._opinion.ask_probabilities(_WHO, True)
        self._on_status()

    @Slot()
    def close(self) -> None:
        """Put the strip away; what it did stays."""
        self.strip.put_away()
        self._awaits_keys = False
        self._end_preview()
        self._opinion.ask_probabilities(_WHO, False)
        self._canvas.setFocus()

    def stop(self) -> None:
        """Wait for what is under way."""
        self._previews.close()
        self._commits.close()

    def _stamp(self) -> object:
        document = self._bench.document
        return document, document.revision if document is not None else 0

    @Slot(int, object)
    def _on_probabilities(self, sample_id: int, planes: Probabilities | None) -> None:
        current = self._bench.current
        if current is not None and current.id == sample_id:
            self._planes = planes
            self._on_status()

    @Slot()
    def _on_sample(self) -> None:
        self._planes = None
        self._previewed = None
        self._trail.clear()
        self.strip.rest()
        self._on_status()

    @Slot()
    def _on_class(self) -> None:
        index, classes = self._canvas.options.active_class, self._bench.classes
        if self.is_open and index < len(classes):
            self.strip.show_class(classes[index].name, QColor(*classes[index].color))
        self._on_status()

    @Slot()
    def _on_status(self) -> None:
        if self.is_open:
            why_not = self._why_not()
            self.strip.allow(why_not)
            if self._awaits_keys and not why_not:
                self._awaits_keys = False
                if QApplication.focusWidget() is self._had_keys and not self._is_drawn_on():
                    self.strip.slider.setFocus()

    def _is_drawn_on(self) -> bool:
        document = self._bench.document
        return self._canvas.has_draft() or (document is not None and document.is_editing)

    def _why_not(self) -> str:
        project, document = self._bench.project, self._bench.document
        if project is None or document is None:
            return tr("Open an image first.")
        if document.status.state is State.CONFIRMED:
            return tr("This image is confirmed: nothing of it is open.")
        if project.versions.in_use() is None:
            return tr("There is no model yet: paint a little, then retrain.")
        if self._canvas.options.active_class in self._canvas.options.locked:
            return tr("This class is locked: unlock it, or choose another one.")
        return "" if self._planes is not None else tr("Asking the model…")

    @Slot()
    def _on_change(self) -> None:
        """Somebody may have taken a threshold back, or done it again: the slider goes along."""
        document = self._bench.document
        if document is not None and not self._trail.is_empty:
            percent = self._trail.follow(document.history)
            if percent is not None:
                self.strip.rest(percent)

    @Slot(int)
    def _preview(self, percent: int) -> None:
        document, planes = self._bench.document, self._planes
        box = self._canvas.visible_box()
        if document is None or planes is None or box.is_empty:
            return
        self._previewed = percent
        part, index = planes[:, *box.slices], self._canvas.options.active_class
        self._previews.run(
            lambda: labels_at(part, index, percent / 100), partial(self._show, document.sample.id, box)
        )

    @Slot()
    def _on_view(self) -> None:
        """Another part of the image came into sight: it is on trial, too."""
        if self._previewed is not None:
            self._preview(self._previewed)

    def _end_preview(self) -> None:
        self._previewed = None
        self._previews.cancel()
        self._canvas.clear_preview()

    def _show(self, sample_id: int, box: Box, labels: Plane) -> None:
        self._canvas.show_preview(box, labels, sample_id)

    @Slot(int)
    def _settle(self, percent: int) -> None:
        planes, index = self._planes, self._canvas.options.active_class
        if planes is not None:
            name = tr("Threshold {percent} %").format(percent=percent)
            self._commit(name, percent, lambda: labels_at(planes, index, percent / 100))

    @Slot()
    def _restore(self) -> None:
        planes = self._planes
        self.strip.rest()
        if planes is not None:
            self._commit(tr("As predicted"), EVEN, lambda: most_probable(planes))

    def _commit(self, name: str, percent: int, cut: Callable[[], Plane]) -> None:
        """Compute the labels of the whole image, and what they change, away from the window."""
        project, document = self._bench.project, self._bench.document
        in_use = project.versions.in_use() if project is not None else None
        if project is None or document is None or in_use is None:
            return
        if document.is_editing:
            self._bench.about_to_change.emit()
        folder, sample, version = project.folder, document.sample.id, in_use.number
        self._commits.run(
            lambda: _made_ready(folder, sample, version, name, cut()),
            partial(self._keep, project, version, name, percent),
        )

    def _keep(self, project: Project, version: int, name: str, percent: int, cut: _Cut) -> None:
        document = self._bench.document
        if document is None or project is not self._bench.project:
            return
        self._bench.about_to_change.emit()
        self._end_preview()
        ready = cut.ready
        if ready is not None and keep_ready(project, ready, document):
            patch = ready.patch
        else:  # the mask on disk is not the one that was compared
            patch = document.predict(cut.labels, version, name)
        if patch is not None:
            self._trail.add(name, percent)
        self._bench.after_change(patch, by_person=False)
        if patch is None and not _says(document, cut.labels):
            self._bench.message.emit(tr("You have corrected or confirmed all that this would change."))


def _made_ready(folder: Path, sample_id: int, version: int, name: str, labels: Plane) -> _Cut:
    project = Project(folder, write=False)  # a connection of its own: this may run in any thread
    try:
        return _Cut(labels, make_ready(project, Prediction(sample_id, labels), version, name))
    finally:
        project.close()


def _says(document: Document, labels: Plane) -> bool:
    return bool((document.mask.labels == labels).all())
