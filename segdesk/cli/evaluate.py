"""The command `segdesk evaluate`: how right a project's masks are."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import numpy as np

from segdesk.cli.arguments import add_device, add_project
from segdesk.cli.console import Console, table
from segdesk.cli.predict import bring_up_to_date
from segdesk.core.errors import ProjectError
from segdesk.core.mask import Plane
from segdesk.core.metrics import class_score, confusion
from segdesk.core.patch import State
from segdesk.core.project import Project, Sample, Split
from segdesk.core.translation import tr
from segdesk.formats.label_import import LabelKind, check_size, label_files, match_samples, read_truth


def add_options(parser: argparse.ArgumentParser) -> None:
    """What is compared with what."""
    add_project(parser)
    parser.add_argument("--truth", metavar="DIR", type=Path, required=True)
    parser.add_argument("--samples", choices=["all", "confirmed", "unconfirmed", *Split], default="all")
    add_device(parser)


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
    problems = bring_up_to_date(project, [s for s, _ in pairs], options.device, console)
    tables = {
        sample.id: confusion(project.masks.load(sample).labels, truths[sample.id], len(classes))
        for sample, _ in pairs
    }
    total = np.sum(list(tables.values()), axis=0)
    scores: dict[str, dict[str, float]] = {}
    for c in classes[1:]:
        each = [class_score(counts, c.index).dice for counts in tables.values()]
        scores[c.name] = asdict(class_score(total, c.index)) | {"mean_image_dice": float(np.mean(each))}
    images = [
        {
            "name": sample.source.path.name,
            "page": sample.source.page,
            "state": project.samples.get(sample.id).state.value,
            "classes": {c.name: asdict(class_score(tables[sample.id], c.index)) for c in classes[1:]},
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


def _is_wanted(sample: Sample, which: str) -> bool:
    if which == "all":
        return True
    if which in list(Split):
        return sample.split == which
    return (sample.state is State.CONFIRMED) == (which == "confirmed")
