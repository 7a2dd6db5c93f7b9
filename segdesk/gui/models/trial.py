"""Trying a model on the image on screen: its prediction is drawn over the image, and nothing keeps it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from segdesk.core.classes import SegClass, default_color
from segdesk.core.geometry import Box
from segdesk.core.jobs import Job, Predicted, PredictItem, PredictRequest, Preview, Progress
from segdesk.core.project import Sample
from segdesk.core.project.model_files import is_foreign
from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas
from segdesk.gui.learning import Learning
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import LazyEngine, Task, Worker


@dataclass(frozen=True)
class Candidate:
    """A model to be tried.

    title: what the person knows it by.   outputs: how many classes it tells apart; 1 means one thing.
    inverted: its one output is high in the background.   use: what happens when the person says "Use".
    """

    file: Path
    title: str
    outputs: int
    use: Callable[[], None]
    inverted: bool = False


class Trial(QObject):
    """At most one model is tried at a time; on another image, it predicts anew.

    changed: what is tried, or how far it is, is different now.
    """

    changed = Signal()

    def __init__(
        self,
        bench: Workbench,
        learning: Learning,
        worker: Worker,
        engine: LazyEngine,
        canvas: Canvas,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.candidate: Candidate | None = None
        self.problem = ""  # one sentence, where it could not be tried
        self.progress: Progress | None = None  # while it predicts
        self._bench = bench
        self._learning = learning
        self._worker = worker
        self._engine = engine
        self._canvas = canvas
        self._preview: Preview | None = None
        self._task: Task | None = None
        self._scratch: Path | None = None
        self._count = 0
        bench.picture_ready.connect(self._on_picture)
        bench.picture_missing.connect(self._on_missing)
        bench.project_changed.connect(self.end)
        bench.classes_changed.connect(self._on_classes)
        # Queued, so that the canvas has heard of it before.
        learning.preview.connect(self._on_other_preview, Qt.ConnectionType.QueuedConnection)

    @property
    def is_running(self) -> bool:
        """Whether the prediction is still to come."""
        return self._task is not None

    @property
    def is_shown(self) -> bool:
        """Whether what the model says is on the canvas."""
        return self._preview is not None

    @property
    def waits(self) -> bool:
        """Whether the engine does something else at the moment."""
        return self._task is not None and self._worker.current is not self._task

    def begin(self, candidate: Candidate) -> None:
        """Try this model on the image on screen, in place of what was tried before."""
        self.end()
        self.candidate = candidate
        self._count += 1
        self._set_colors()
        self._predict()

    @Slot()
    def use(self) -> None:
        """The person likes it: end the trial and let the model be used."""
        candidate = self.candidate
        self.end()
        if candidate is not None:
            candidate.use()

    @Slot()
    def end(self) -> None:
        """Put the prediction away; the image looks as before."""
        if self.candidate is None:
            return
        self.candidate = None
        self.problem = ""
        self._drop_task()
        self._hide()
        self._canvas.set_classes(self._bench.classes)
        if self._scratch is not None and self._task is None:
            self._throw_away()
        self.changed.emit()

    def close(self) -> None:
        """End it for good."""
        self.end()
        self._throw_away()

    # Predicting

    def _predict(self) -> None:
        sample, candidate = self._bench.current, self.candidate
        if candidate is None or sample is None or self._bench.picture is None:
            return
        self.problem = ""
        self.progress = Progress(None, tr("Trying {name}").format(name=candidate.title))
        request = PredictRequest(
            model=candidate.file,
            items=(PredictItem(sample.id, sample.source),),
            device=self._bench.settings.values.device,
            view=self._learning.predicting.view,
        )
        names = _names(self._bench.classes, candidate.outputs)
        task = Task(
            tr("Trying {name}").format(name=candidate.title),
            partial(_trying, self._engine, candidate, request, self._place(), names),
        )
        task.progress = partial(self._on_progress, task, sample)
        task.failed = partial(self._on_failed, task)
        task.cancelled = partial(self._on_cancelled, task)
        task.ended = partial(self._on_ended, task)
        self._task = task
        self._worker.submit(task)
        self._learning.predicting.make_way()
        self.changed.emit()

    def _place(self) -> Path:
        """Where the candidate is once it is converted; it need be only once."""
        if self._scratch is None:
            self._scratch = Path(tempfile.mkdtemp(prefix="segdesk-trial-"))
        return self._scratch / f"{self._count}.safetensors"

    def _on_progress(self, task: Task, sample: Sample, progress: Progress) -> None:
        if task is not self._task or self._bench.current is None or self._bench.current.id != sample.id:
            return
        self.progress = progress
        if progress.preview is not None:
            self._show(progress.preview)
        if isinstance(progress, Predicted) and progress.sample_id == sample.id:
            if progress.prediction is None:
                self.problem = progress.error or tr("This image cannot be predicted.")
            else:
                labels = progress.prediction.labels
                self._show(Preview(sample.id, Box(0, 0, labels.shape[1], labels.shape[0]), labels))
        self.changed.emit()

    def _on_failed(self, task: Task, sentence: str, _: str) -> None:
        if task is self._task:
            self.problem = sentence

    def _on_cancelled(self, task: Task) -> None:
        if task is self._task:
            self.problem = tr("Stopped; try it again, or put it away.")

    def _on_ended(self, task: Task) -> None:
        if task is not self._task:
            if self.candidate is None and self._task is None:
                self._throw_away()
            return
        self._task = None
        self.progress = None
        self.changed.emit()

    def again(self) -> None:
        """Predict after all."""
        if self._task is None:
            self._predict()

    def _drop_task(self) -> None:
        if self._task is not None:
            task, self._task = self._task, None
            task.cancel()
        self.progress = None

    def _throw_away(self) -> None:
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    # On the canvas

    def _show(self, preview: Preview) -> None:
        self._preview = preview
        self._canvas.show_preview(preview.box, preview.labels, preview.sample_id)

    def _hide(self) -> None:
        if self._preview is not None:
            self._preview = None
            self._canvas.clear_preview()

    @Slot(object)
    def _on_other_preview(self, preview: Preview | None) -> None:
        """Predictions come and go meanwhile; what is tried stays in sight."""
        if self._preview is not None:
            self._show(self._preview)

    @Slot(object)
    def _on_picture(self, _: object) -> None:
        if self.candidate is not None:
            self._drop_task()
            self._preview = None
            self._predict()

    @Slot(str)
    def _on_missing(self, _: str) -> None:
        if self.candidate is not None:
            self._drop_task()
            self._preview = None
            self.changed.emit()

    @Slot()
    def _on_classes(self) -> None:
        if self.candidate is not None:
            self._set_colors()

    def _set_colors(self) -> None:
        """Let classes that the project does not have be seen as well."""
        known, candidate = self._bench.classes, self.candidate
        assert candidate is not None
        more = range(len(known), max(2, candidate.outputs))
        extra = (SegClass(index, "", default_color(index)) for index in more)
        self._canvas.set_classes((*known, *extra))


def _trying(
    engine: LazyEngine,
    candidate: Candidate,
    request: PredictRequest,
    converted: Path,
    names: tuple[str, ...],
) -> Job[None]:
    if is_foreign(candidate.file):
        if not converted.exists():
            yield from engine.convert(candidate.file, converted, names, candidate.inverted)
        request = replace(request, model=converted)
    yield from engine.predict(request)


def _names(classes: tuple[SegClass, ...], outputs: int) -> tuple[str, ...]:
    """As many names as a model wants, the background first."""
    wanted = max(2, outputs)
    names = [each.name for each in classes][:wanted]
    return (*names, *(tr("class {number}").format(number=n) for n in range(len(names), wanted)))
