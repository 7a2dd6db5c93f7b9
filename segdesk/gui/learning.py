"""Predicting and learning: what is asked of the engine, and what becomes of its answers.

Predictions are wanted sample by sample, in an order that changes: what a person asks for comes first, and
learning goes before all of it. A job predicts what is wanted when it starts; what it did not get to stays
wanted. An answer goes to the sample it was made for, wherever that is by then.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from segdesk.core.errors import ProjectError, SegdeskError
from segdesk.core.geometry import Box
from segdesk.core.jobs import (
    ModelChoice,
    Predicted,
    Prediction,
    Preview,
    Progress,
    TrainRequest,
    TrainResult,
    View,
)
from segdesk.core.loop import keep_prediction, keep_round, prediction_request, training_request
from segdesk.core.patch import State
from segdesk.core.project import Project, Sample
from segdesk.core.translation import tr
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import EngineFacts, LazyEngine, Task, Worker

_LOOK_AGAIN_MS = 50


class Learning(QObject):
    """The loop's long steps, for the project on the workbench.

    changed: learning or predicting began or ended. preview: what the model says so far of a part of the
    sample on screen, or None. figures: new points of the curve. outcome: the sentence a round ended with.
    """

    changed = Signal()
    preview = Signal(object)
    figures = Signal(object)
    outcome = Signal(str)
    met = Signal(object)

    def __init__(
        self, bench: Workbench, worker: Worker, engine: LazyEngine, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.facts = EngineFacts()
        self.view_box = Box(0, 0, 0, 0)  # the part of the image that is on screen
        self.start: ModelChoice | None = None  # where the next round starts; None: the version in use
        self.new_corrections = False  # somebody asserted something since the last round
        self._bench = bench
        self._worker = worker
        self._engine = engine
        self._wanted: dict[int, None] = {}  # sample ids, in order
        self._task: Task | None = None
        self._training = False
        self._held: list[tuple[Prediction, int | None]] = []
        self._hold = QTimer(self)
        self._hold.setInterval(_LOOK_AGAIN_MS)
        self._hold.timeout.connect(self._apply_held)
        bench.project_changed.connect(self._on_project)
        bench.samples_changed.connect(self._on_samples)
        bench.corrected.connect(self._on_corrected)

    @property
    def is_learning(self) -> bool:
        """Whether a round is under way or about to begin."""
        return self._training

    @property
    def is_predicting(self) -> bool:
        """Whether any sample waits for its prediction."""
        return bool(self._wanted)

    def warm_up(self) -> None:
        """Let the engine be loaded before anybody has to wait for it."""
        self._worker.submit(Task("", self._engine.meet, finished=self._on_met, quiet=True))

    # Predicting

    def predict_current(self) -> None:
        """Predict the sample on screen, before all others."""
        if self._bench.current is not None:
            self._want([self._bench.current], first=True)
            if self._training:
                self._bench.message.emit(tr("This image is predicted as soon as learning is done."))

    def predict_all_unconfirmed(self) -> None:
        """Predict each sample that nobody has confirmed, beginning with the one on screen."""
        samples = self._unconfirmed()
        if samples:
            self._want(samples)
        elif self._bench.samples:
            self._bench.message.emit(tr("Every image is confirmed already."))

    def cancel(self) -> None:
        """Stop what is under way, and want nothing more."""
        self._wanted.clear()
        self._worker.cancel()
        self.changed.emit()

    def _unconfirmed(self) -> list[Sample]:
        samples, current = self._bench.samples, self._bench.current
        row = (self._bench.row_of(current.id) or 0) if current is not None else 0
        return [s for s in [*samples[row:], *samples[:row]] if s.state is not State.CONFIRMED]

    def _want(self, samples: Iterable[Sample], *, first: bool = False) -> None:
        ids = dict.fromkeys(s.id for s in samples)
        self._wanted = {**ids, **self._wanted} if first else {**self._wanted, **ids}
        if not self._training:
            if self._task is not None:
                self._task.stop.set()  # what it has not got to stays wanted
            else:
                self._predict_wanted()
        self.changed.emit()

    def _predict_wanted(self) -> None:
        project = self._bench.project
        if project is None or not self._wanted or self._task is not None:
            return
        samples = [
            self._bench.samples[row] for i in self._wanted if (row := self._bench.row_of(i)) is not None
        ]
        try:
            request = prediction_request(
                project, samples, device=self._bench.settings.values.device, view=self._view()
            )
        except SegdeskError as error:
            self._wanted.clear()
            self._bench.error.emit(str(error))
            self.changed.emit()
            return
        in_use = project.versions.in_use()
        number = in_use.number if in_use is not None else None
        self._submit(
            Task(
                tr("Predicting"),
                partial(self._engine.predict, request),
                progress=partial(self._on_predicted, project, number),
                finished=partial(self._on_all_predicted, tuple(s.id for s in samples)),
                failed=self._on_predict_failed,
            )
        )

    def _on_predicted(self, project: Project, version: int | None, progress: Progress) -> None:
        if project is not self._bench.project:
            return
        self._show_preview(progress.preview)
        if isinstance(progress, Predicted):
            self._wanted.pop(progress.sample_id, None)
            if progress.prediction is not None:
                self._held.append((progress.prediction, version))
                self._apply_held()
            if progress.error is not None:
                self._bench.error.emit(progress.error)

    def _apply_held(self) -> None:
        """Write predictions where they belong; the one under the brush waits for the end of the stroke."""
        waiting: list[tuple[Prediction, int | None]] = []
        for prediction, version in self._held:
            document = self._bench.document
            on_screen = document is not None and document.sample.id == prediction.sample_id
            if on_screen and document is not None and document.is_editing:
                waiting.append((prediction, version))
            elif self._bench.row_of(prediction.sample_id) is not None:
                self._apply(prediction, version)
        self._held = waiting
        if waiting:
            self._hold.start()
        else:
            self._hold.stop()

    def _apply(self, prediction: Prediction, version: int | None) -> None:
        document, project = self._bench.document, self._bench.project
        assert project is not None
        try:
            if document is not None and document.sample.id == prediction.sample_id:
                if document.mask.labels.shape == prediction.labels.shape:
                    self.preview.emit(None)
                    patch = document.predict(prediction.labels, version)
                    self._bench.after_change(patch, by_person=False)
                return
            sample = self._bench.samples[self._bench.row_of(prediction.sample_id) or 0]
            if prediction.labels.shape == (sample.height, sample.width):
                keep_prediction(project, prediction, version)
                self._bench.refresh_status(prediction.sample_id)
        except ProjectError as error:
            self._bench.error.emit(str(error))

    def _on_all_predicted(self, ids: tuple[int, ...], _: object) -> None:
        # Each image has been answered for, unless somebody has asked for one of them again meanwhile.
        if self._task is not None and not self._task.stop.is_set():
            for sample_id in ids:
                self._wanted.pop(sample_id, None)

    def _on_predict_failed(self, text: str, _: str) -> None:
        self._wanted.clear()

    # Learning

    def retrain(self) -> None:
        """Do a round on what has been corrected so far; nothing while one is under way."""
        project = self._bench.project
        if project is None or self._training:
            return
        try:
            request = training_request(
                project,
                start=self._start_of(project),
                seconds=float(self._bench.settings.values.round_seconds) or None,
                device=self._bench.settings.values.device,
                view=self._view(),
            )
        except SegdeskError as error:
            self._bench.error.emit(str(error))
            return
        self._training = True
        self.new_corrections = False
        if self._task is not None:
            self._task.stop.set()  # predictions of the old model can wait, and may not be needed any more
        self._worker.submit(
            Task(
                tr("Learning"),
                partial(self._engine.train, request),
                progress=partial(self._on_learning, project),
                finished=partial(self._on_learned, project, request),
                failed=self._on_not_learned,
                cancelled=self._on_not_learned,
                ended=self._on_training_over,
            )
        )
        self.figures.emit(None)
        self.changed.emit()

    def _start_of(self, project: Project) -> ModelChoice | None:
        if self.start is not None or project.versions.in_use() is not None:
            return self.start
        return ModelChoice(network=self._bench.settings.values.network)

    def _view(self) -> View | None:
        sample = self._bench.current
        if sample is None or self.view_box.is_empty:
            return None
        return View(sample.id, sample.source, self.view_box)

    def _on_learning(self, project: Project, progress: Progress) -> None:
        if project is not self._bench.project:
            return
        if progress.figures:
            self.figures.emit(progress.figures)
        self._show_preview(progress.preview)

    def _on_learned(self, project: Project, request: TrainRequest, result: TrainResult) -> None:
        if project is not self._bench.project:
            return
        outcome = keep_round(project, request, result)
        if outcome.version is not None:
            self.start = None
        self._bench.versions_changed.emit()
        self.outcome.emit(outcome.sentence)
        self._bench.message.emit(outcome.sentence)
        if outcome.version is not None:
            self._wanted = dict.fromkeys(s.id for s in self._unconfirmed())

    def _on_not_learned(self, *_: object) -> None:
        self.new_corrections = True

    def _on_training_over(self) -> None:
        self._training = False
        self.preview.emit(None)
        self._predict_wanted()
        self.changed.emit()

    # Both

    def _submit(self, task: Task) -> None:
        self._task = task
        task.ended = self._on_predictions_over
        self._worker.submit(task)

    def _on_predictions_over(self) -> None:
        self._task = None
        self.preview.emit(None)
        if not self._training:
            self._predict_wanted()
        self.changed.emit()

    def _show_preview(self, preview: Preview | None) -> None:
        current = self._bench.current
        if preview is not None and current is not None and preview.sample_id == current.id:
            self.preview.emit(preview)

    def _on_met(self, facts: EngineFacts) -> None:
        self.facts = facts
        self.met.emit(facts)

    def _on_project(self) -> None:
        self._wanted.clear()
        self._held.clear()
        self.start = None
        self._worker.cancel()
        project = self._bench.project
        self.new_corrections = project is not None and not project.versions.rounds()
        self.changed.emit()

    def _on_samples(self) -> None:
        self._wanted = {i: None for i in self._wanted if self._bench.row_of(i) is not None}

    def _on_corrected(self) -> None:
        self.new_corrections = True
        self.changed.emit()
