"""What versions say about an image: computed when it is wanted, kept in memory for a while, never stored."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segdesk.core.jobs import Predicted, PredictItem, PredictRequest, Progress
from segdesk.core.mask import Plane
from segdesk.core.project import ModelVersion, Sample
from segdesk.core.translation import tr
from segdesk.gui.learning import Learning
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import LazyEngine, Task, Worker

CACHE_BYTES = 256 * 2**20

Key = tuple[Path, int]  # the version's file, which no other version ever has, and the sample


class Predictions(QObject):
    """Label planes by version and sample.

    changed: something came, failed, was stopped or begun. progressed: the Progress of what is under way.
    """

    changed = Signal()
    progressed = Signal(object)

    def __init__(
        self,
        bench: Workbench,
        learning: Learning,
        worker: Worker,
        engine: LazyEngine,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._learning = learning
        self._worker = worker
        self._engine = engine
        self._kept: OrderedDict[Key, Plane] = OrderedDict()
        self._problems: dict[Key, str] = {}
        self._stopped: set[Key] = set()
        self._wanted: list[tuple[Key, ModelVersion, Sample]] = []
        self._task: Task | None = None
        self._running: Key | None = None

    def labels(self, version: ModelVersion, sample: Sample) -> Plane | None:
        """(height, width) class indices; None while there are none."""
        key = _key(version, sample)
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def problem(self, version: ModelVersion, sample: Sample) -> str:
        """One sentence on why there are no labels; "" where nothing went wrong."""
        return self._problems.get(_key(version, sample), "")

    def is_stopped(self, version: ModelVersion, sample: Sample) -> bool:
        """Whether the person stopped this prediction."""
        return _key(version, sample) in self._stopped

    @property
    def running(self) -> ModelVersion | None:
        """The version that predicts now, or will as soon as the engine is free."""
        return next((version for key, version, _ in self._wanted if key == self._running), None)

    @property
    def waits(self) -> bool:
        """Whether the engine does something else at the moment."""
        return self._task is not None and self._worker.current is not self._task

    def want(self, sample: Sample | None, versions: Sequence[ModelVersion]) -> None:
        """Predict this sample with these versions, and nothing else from now on."""
        self._wanted = [(_key(v, sample), v, sample) for v in versions] if sample is not None else []
        if self._task is not None and self._running not in self._keys():
            self._running = None  # its end is of no interest any more
            self._task.cancel()
        self._next()

    def stop(self) -> None:
        """Predict nothing more until `resume`."""
        self._stopped.update(key for key in self._keys() if key not in self._kept)
        if self._task is not None:
            self._task.cancel()
        self.changed.emit()

    def resume(self) -> None:
        """Predict what is wanted after all; also what could not be predicted before."""
        for key in self._keys():
            self._stopped.discard(key)
            self._problems.pop(key, None)
        self._next()

    def forget(self, sample_id: int | None = None) -> None:
        """The image (None: the project) is another one now."""
        gone = [key for key in (*self._kept, *self._problems) if sample_id in (None, key[1])]
        for key in gone:
            self._kept.pop(key, None)
            self._problems.pop(key, None)
        self._stopped = {key for key in self._stopped if sample_id not in (None, key[1])}

    def _keys(self) -> list[Key]:
        return [key for key, _, _ in self._wanted]

    def _next(self) -> None:
        if self._task is None:
            for key, version, sample in self._wanted:
                if not (key in self._kept or key in self._problems or key in self._stopped):
                    if version.file.is_file():
                        self._begin(key, version, sample)
                        break
                    self._problems[key] = tr(
                        "The file of version {number} is missing from the project; choose another version."
                    ).format(number=version.number)
        self.changed.emit()

    def _begin(self, key: Key, version: ModelVersion, sample: Sample) -> None:
        request = PredictRequest(
            model=version.file,
            items=(PredictItem(sample.id, sample.source),),
            device=self._bench.settings.values.device,
        )
        self._running = key
        self._task = Task(
            tr("Predicting with version {number}").format(number=version.number),
            partial(self._engine.predict, request),
            progress=partial(self._on_progress, key, sample),
            failed=partial(self._on_failed, key),
            cancelled=partial(self._on_cancelled, key),
            ended=self._on_ended,
        )
        self._worker.submit(self._task)
        self._learning.predicting.make_way()

    def _on_progress(self, key: Key, sample: Sample, progress: Progress) -> None:
        if key != self._running:
            return
        self.progressed.emit(progress)
        if not isinstance(progress, Predicted) or progress.sample_id != sample.id:
            return
        if progress.prediction is not None and progress.prediction.labels.shape == (
            sample.height,
            sample.width,
        ):
            self._keep(key, progress.prediction.labels)
        else:
            self._problems[key] = progress.error or tr("The image has changed its size; read it again.")

    def _on_failed(self, key: Key, text: str, _: str) -> None:
        self._problems[key] = text

    def _on_cancelled(self, key: Key) -> None:
        if key == self._running:  # not by us, since another image is on screen, but by a person
            self._stopped.update(k for k in self._keys() if k not in self._kept)

    def _on_ended(self) -> None:
        self._task = self._running = None
        self._next()

    def _keep(self, key: Key, labels: Plane) -> None:
        self._kept[key] = labels
        needed = set(self._keys())
        for old in [k for k in self._kept if k not in needed]:
            if sum(plane.nbytes for plane in self._kept.values()) <= CACHE_BYTES:
                break
            del self._kept[old]


def _key(version: ModelVersion, sample: Sample) -> Key:
    return version.file, sample.id
