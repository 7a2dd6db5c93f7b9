"""The command `segdesk predict` on a project; without one, `batch` does it. torch is imported late."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from segdesk.cli import batch
from segdesk.cli.arguments import add_device, add_out, model_file
from segdesk.cli.console import Console, one_line
from segdesk.core.errors import ImageError
from segdesk.core.jobs import Predicted, Prediction, PredictRequest
from segdesk.core.lasting_numbers import numbers_kept
from segdesk.core.loop import keep_prediction, prediction_request
from segdesk.core.mask import Plane
from segdesk.core.naming import unique_stems
from segdesk.core.patch import State
from segdesk.core.project import Project, Sample, is_project
from segdesk.core.project.fingerprint import check_same
from segdesk.core.project.model_files import check_classes
from segdesk.core.translation import tr
from segdesk.formats.images import write_png


def add_options(parser: argparse.ArgumentParser) -> None:
    """What is predicted, by which model, and where the masks go."""
    parser.add_argument("paths", metavar="PROJECT|MODEL|IMAGE|FOLDER", type=Path, nargs="+")
    parser.add_argument("--model", metavar="VERSION|FILE")
    add_device(parser)
    add_out(parser)
    batch.add_options(parser)


def predict(options: argparse.Namespace, console: Console) -> int:
    """`segdesk predict PROJECT --out DIR`: STEM.png with class indices, one an image; see batch, too."""
    if len(options.paths) == 1 and is_project(options.paths[0]):
        batch.refuse_for_project(options)
        return _predict_project(Project(options.paths[0]), options, console)
    return batch.predict_images(options, console)


def bring_up_to_date(project: Project, samples: Sequence[Sample], device: str, console: Console) -> list[str]:
    """Predict, and keep in the project, what the version in use has not predicted yet; gives the problems."""
    in_use = project.versions.in_use()
    behind = [
        s
        for s in samples
        if s.state is not State.CONFIRMED and (in_use is None or s.status.predicted_by != in_use.number)
    ]
    problems: list[str] = []
    if behind:
        request = prediction_request(project, behind, device=device)
        for prediction in _predictions(request, console, problems):
            with numbers_kept(project, prediction.sample_id):
                keep_prediction(project, prediction, in_use.number if in_use else None)
    return problems


def _predict_project(project: Project, options: argparse.Namespace, console: Console) -> int:
    everything = project.samples.all()
    samples, others = without_other_pictures(everything)
    stems = dict(zip((s.id for s in everything), unique_stems([s.source for s in everything]), strict=True))
    in_use = project.versions.in_use()
    model = model_file(project, options.model)
    if model is None or (in_use is not None and model == in_use.file):
        problems = bring_up_to_date(project, samples, options.device, console)
        shown = {s.id: project.masks.load(s).labels for s in samples}
        files = [_write(options.out, stems[sample_id], labels) for sample_id, labels in shown.items()]
    else:  # another model's view of the project is written out, and the project stays as it is
        from segdesk.nn import engine

        check_classes(model.name, engine.model_facts(model), len(project.classes.all()))
        files, problems = [], []
        request = prediction_request(project, samples, model=model, device=options.device)
        for prediction in _predictions(request, console, problems):
            mask = project.masks.load(project.samples.get(prediction.sample_id))
            labels = np.where(mask.corrected == 1, mask.labels, prediction.labels)
            files.append(_write(options.out, stems[prediction.sample_id], labels))
    problems = [*others, *problems]
    for problem in problems:
        console.complain(problem)
    console.result(
        {"out": str(options.out), "files": [str(f) for f in files], "problems": problems},
        tr("{count} masks in {out}.").format(count=len(files), out=one_line(options.out)),
    )
    return 1 if problems else 0


def without_other_pictures(samples: Sequence[Sample]) -> tuple[list[Sample], list[str]]:
    """Those whose mask, if any, was drawn on what their image holds; and a sentence for each other one."""
    same: list[Sample] = []
    others: list[str] = []
    for sample in samples:
        try:
            if sample.state is not State.NEW:
                check_same(sample.source, sample.fingerprint)
            same.append(sample)
        except ImageError as error:
            others.append(str(error))
    return same, others


def _predictions(request: PredictRequest, console: Console, problems: list[str]) -> Iterator[Prediction]:
    """Each prediction as it is finished, so that no more than one is held in memory."""
    from segdesk.nn import engine

    for progress in console.watching(engine.predict(request)):
        if isinstance(progress, Predicted):
            if progress.prediction is not None:
                yield progress.prediction
            if progress.error is not None:
                problems.append(progress.error)


def _write(folder: Path, stem: str, labels: Plane) -> Path:
    path = folder / f"{stem}.png"
    write_png(path, labels)
    return path
