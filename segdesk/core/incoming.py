"""A model's answer on its way into a mask, with what it tells about the sample.

Comparing and compressing the planes of a large image takes a while, so it is done where the answer arrives,
away from the window, against the mask as it is on disk then. What is left is to write it, if nobody has
changed that mask meanwhile.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, fields
from pathlib import Path

from segdesk.core.document import Document
from segdesk.core.edit import Edit, after_prediction
from segdesk.core.errors import ProjectError
from segdesk.core.jobs import Job, Predicted, Prediction
from segdesk.core.mask import Mask
from segdesk.core.metrics import disagreement
from segdesk.core.patch import Patch, State, Status
from segdesk.core.project import PackedTiles, Project, Standing
from segdesk.core.translation import tr


@dataclass(frozen=True)
class ReadyPrediction:
    """A prediction as what it changes in one sample.

    standing: of the mask that it was made for.
    patch: None where it changes nothing.   tiles: what it makes of those that it changes.
    disagreement: with the version before; None where there was none.
    """

    sample_id: int
    version: int | None
    standing: Standing
    patch: Patch | None
    tiles: PackedTiles
    uncertainty: float | None
    disagreement: float | None


@dataclass(frozen=True)
class Arrived(Predicted):
    """A finished image of a prediction job, made ready; `ready` is None where there is nothing to write."""

    ready: ReadyPrediction | None = None


def arriving(job: Job[None], folder: Path, version: int | None) -> Job[None]:
    """Run a prediction job and make each of its answers ready for the project in `folder`.

    It reads the project through a connection of its own, so it may run in any thread.
    """
    project: Project | None = None
    try:
        for progress in job:
            if isinstance(progress, Predicted):
                ready = None
                if progress.prediction is not None:
                    project = project or Project(folder, write=False)
                    ready = make_ready(project, progress.prediction, version)
                yield Arrived(**{f.name: getattr(progress, f.name) for f in fields(progress)}, ready=ready)
            else:
                yield progress
    finally:
        job.close()
        if project is not None:
            project.close()


def make_ready(
    project: Project, prediction: Prediction, version: int | None, name: str | None = None
) -> ReadyPrediction | None:
    """Find out what a prediction changes; None where its sample is confirmed, gone, or of another size.

    name: what undo calls it; None for the usual one.
    """
    try:
        standing = project.masks.standing(prediction.sample_id)
        sample = project.samples.get(prediction.sample_id)
    except ProjectError:
        return None
    if standing.status.state is State.CONFIRMED or prediction.labels.shape != (sample.height, sample.width):
        return None
    mask = project.masks.load(sample)
    differs = _disagreement(mask, standing.status, prediction, version)
    edit = Edit(mask)
    edit.predict(prediction.labels)
    patch = edit.finish(name or tr("Predict"), standing.status, after_prediction(standing.status, version))
    tiles = PackedTiles({}, {}) if patch is None else PackedTiles.changed(patch, mask)
    return ReadyPrediction(
        sample.id,
        version,
        standing,
        patch,
        tiles,
        prediction.uncertainty,
        differs,
    )


def keep_ready(project: Project, ready: ReadyPrediction, document: Document | None = None) -> bool:
    """Write what was made ready, with the sample's score; False, and nothing, if the mask has moved on.

    document: the sample's, where it is open.
    """
    # An open document is never within a transaction that could still fail after it has changed in memory.
    with project.at_once() if document is None else nullcontext():
        if ready.patch is not None:
            kept = (
                project.masks.commit_ready(ready.sample_id, ready.standing, ready.patch, ready.tiles)
                if document is None
                else document.adopt(ready.patch, ready.standing, ready.tiles)
            )
            if not kept:
                return False
        elif project.masks.standing(ready.sample_id) != ready.standing:
            return False
        _keep_score(project, ready.sample_id, ready.version, ready.uncertainty, ready.disagreement)
    return True


def take_prediction(
    project: Project, document: Document, prediction: Prediction, version: int | None
) -> Patch | None:
    """Write a prediction into an open document at once, with the sample's score; gives what changed.

    Raises:
        ValueError: the labels have another size than the sample.
    """
    differs = None
    if prediction.labels.shape == document.mask.labels.shape:
        differs = _disagreement(document.mask, document.status, prediction, version)
    patch = document.predict(prediction.labels, version)
    if document.status.state is not State.CONFIRMED:
        _keep_score(project, document.sample.id, version, prediction.uncertainty, differs)
    return patch


def _keep_score(
    project: Project, sample_id: int, version: int | None, unsure: float | None, differs: float | None
) -> None:
    if version is not None and (unsure is not None or differs is not None):
        project.scores.keep(sample_id, version, unsure, differs)


def _disagreement(mask: Mask, status: Status, prediction: Prediction, version: int | None) -> float | None:
    """With what another version had said, where nobody corrected it; None where none had."""
    if version is None or status.predicted_by in (None, version):
        return None
    return disagreement(mask.labels, prediction.labels, mask.corrected == 0)
