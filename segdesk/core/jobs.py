"""Long work as values: what is asked for (requests), how far it is (Progress), what came of it (results).

A job is a generator that yields Progress and returns its result. The window's worker and the command
line drive the same generators; closing one runs its clean-up, and that is how a job is cancelled.
Everything in here can be pickled, so that a job may run in another process.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource
from segdesk.core.mask import PackedMask

Result = TypeVar("Result")


@dataclass(frozen=True)
class Preview:
    """What the model says so far about a part of one sample, to be shown but not kept."""

    sample_id: int
    box: Box
    labels: NDArray[np.uint8]  # (box.height, box.width) class indices


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    fraction: 0 to 1, or None where nobody can know.
    text: what is being done, in the user's words, such as "Learning".
    seconds_left: an honest guess, or None.
    figures: named numbers worth a curve, such as {"loss": 0.4, "dice": 0.71}; empty when nothing is new.
    strip: (height, width, 3) uint8 sRGB, image | truth | prediction of a piece, to be looked at; mostly None.
    """

    fraction: float | None
    text: str
    seconds_left: float | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    preview: Preview | None = None
    strip: NDArray[np.uint8] | None = None


Job: TypeAlias = Generator[Progress, None, Result]


def in_one_step(text: str, work: Callable[[], Result]) -> Job[Result]:
    """A job that can only be waited for: it says what is being done, and does it."""
    yield Progress(None, text)
    return work()


def run(job: Job[Result]) -> Result:
    """Drive a job to its end and give its result."""
    while True:
        try:
            next(job)
        except StopIteration as stop:
            result: Result = stop.value
            return result


def retold(job: Job[Result], tell: Callable[[Progress], Progress]) -> Job[Result]:
    """The same job, which says what `tell` makes of its progress."""
    try:
        while True:
            try:
                progress = next(job)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield tell(progress)
    finally:
        job.close()


@dataclass(frozen=True)
class Offer:
    """Something that can be chosen, such as a network or a device: its name for requests, and plain words.

    options: of a network, those that an expert may change, each with what it is otherwise.
    """

    name: str
    description: str
    options: Mapping[str, int | float | str | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelFacts:
    """What a model file says of itself: the network's name, and its classes, the background first."""

    network: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class ModelReport:
    """What a model file is, whoever wrote it, before anything is done with it.

    family: what its makers call it; "" where SegDesk wrote it.   network: a name of the registry.
    channels: of the images it reads.   outputs: of its last convolution; 0 for a backbone alone.
    classes: names, the background first; empty where the file does not say.
    parameters: how many numbers it learned.   normalisation: how images are prepared, by name.
    preparation: the rest of its recipe, see segdesk.nn.preparation.
    trainable: rounds can go on from it.   starter: its classes mean nothing to a project.
    unclear: files with these very keys serve several purposes, so that a person has to say which.
    """

    network: str
    channels: int
    outputs: int
    parameters: int
    normalisation: str
    family: str = ""
    classes: tuple[str, ...] = ()
    trainable: bool = True
    starter: bool = False
    unclear: bool = False
    preparation: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelChoice:
    """Which weights to start from: a model file, or a network of the registry with fresh weights.

    bare: random weights even where SegDesk has a starter model of the network.
    options: what differs from the network's own options, such as {"width": 24}.
    """

    file: Path | None = None
    network: str | None = None
    bare: bool = False
    options: Mapping[str, int | float | str | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """The part of a sample that is on screen."""

    sample_id: int
    source: ImageSource
    box: Box


@dataclass(frozen=True)
class PredictItem:
    """One image to predict; `sample_id` comes back with the result.

    pixels: how many it has, where that is known.
    """

    sample_id: int
    source: ImageSource
    pixels: int = 0


@dataclass(frozen=True)
class PredictRequest:
    """Predict some images with one model, in this order; `view` is done first and shown at once.

    uncertainty: each prediction comes with its map of uncertainty, which is large.
    probabilities: each prediction comes with its planes of probabilities, which are larger still.
    keep_model: the model stays in memory for the next request, which is of the same one.
    """

    model: Path
    items: tuple[PredictItem, ...]
    device: str = "auto"
    view: View | None = None
    uncertainty: bool = False
    probabilities: bool = False
    keep_model: bool = False


@dataclass(frozen=True)
class Prediction:
    """The most probable class of each pixel of one sample.

    labels: (height, width) class indices.
    uncertainty: one figure for the whole sample, 0 (sure everywhere) to 1; None where nobody computed it.
    uncertainty_map: (height, width) uint8, 0 (sure) to 255 (all classes alike); only where it was asked for.
    probabilities: (classes, height, width) uint8, 0 (impossible) to 255 (certain); only where asked for.
    """

    sample_id: int
    labels: NDArray[np.uint8]
    uncertainty: float | None = None
    uncertainty_map: NDArray[np.uint8] | None = None
    probabilities: NDArray[np.uint8] | None = None


@dataclass(frozen=True)
class Predicted(Progress):
    """Progress that carries one finished image of a prediction job."""

    prediction: Prediction | None = None
    error: str | None = None  # one sentence, where this image could not be predicted
    sample_id: int = -1


@dataclass(frozen=True)
class TrainSample:
    """One sample to learn from: its image, and its mask as it was when the round was asked for.

    predicted: the uncorrected labels come from a model, so the person saw and kept them; otherwise they
        are the background that every mask begins with, and say nothing.
    held: it is there to judge what was learned, and nothing is learned from it.
    """

    sample_id: int
    source: ImageSource
    mask: PackedMask
    confirmed: bool
    predicted: bool
    held: bool = False


@dataclass(frozen=True)
class TrainRequest:
    """One round of learning.

    classes: the names of all classes, the background first; the network gets one output for each.
    seconds / steps: the budget, at most one of them; with neither, the device decides how many seconds. A
        machine on which hardly a step fits into them learns for longer, at most for as many seconds again.
    thorough: learn until the held-out figure stops rising; a budget, if there is one, ends it earlier.
    baseline: the model version in use, which the candidate must not be worse than; None on a cold start.
    out: where the candidate's model file is written (only if it passes the gate).
    recipe: how to learn, by its name.
    checkpoint: a file that is written every few minutes and resumed from where it exists; None for none.
    strips: a folder for pictures of image | truth | prediction, made now and then; None for none.
    corrections / annotation: how many there have been so far, and the seconds they took, for the record.
    """

    samples: tuple[TrainSample, ...]
    classes: tuple[str, ...]
    start: ModelChoice
    baseline: Path | None
    out: Path
    seconds: float | None = None
    steps: int | None = None
    device: str = "auto"
    seed: int = 0
    view: View | None = None
    thorough: bool = False
    recipe: str = "corrections"
    checkpoint: Path | None = None
    strips: Path | None = None
    corrections: int = 0
    annotation: float = 0.0


@dataclass(frozen=True)
class TrainResult:
    """What became of a round.

    accepted: the candidate passed the gate and stands in the request's `out`.
    before / after: held-out Dice (0 to 1) of the version in use and of the candidate; None where there is
        no version in use, or nothing could be held out.
    figures: loss, steps, seconds and the like, for the record.
    confirmed: Dice of each confirmed sample by id, as the accepted (or refused) candidate predicts it.
    """

    accepted: bool
    before: float | None
    after: float | None
    network: str
    figures: Mapping[str, float]
    curve: tuple[tuple[float, float, float], ...] = ()  # seconds since the start, loss, held-out Dice or NaN
    note: str = ""  # one sentence on what was out of the ordinary, such as a smaller batch for want of memory
    confirmed: Mapping[int, float] = field(default_factory=dict)
