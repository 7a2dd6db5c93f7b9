"""SegDesk itself, through the engine's public door."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segdesk.core.images import ImageSource
from segdesk.core.jobs import (
    ModelChoice,
    Predicted,
    PredictItem,
    PredictRequest,
    TrainRequest,
    TrainResult,
    TrainSample,
    run,
)
from segdesk.core.mask import PackedMask
from segdesk.nn import engine
from tests.benchmarks.learning.annotation import Corrected
from tests.benchmarks.learning.methods.method import Budget, Learned
from tests.benchmarks.learning.sets import Plane, Task


class SegDesk:
    """Rounds as the window asks for them.

    folder: where model versions are kept.   start: where the first round begins.
    thorough: learn until the held-out figure stops rising, the budget at most.
    """

    sees_uncorrected = True

    def __init__(
        self,
        task: Task,
        folder: Path,
        *,
        device: str = "auto",
        start: ModelChoice | None = None,
        thorough: bool = False,
    ) -> None:
        self._task = task
        self._folder = folder
        self._device = device
        self._start = start or ModelChoice()
        self._thorough = thorough
        self._round = 0
        self.model: Path | None = None  # the version in use
        self.result: TrainResult | None = None  # of the last round

    def learn(self, samples: Sequence[Corrected], budget: Budget, seed: int) -> Learned:
        self._round += 1
        out = self._folder / f"{self._round}.safetensors"
        request = TrainRequest(
            tuple(_train_sample(sample) for sample in samples),
            self._task.classes,
            ModelChoice(file=self.model) if self.model else self._start,
            self.model,
            out,
            seconds=budget.seconds,
            steps=budget.steps,
            device=self._device,
            seed=seed,
            thorough=self._thorough,
        )
        self.result = result = run(engine.train(request))
        if result.accepted:
            self.model = out
        figures = result.figures
        return Learned(result.accepted, int(figures["steps"]), figures["loss"], result.after)

    def predict(self, indices: Sequence[int]) -> dict[int, Plane]:
        if self.model is None or not indices:
            return {}
        items = tuple(PredictItem(index, ImageSource(self._task.images[index])) for index in indices)
        found: dict[int, Plane] = {}
        for progress in engine.predict(PredictRequest(self.model, items, self._device)):
            if isinstance(progress, Predicted):
                assert progress.prediction is not None, progress.error
                found[progress.sample_id] = progress.prediction.labels
        return found


def _train_sample(sample: Corrected) -> TrainSample:
    return TrainSample(
        sample.index,
        ImageSource(sample.path),
        PackedMask.pack(sample.mask),
        sample.confirmed,
        sample.predicted,
    )
