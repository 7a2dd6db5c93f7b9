"""An engine without a network: it predicts bright pixels, and learns by waiting for the test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from segdesk.core.errors import ModelError
from segdesk.core.images import ImageSource, read_image, to_display
from segdesk.core.jobs import (
    Job,
    ModelFacts,
    ModelReport,
    Predicted,
    Prediction,
    PredictRequest,
    Preview,
    Progress,
    TrainRequest,
    TrainResult,
)
from segdesk.core.translation import tr


@dataclass(frozen=True)
class Choice:
    """A network or device on offer."""

    name: str
    description: str
    options: Mapping[str, int | float | str | bool] = field(default_factory=dict)


@dataclass
class FakeEngine:
    """Predicts class 1 where an image is brighter than 127.

    gate: jobs wait for it before each step while it is cleared; `failure` is raised by the next job.
    unsure: how unsure it is of each sample, by id.
    result: what the next round says; its file is written where the round is accepted.
    """

    result: Callable[[TrainRequest], TrainResult]
    steps: int = 3
    failure: BaseException | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    under_way: threading.Event = field(default_factory=threading.Event)
    cleaned_up: threading.Event = field(default_factory=threading.Event)
    predicted: list[PredictRequest] = field(default_factory=list)
    trained: list[TrainRequest] = field(default_factory=list)
    recipes_changed: list[tuple[str, dict[str, str | int | float]]] = field(default_factory=list)
    converted: list[tuple[str, tuple[str, ...], bool]] = field(default_factory=list)
    unreadable: set[int] = field(default_factory=set)
    unsure: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gate.set()

    def networks(self) -> list[Choice]:
        return [
            Choice(
                "unet", "U-Net: small and fast", {"width": 16, "depth": 4, "norm": "group", "up": "bilinear"}
            ),
            Choice("u2net-small", "U2-Net, small"),
        ]

    def devices(self) -> list[Choice]:
        return [Choice("cpu", "processor")]

    def recipes(self) -> list[Choice]:
        return [Choice("corrections", "as rounds do"), Choice("tutorial", "as tutorials do")]

    def describe_model(self, path: Path) -> ModelFacts:
        """A file that holds "a model" is one of two classes; others are none."""
        if path.read_bytes() != b"a model":
            raise ModelError(tr("{name} is no model; choose another one.").format(name=path.name))
        return ModelFacts("unet", ("background", "object"))

    def inspect_model(self, path: Path) -> ModelReport:
        """What begins with "weights" is U2-Net: "weights x3" with three outputs, "weights ?" unclear."""
        content = path.read_bytes()
        if content == b"a model":
            return ModelReport("unet", 3, 2, 480_000, "channel", classes=("background", "object"))
        if not content.startswith(b"weights"):
            raise ModelError(
                tr("{name} is IS-Net, which SegDesk does not support; choose another model.").format(
                    name=path.name
                )
            )
        outputs = 3 if content.endswith(b"x3") else 1
        return ModelReport(
            "u2net", 3, outputs, 44_000_000, "imagenet-max", "U2-Net", unclear=content.endswith(b"?")
        )

    def change_recipe(self, path: Path, out: Path, changes: Mapping[str, str | int | float]) -> ModelFacts:
        """The model stays what it is."""
        self.recipes_changed.append((path.name, dict(changes)))
        out.write_bytes(path.read_bytes())
        return ModelFacts("unet", ("background", "object"))

    def export_model(self, file: Path, target: Path, form: str) -> None:
        """The file then says what it is."""
        target.write_bytes(form.encode())

    def convert_model(
        self, path: Path, out: Path, classes: tuple[str, ...], inverted: bool = False
    ) -> ModelFacts:
        """A file that begins with "weights" becomes a model of two classes, or of as many as it says."""
        self.converted.append((path.name, classes, inverted))
        if not path.read_bytes().startswith(b"weights"):
            raise ModelError(tr("{name} is no checkpoint; choose another one.").format(name=path.name))
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(b"a model")
        return ModelFacts("unet-64", classes[: 3 if path.read_bytes().endswith(b"x3") else 2])

    def predict(self, request: PredictRequest) -> Job[None]:
        self.predicted.append(request)
        try:
            for number, item in enumerate(request.items):
                yield from self._wait(Progress(number / len(request.items), tr("Predicting"), 3.0))
                self._fail()
                if item.sample_id in self.unreadable:
                    yield Predicted(None, tr("Predicting"), error="No luck.", sample_id=item.sample_id)
                    continue
                labels = bright(item.source.path)
                yield Predicted(
                    (number + 1) / len(request.items),
                    tr("Predicting"),
                    prediction=Prediction(
                        item.sample_id,
                        labels,
                        self.unsure.get(item.sample_id, 0.1),
                        np.full_like(labels, 200) if request.uncertainty else None,
                        chances(item.source.path) if request.probabilities else None,
                    ),
                    sample_id=item.sample_id,
                )
        finally:
            self.cleaned_up.set()

    def train(self, request: TrainRequest) -> Job[TrainResult]:
        self.trained.append(request)
        try:
            for step in range(self.steps):
                yield from self._wait(Progress(step / self.steps, tr("Learning"), 18.0))
                self._fail()
                preview = None
                if request.view is not None:
                    box = request.view.box
                    preview = Preview(request.view.sample_id, box, np.ones((box.height, box.width), np.uint8))
                figures = {"loss": 0.9 - 0.2 * step, "dice": 0.5 + 0.1 * step}
                yield Progress(step / self.steps, tr("Learning"), 18.0, figures, preview)
            result = self.result(request)
            if result.accepted:
                request.out.write_bytes(b"a model")
            return result
        finally:
            self.cleaned_up.set()

    def _wait(self, progress: Progress) -> Job[None]:
        """Report until the test opens the gate, so that a cancel is heard meanwhile."""
        while True:
            yield progress
            self.under_way.set()
            if self.gate.wait(0.01):
                return

    def _fail(self) -> None:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure


def bright(path: Path) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """(height, width) uint8: 1 where the image is bright."""
    shown = to_display(read_image(ImageSource(path)))
    gray = shown if shown.ndim == 2 else shown.max(axis=2)
    return (gray > 127).astype(np.uint8)


def chances(path: Path) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """(2, height, width) uint8: the brighter a pixel, the more probable is class 1."""
    shown = to_display(read_image(ImageSource(path)))
    gray = shown if shown.ndim == 2 else shown.max(axis=2)
    return np.stack([255 - gray, gray])


def better(request: TrainRequest) -> TrainResult:
    """A round that passes the gate."""
    before = 0.71 if request.baseline is not None else None
    return TrainResult(True, before, 0.78, "unet", {"loss": 0.3}, ((1.0, 0.9, 0.5), (2.0, 0.3, 0.78)))


def not_better(request: TrainRequest) -> TrainResult:
    """A round that does not."""
    return TrainResult(False, 0.71, 0.64, "unet", {"loss": 0.3})
