"""The sample project: in the window, or the whole loop without one."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.cli.console import Console
from segdesk.core import paths
from segdesk.core.document import Document
from segdesk.core.files import write_text
from segdesk.core.jobs import Predicted
from segdesk.core.loop import keep_prediction, keep_round, prediction_request, training_request
from segdesk.core.mask import Plane
from segdesk.core.metrics import class_score, confusion
from segdesk.core.project import Project
from segdesk.core.sample_person import correct_by_hand
from segdesk.core.sample_project import draw_pictures, make_sample_project
from segdesk.core.translation import tr
from segdesk.formats.export import export
from segdesk.formats.images import blend, write_png
from segdesk.formats.items import export_request
from segdesk.formats.registry import export_formats

_ROUNDS = 3
_SECONDS = 15.0
_STROKES = 24


def add_options(parser: argparse.ArgumentParser) -> None:
    """With a window or without one."""
    parser.add_argument("--headless", action="store_true", help=tr("without a window, from end to end"))
    parser.add_argument("--out", metavar="DIR", type=Path, help=tr("where the results go"))


def demo(options: argparse.Namespace, console: Console) -> int:
    """`segdesk demo [--headless] [--out DIR]`."""
    if not options.headless:
        from segdesk.gui.app import main

        project = make_sample_project(options.out or paths.user_data() / "samples")
        project.close()
        return main([project.folder])
    return _headless(_unused((options.out or Path("segdesk-demo")).absolute()), console)


def _headless(out: Path, console: Console) -> int:
    from segdesk.nn import engine

    project = make_sample_project(out)
    truths = {f"{picture.name}.png": picture.truth for picture in draw_pictures()}
    samples = project.samples.all()
    corrected, unseen = samples[:_ROUNDS], samples[_ROUNDS:]
    dice: list[float] = []
    first: Plane | None = None
    for sample in corrected:
        strokes = correct_by_hand(
            Document(project, project.samples.get(sample.id)), truths[sample.source.path.name], _STROKES
        )
        console.say(tr("{name}: {count} strokes").format(name=sample.source.path.name, count=strokes))
        request = training_request(project, seconds=_SECONDS)
        outcome = keep_round(project, request, console.drive(engine.train(request)))
        console.say(outcome.sentence)
        in_use = project.versions.in_use()
        for progress in console.watching(engine.predict(prediction_request(project, samples))):
            if isinstance(progress, Predicted) and progress.prediction is not None:
                keep_prediction(project, progress.prediction, in_use.number if in_use else None)
        labels = {s.source.path.name: project.masks.load(s).labels for s in unseen}
        scores = [class_score(confusion(labels[name], truths[name], 2), 1).dice for name in labels]
        dice.append(float(np.mean(scores)))
        first = labels[unseen[0].source.path.name] if first is None else first
        console.say(tr("Dice on the images nobody corrected: {dice:.3f}").format(dice=dice[-1]))
    files = _leave_results(project, out, dice, first, truths[unseen[0].source.path.name], console)
    console.result(
        {"out": str(out), "dice": dice} | files,
        tr(
            "Dice on images nobody corrected, round by round: {dice}.\n"
            "Project: {project}\nMasks: {masks}\nExported files: {exported}\nModel: {model}\n"
            "Before and after: {figure}\nThe window: {screenshot}"
        ).format(dice=", ".join(f"{value:.2f}" for value in dice), **files),
    )
    project.close()
    return 0


def _leave_results(
    project: Project, out: Path, dice: list[float], first: Plane | None, truth: Plane, console: Console
) -> dict[str, Any]:
    exported = out / "exported"
    for name in export_formats():
        console.drive(export(export_request(project, exported / name), name))
    last = project.samples.all()[_ROUNDS]
    picture = draw_pictures()[_ROUNDS].pixels
    before = np.zeros_like(truth) if first is None else first
    after = project.masks.load(last).labels
    classes = project.classes.all()
    panels = [
        (tr("image"), picture),
        (tr("after round {round}").format(round=1), blend(picture, before, classes)),
        (tr("after round {round}").format(round=len(dice)), blend(picture, after, classes)),
        (tr("truth"), blend(picture, truth, classes)),
    ]
    figure = out / "before-after.png"
    write_png(figure, np.hstack([_captioned(text, pixels) for text, pixels in panels]))
    write_text(out / "figures.json", json.dumps({"dice": dice}))
    from segdesk.gui.screenshot import save_screenshot

    folder = project.folder
    screenshot = out / "window.png"
    save_screenshot(folder, screenshot, last.id)
    return {
        "project": str(folder),
        "masks": str(exported / "class-png"),
        "exported": str(exported),
        "model": str(exported / "model" / "model.safetensors"),
        "figure": str(figure),
        "screenshot": str(screenshot),
    }


def _captioned(text: str, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    framed = cv2.copyMakeBorder(pixels, 32, 4, 4, 4, cv2.BORDER_CONSTANT, value=(32, 32, 32))
    return np.asarray(
        cv2.putText(framed, text, (10, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (235, 235, 235), 1, cv2.LINE_AA)
    )


def _unused(folder: Path) -> Path:
    """The folder if it is new or empty, else the first of NAME-2, NAME-3...: no earlier result is touched."""
    candidate, number = folder, 2
    while candidate.exists() and (not candidate.is_dir() or any(candidate.iterdir())):
        candidate, number = folder.with_name(f"{folder.name}-{number}"), number + 1
    return candidate
