"""Commands that need a network: train, predict, evaluate. torch is imported when one of them runs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from segdesk.cli.batch import predict_images, refuse_for_project
from segdesk.cli.console import Console, one_line, table
from segdesk.core.errors import ModelError, ProjectError
from segdesk.core.jobs import ModelChoice, Predicted, Prediction, PredictRequest
from segdesk.core.loop import keep_prediction, keep_round, prediction_request, training_request
from segdesk.core.mask import Plane
from segdesk.core.metrics import ClassScore, class_score, confusion
from segdesk.core.naming import unique_stems
from segdesk.core.patch import State
from segdesk.core.project import Project, Sample, Split, is_project
from segdesk.core.project.model_files import check_classes
from segdesk.core.translation import tr
from segdesk.formats.images import write_png
from segdesk.formats.label_import import LabelKind, check_size, label_files, match_samples, read_truth


def train(options: argparse.Namespace, console: Console) -> int:
    """`segdesk train PROJECT`: learns, a round or until it stops rising; says in words what became of it."""
    project = Project(options.project)
    request = training_request(
        project,
        start=_start(options, project),
        seconds=options.seconds,
        steps=options.steps,
        device=options.device,
        seed=options.seed,
        thorough=options.thorough or (options.seconds is None and options.steps is None),
        recipe=options.recipe,
    )
    if request.checkpoint is not None and not options.resume:
        request.checkpoint.unlink(missing_ok=True)
    result = console.drive(_engine().train(request))
    outcome = keep_round(project, request, result)
    console.result(
        {
            "accepted": result.accepted,
            "version": outcome.version.number if outcome.version else None,
            "network": result.network,
            "dice_before": result.before,
            "dice_after": result.after,
            "dice_confirmed": dict(result.confirmed),
            "samples": len(request.samples),
            "recipe": request.recipe,
            "figures": dict(result.figures),
            "sentence": outcome.sentence,
        },
        one_line(outcome.sentence),
    )
    return 0


def predict(options: argparse.Namespace, console: Console) -> int:
    """`segdesk predict PROJECT --out DIR`: STEM.png with class indices, one an image; see batch, too."""
    if len(options.paths) == 1 and is_project(options.paths[0]):
        refuse_for_project(options)
        return _predict_project(Project(options.paths[0]), options, console)
    return predict_images(options, console)


def evaluate(options: argparse.Namespace, console: Console) -> int:
    """`segdesk evaluate PROJECT --truth DIR`: what a person would see, against the truth, class by class."""
    project = Project(options.project)
    classes = project.classes.all()
    wanted = [s for s in project.samples.all() if _is_wanted(s, options.samples)]
    files = label_files(options.truth)
    pairs = [(s, files[stem]) for stem, s in match_samples(wanted, list(files)).items()]
    if not pairs:
        raise ProjectError(
            tr(
                "No file in {folder} is the truth of one of these images; name the files like the images."
            ).format(folder=options.truth)
        )
    truths: dict[int, Plane] = {}
    for sample, file in pairs:
        truths[sample.id] = read_truth(file, LabelKind.MASK, classes)
        check_size(file, truths[sample.id], sample)
    problems = _bring_up_to_date(project, [s for s, _ in pairs], options, console)
    tables = {
        sample.id: confusion(project.masks.load(sample).labels, truths[sample.id], len(classes))
        for sample, _ in pairs
    }
    total = np.sum(list(tables.values()), axis=0)
    scores: dict[str, dict[str, float]] = {}
    for c in classes[1:]:
        each = [class_score(counts, c.index).dice for counts in tables.values()]
        scores[c.name] = _figures(class_score(total, c.index)) | {"mean_image_dice": float(np.mean(each))}
    images = [
        {
            "name": sample.source.path.name,
            "page": sample.source.page,
            "state": project.samples.get(sample.id).state.value,
            "classes": {c.name: _figures(class_score(tables[sample.id], c.index)) for c in classes[1:]},
        }
        for sample, _ in pairs
    ]
    console.result(
        {"samples": len(pairs), "classes": scores, "images": images, "problems": problems},
        table(
            [tr("class"), "Dice", "IoU", tr("precision"), tr("recall"), tr("mean Dice an image")],
            [[name, *(f"{value:.4f}" for value in figures.values())] for name, figures in scores.items()],
        ),
    )
    return 1 if problems else 0


def _predict_project(project: Project, options: argparse.Namespace, console: Console) -> int:
    samples = project.samples.all()
    stems = dict(zip((s.id for s in samples), unique_stems([s.source for s in samples]), strict=True))
    in_use = project.versions.in_use()
    model = _model_file(project, options.model)
    if model is None or (in_use is not None and model == in_use.file):
        problems = _bring_up_to_date(project, samples, options, console)
        shown = {s.id: project.masks.load(s).labels for s in samples}
        files = [_write(options.out, stems[sample_id], labels) for sample_id, labels in shown.items()]
    else:  # another model's view of the project is written out, and the project stays as it is
        check_classes(model.name, _engine().model_facts(model), len(project.classes.all()))
        files, problems = [], []
        request = prediction_request(project, samples, model=model, device=options.device)
        for prediction in _predictions(request, console, problems):
            mask = project.masks.load(project.samples.get(prediction.sample_id))
            labels = np.where(mask.corrected == 1, mask.labels, prediction.labels)
            files.append(_write(options.out, stems[prediction.sample_id], labels))
    return _report(files, problems, options, console)


def _bring_up_to_date(
    project: Project, samples: list[Sample], options: argparse.Namespace, console: Console
) -> list[str]:
    """Predict, and keep in the project, what the version in use has not predicted yet; gives the problems."""
    in_use = project.versions.in_use()
    behind = [
        s
        for s in samples
        if s.state is not State.CONFIRMED and (in_use is None or s.status.predicted_by != in_use.number)
    ]
    problems: list[str] = []
    if behind:
        request = prediction_request(project, behind, device=options.device)
        for prediction in _predictions(request, console, problems):
            keep_prediction(project, prediction, in_use.number if in_use else None)
    return problems


def _predictions(request: PredictRequest, console: Console, problems: list[str]) -> Iterator[Prediction]:
    """Each prediction as it is finished, so that no more than one is held in memory."""
    for progress in console.watching(_engine().predict(request)):
        if isinstance(progress, Predicted):
            if progress.prediction is not None:
                yield progress.prediction
            if progress.error is not None:
                problems.append(progress.error)


def _report(files: list[Path], problems: list[str], options: argparse.Namespace, console: Console) -> int:
    for problem in problems:
        console.complain(problem)
    console.result(
        {"out": str(options.out), "files": [str(f) for f in files], "problems": problems},
        tr("{count} masks in {out}.").format(count=len(files), out=one_line(options.out)),
    )
    return 1 if problems else 0


def _start(options: argparse.Namespace, project: Project) -> ModelChoice | None:
    """Where a round starts; None means the version in use, or else the default network."""
    if options.start is None:
        return ModelChoice(network=options.network) if options.network else None
    if options.start == "scratch":
        in_use = project.versions.in_use()
        known = in_use.network if in_use else None
        return ModelChoice(network=options.network or known, bare=True)
    file = _model_file(project, options.start)
    return ModelChoice(file=file, network=options.network)


def _model_file(project: Project, named: str | None) -> Path | None:
    """The file of a version by its number, or the file that is named."""
    if named is None:
        return None
    if named.isascii() and named.isdecimal():
        return project.versions.get(int(named)).file
    if not Path(named).is_file():
        raise ModelError(
            tr("There is no model version or file {name}; `segdesk models` lists the versions.").format(
                name=named
            )
        )
    return Path(named)


def _is_wanted(sample: Sample, which: str) -> bool:
    if which == "all":
        return True
    if which in list(Split):
        return sample.split == which
    return (sample.state is State.CONFIRMED) == (which == "confirmed")


def _figures(score: ClassScore) -> dict[str, float]:
    return {"dice": score.dice, "iou": score.iou, "precision": score.precision, "recall": score.recall}


def _write(folder: Path, stem: str, labels: Plane) -> Path:
    path = folder / f"{stem}.png"
    write_png(path, labels)
    return path


def _engine() -> Any:
    from segdesk.nn import engine

    module: ModuleType = engine
    return module
