"""The loop's two questions, asked of a project: what is needed to predict, and what to learn from.

Window and command line both go through here, so that they ask, keep and tell the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.document import Document
from segdesk.core.errors import LearningError
from segdesk.core.incoming import take_prediction
from segdesk.core.jobs import (
    ModelChoice,
    Prediction,
    PredictItem,
    PredictRequest,
    TrainRequest,
    TrainResult,
    TrainSample,
    View,
)
from segdesk.core.patch import State
from segdesk.core.project import Learned, ModelVersion, Project, Sample, Split
from segdesk.core.project.fingerprint import is_another_picture
from segdesk.core.translation import tr

DEFAULT_NETWORK = "unet"
DEFAULT_RECIPE = "corrections"


@dataclass(frozen=True)
class Outcome:
    """What became of a round: the new version, if there is one, and the sentence a person reads."""

    version: ModelVersion | None
    sentence: str


def training_request(
    project: Project,
    *,
    start: ModelChoice | None = None,
    seconds: float | None = None,
    steps: int | None = None,
    device: str = "auto",
    seed: int = 0,
    view: View | None = None,
    thorough: bool = False,
    recipe: str = DEFAULT_RECIPE,
) -> TrainRequest:
    """Everything a round needs, as it is now; strokes made afterwards go into the next one.

    start: None goes on from the version in use, or from fresh weights of the default network.
    thorough: learn until the held-out figure stops rising, with a checkpoint and pictures on the way in the
        project's folder.

    Test samples take no part in it; validation samples judge it, and nothing is learned from them.

    Raises:
        LearningError: nobody has corrected anything yet.
        ProjectError: the version that comes of it could not be kept.
    """
    project.check_writable()
    every = project.samples.all()
    samples = tuple(
        TrainSample(
            sample_id=sample.id,
            source=sample.source,
            mask=project.masks.packed(sample),
            confirmed=sample.state is State.CONFIRMED,
            predicted=sample.status.predicted_by is not None,
            held=sample.split is Split.VALIDATION,
        )
        for sample in every
        # A mask that was drawn on another picture teaches the wrong thing; the window asks about it.
        if sample.state in (State.CORRECTED, State.CONFIRMED)
        and not is_another_picture(sample)
        # What is there to test with takes part in nothing, so that it says how the model does on new images.
        and sample.split is not Split.TEST
    )
    if all(sample.held for sample in samples):
        kept_back = (s.state for s in every if s.split in (Split.VALIDATION, Split.TEST))
        if any(state in (State.CORRECTED, State.CONFIRMED) for state in kept_back):
            raise LearningError(
                tr(
                    "All corrected images are there for validation or test; correct one to train with,"
                    " or change the split."
                )
            )
        raise LearningError(
            tr("There is nothing to learn from yet: paint a little of each class first, then retrain.")
        )
    in_use = project.versions.in_use()
    if start is None:
        start = ModelChoice(file=in_use.file) if in_use else ModelChoice(network=DEFAULT_NETWORK)
    return TrainRequest(
        samples=samples,
        classes=tuple(c.name for c in project.classes.all()),
        start=start,
        baseline=in_use.file if in_use else None,
        out=project.versions.next_file(),
        seconds=seconds,
        steps=steps,
        device=device,
        seed=seed,
        view=view,
        thorough=thorough,
        recipe=recipe,
        checkpoint=project.versions.folder / "training.checkpoint" if thorough else None,
        strips=project.folder / "strips" if thorough else None,
        corrections=sum(sample.corrections for sample in every),
        annotation=sum(sample.seconds for sample in every),
    )


def keep_round(project: Project, request: TrainRequest, result: TrainResult) -> Outcome:
    """Record what became of a round; an accepted candidate is in use from now on."""
    before = project.versions.in_use()
    parent = next((v.number for v in project.versions.all() if v.file == request.start.file), None)
    learned = Learned(
        samples=tuple(sample.sample_id for sample in request.samples if not sample.held),
        confirmed=sum(sample.confirmed for sample in request.samples if not sample.held),
        corrections=request.corrections,
        seconds=request.annotation,
    )
    version = project.versions.record(result, request.out, parent, learned)
    return Outcome(version, " ".join(filter(None, (_sentence(result, before, version), result.note))))


def prediction_request(
    project: Project,
    samples: Iterable[Sample],
    *,
    model: Path | None = None,
    device: str = "auto",
    view: View | None = None,
) -> PredictRequest:
    """What is needed to predict these samples; `model` None means the version in use.

    Raises:
        LearningError: there is no model version yet.
        ProjectError: the version in use is meant, and its predictions could not be kept.
    """
    if model is None:
        project.check_writable()
        in_use = project.versions.in_use()
        if in_use is None:
            raise LearningError(
                tr("There is no model yet: paint a little of each class, then retrain to get one.")
            )
        model = in_use.file
    items = tuple(PredictItem(sample.id, sample.source) for sample in samples)
    return PredictRequest(model=model, items=items, device=device, view=view)


def keep_prediction(project: Project, prediction: Prediction, version: int | None) -> None:
    """Write a prediction into the mask of a sample that is not on screen, where nobody asserted a class.

    What it tells about the sample is kept with it, as its score.
    """
    sample = project.samples.get(prediction.sample_id)
    take_prediction(project, Document(project, sample), prediction, version)


def _sentence(result: TrainResult, before: ModelVersion | None, version: ModelVersion | None) -> str:
    figures = {
        "before": "" if result.before is None else f"{result.before:.2f}",
        "after": "" if result.after is None else f"{result.after:.2f}",
        "new": version.number if version else "",
        "old": before.number if before else "",
    }
    if version is None:
        if before is None:
            text = tr("Learning did not lead to a usable model; correct a little more and retrain.")
        elif result.before is None or result.after is None:
            text = tr("Not better: version {old} stays.")
        else:
            text = tr("Not better ({before} to {after} on held-out corrections): version {old} stays.")
    elif result.after is None:
        text = tr("Learned; in use as version {new}.")
    elif result.before is None:
        text = tr("Learned: {after} on held-out corrections; in use as version {new}.")
    else:
        text = tr("Better: {before} to {after} on held-out corrections; in use as version {new}.")
    return text.format(**figures)
