"""Predicting: which samples wait for their prediction, and what becomes of the engine's answers.

Predictions are wanted sample by sample, in an order that changes: what a person asks for comes first, then
what is in sight, and learning goes before all of it. A job predicts the next few that are wanted when it
starts; what it did not get to stays wanted. An answer goes to the sample it was made for, wherever that is
by then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from PySide6.QtCore import QObject, QTimer, Signal

from segdesk.core.errors import ProjectError, SegdeskError
from segdesk.core.geometry import Box
from segdesk.core.incoming import Arrived, arriving, keep_ready, take_prediction
from segdesk.core.jobs import Job, Preview, Progress, View
from segdesk.core.loop import keep_prediction, prediction_request
from segdesk.core.project import Project
from segdesk.core.translation import tr
from segdesk.gui.model_opinion import ModelOpinion
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import LazyEngine, Task, Worker

_LOOK_AGAIN_MS = 50
_AT_ONCE = 32  # samples a job: a hundred thousand in one request would take a while to make and to send


class Predicting(QObject):
    """The queue of wanted predictions, for the project on the workbench.

    changed: something is wanted or done. preview: what the model says of a part of the sample on screen, or
    None. opinion: what the model thinks of that sample beyond its labels.
    """

    changed = Signal()
    preview = Signal(object)

    def __init__(
        self, bench: Workbench, worker: Worker, engine: LazyEngine, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.view_box = Box(0, 0, 0, 0)  # the part of the image that is on screen
        self.in_sight: Callable[[], Sequence[int]] = tuple  # gives the ids of the samples the list shows now
        self._bench = bench
        self._worker = worker
        self._engine = engine
        self._wanted: dict[int, None] = {}  # sample ids, in order
        self._answered = 0  # of those that were wanted since there were none
        self._order_after = False  # the list is ordered anew when they are all answered
        self._task: Task | None = None
        self._held_back = False
        self._held: list[tuple[Arrived, int | None]] = []
        self._hold = QTimer(self)
        self._hold.setInterval(_LOOK_AGAIN_MS)
        self._hold.timeout.connect(self._apply_held)
        self.opinion = ModelOpinion(bench, self)
        self.opinion.wanted.connect(self._begin)
        bench.project_changed.connect(self._on_project)
        bench.samples_changed.connect(self._on_samples)

    @property
    def is_under_way(self) -> bool:
        """Whether any sample waits for its prediction."""
        return bool(self._wanted)

    @property
    def view(self) -> View | None:
        """What is on screen; None where there is no image."""
        sample = self._bench.current
        if sample is None or self.view_box.is_empty:
            return None
        return View(sample.id, sample.source, self.view_box)

    def predict_current(self) -> None:
        """Predict the sample on screen, before all others."""
        if self._bench.current is not None:
            self._want([self._bench.current.id], first=True)
            if self._held_back:
                self._bench.message.emit(tr("This image is predicted as soon as learning is done."))

    def predict_all_unconfirmed(self) -> None:
        """Predict each sample that nobody has confirmed: the one on screen, those in sight, then the rest."""
        samples = self._unconfirmed()
        if samples:
            self._order_after = True
            self._want(samples)
        elif self._bench.samples:
            self._bench.message.emit(tr("Every image is confirmed already."))

    def begin_again(self) -> None:
        """Another model predicts from now on: each unconfirmed sample is wanted, in the same order."""
        self._wanted.clear()
        if samples := self._unconfirmed():
            self._order_after = True
            self._want(samples)

    def want_nothing(self) -> None:
        """Forget what is wanted; what is under way is the worker's to stop."""
        self._wanted.clear()
        self.opinion.want_nothing()
        self.changed.emit()

    def hold_back(self) -> None:
        """Let learning go first: what is under way ends, and what is wanted stays wanted."""
        self._held_back = self.opinion.waits = True
        if self._task is not None:
            self._task.cancel()

    def make_way(self) -> None:
        """Let a task that was submitted just now go first; what is wanted stays wanted."""
        if self._task is not None:
            self._task.cancel()

    def go_on(self) -> None:
        """Predict what is wanted; learning is over."""
        self._held_back = self.opinion.waits = False
        self.preview.emit(None)
        self._predict_wanted()
        self.changed.emit()

    def show_preview(self, preview: Preview | None) -> None:
        """Let a preview be seen if it is of the sample on screen."""
        current = self._bench.current
        if preview is not None and current is not None and preview.sample_id == current.id:
            self.preview.emit(preview)

    # What is wanted

    def _unconfirmed(self) -> list[int]:
        ids = self._bench.listing.unconfirmed()
        first = [self._bench.current.id] if self._bench.current is not None else []
        there = set(ids)
        return list(dict.fromkeys([i for i in (*first, *self.in_sight()) if i in there] + ids))

    def _want(self, ids: Iterable[int], *, first: bool = False) -> None:
        new = dict.fromkeys(ids)
        self._wanted = {**new, **self._wanted} if first else {**self._wanted, **new}
        self._begin()
        self.changed.emit()

    def _begin(self) -> None:
        """Let what is wanted now go before what is under way."""
        if self._held_back:
            return
        if self._task is not None:
            self._task.cancel()  # what it has not got to stays wanted
        else:
            self._predict_wanted()

    def _predict_wanted(self) -> None:
        project, current = self._bench.project, self._bench.current
        if project is None or self._task is not None:
            return
        opinion = self.opinion
        with_map = opinion.is_wanted and current is not None
        ids = [current.id] if with_map and current is not None else list(islice(self._wanted, _AT_ONCE))
        rows = [row for i in ids if (row := self._bench.row_of(i)) is not None]
        if not rows:
            return
        samples = [self._bench.samples[row] for row in rows]
        view = self.view if current is not None and current.id in self._wanted else None
        try:
            request = prediction_request(
                project, samples, device=self._bench.settings.values.device, view=view
            )
        except SegdeskError as error:
            self._wanted.clear()
            self.opinion.want_nothing()
            self._bench.error.emit(str(error))
            self.changed.emit()
            return
        request = replace(
            request, uncertainty=opinion.wants_uncertainty, probabilities=opinion.wants_probabilities
        )
        number = self.opinion.version()
        total = self._answered + len(self._wanted)

        def job() -> Job[None]:
            told = arriving(self._engine.predict(request), project.folder, number)
            return told if with_map else _as_part(told, self._answered, len(samples), total)

        self._task = Task(
            tr("Predicting"),
            job,
            progress=partial(self._on_predicted, project, number),
            finished=partial(self._on_all_predicted, tuple(s.id for s in samples), with_map),
            failed=self._on_failed,
            ended=self._on_over,
        )
        self._worker.submit(self._task)

    # What the engine answers

    def _on_predicted(self, project: Project, version: int | None, progress: Progress) -> None:
        if project is not self._bench.project:
            return
        self.show_preview(progress.preview)
        if isinstance(progress, Arrived):
            if progress.prediction is not None and progress.sample_id in self._wanted:
                self._held.append((progress, version))
                self._apply_held()
            if progress.sample_id in self._wanted:
                del self._wanted[progress.sample_id]
                self._answered += 1
            self.opinion.keep(progress, version)
            if progress.error is not None:
                self._bench.error.emit(progress.error)

    def _apply_held(self) -> None:
        """Write predictions where they belong; the one under the brush waits for the end of the stroke."""
        waiting: list[tuple[Arrived, int | None]] = []
        for told, version in self._held:
            document = self._bench.document
            on_screen = document is not None and document.sample.id == told.sample_id
            if on_screen and document is not None and document.is_editing:
                waiting.append((told, version))
            elif self._bench.row_of(told.sample_id) is not None:
                self._apply(told, version)
        self._held = waiting
        if waiting:
            self._hold.start()
        else:
            self._hold.stop()

    def _apply(self, told: Arrived, version: int | None) -> None:
        document, project, prediction = self._bench.document, self._bench.project, told.prediction
        assert project is not None
        assert prediction is not None
        sample = self._bench.samples[self._bench.row_of(told.sample_id) or 0]
        if prediction.labels.shape != (sample.height, sample.width):
            return
        ready = told.ready
        try:
            if document is not None and document.sample.id == told.sample_id:
                self.preview.emit(None)
                if ready is not None and keep_ready(project, ready, document):
                    patch = ready.patch
                else:  # the person has changed the mask meanwhile
                    patch = take_prediction(project, document, prediction, version)
                self._bench.after_change(patch, by_person=False)
            elif ready is None or not keep_ready(project, ready):
                keep_prediction(project, prediction, version)
            self._bench.refresh_status(told.sample_id)
        except ProjectError as error:
            self._bench.error.emit(str(error))

    def _on_all_predicted(self, ids: tuple[int, ...], with_map: bool, _: object) -> None:
        # Each image has been answered for, unless somebody has asked for one of them again meanwhile.
        if self._task is not None and not self._task.stop.is_set():
            if with_map:
                self.opinion.want_nothing()  # also of an engine that has none
            for sample_id in ids:
                self._wanted.pop(sample_id, None)

    def _on_failed(self, text: str, _: str) -> None:
        self._wanted.clear()
        self.opinion.want_nothing()

    def _on_over(self) -> None:
        self._task = None
        self.preview.emit(None)
        if not self._held_back:
            self._predict_wanted()
        if not self._wanted:
            self._answered = 0
            if self._order_after:
                self._order_after = False
                self._bench.order_again()
        self.changed.emit()

    # Another project, other samples, another version

    def _on_project(self) -> None:
        self._wanted.clear()
        self._held.clear()
        self.opinion.want_nothing()
        self.changed.emit()

    def _on_samples(self) -> None:
        self._wanted = {i: None for i in self._wanted if self._bench.row_of(i) is not None}


def _as_part(job: Job[None], done: int, count: int, total: int) -> Job[None]:
    """A job on `count` images as a part of `total`, of which `done` are done."""
    began = time.monotonic()
    try:
        for progress in job:
            if progress.fraction is None:
                yield progress
                continue
            here = progress.fraction * count
            left = (time.monotonic() - began) / here * (total - done - here) if here > 0 else None
            yield replace(progress, fraction=min(1.0, (done + here) / max(1, total)), seconds_left=left)
    finally:
        job.close()
