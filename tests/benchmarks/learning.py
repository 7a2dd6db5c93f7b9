"""How fast a model learns from corrections: simulated strokes and short rounds, on any data set folder.

    python -m tests.benchmarks.learning --set drive --rounds 4 --annotate 30 --seconds 45 --seed 0

The first images by name are corrected one after the other by the simulated annotator, the first one without
a prediction; after each, one round learns from all corrections so far. The last images are never corrected:
their mean Dice (over the whole image; over the user's classes) is the figure that counts. All work goes
through the engine's public door. Data sets are found through SEGDESK_DATA or ../shared/data, the annotator
through SEGDESK_BENCH or ../shared/bench.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.images import ImageSource
from segdesk.core.jobs import (
    Job,
    ModelChoice,
    Predicted,
    PredictItem,
    PredictRequest,
    TrainRequest,
    TrainResult,
    TrainSample,
    run,
)
from segdesk.core.mask import UNLABELLED, Mask, PackedMask
from segdesk.nn import engine
from tests.data import find_data

_ROOT = Path(__file__).resolve().parents[2]
_SUFFIXES = {".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp"}

Plane = NDArray[np.uint8]
Train = Callable[[TrainRequest], Job[TrainResult]]


@dataclass(frozen=True)
class Task:
    """A data set: images by name, their true masks, and which images are corrected and which are held out."""

    images: tuple[Path, ...]
    truths: tuple[Plane, ...]
    classes: tuple[str, ...]
    held: int

    @property
    def test(self) -> range:
        return range(len(self.images) - self.held, len(self.images))


@dataclass(frozen=True)
class Row:
    """One round of the table."""

    number: int
    loss: float
    held: float | None
    dice: float
    annotation: float
    training: float
    steps: int
    accepted: bool


def load_task(
    folder: Path, kind: str | None, foreground: int | None, held: int, limit: int | None = None
) -> Task:
    """Read a folder with images/ and masks/.

    kind: only images of this kind in index.tsv.   foreground: the value that is class 1; without it a mask
    of 0 and 255 has 255 as class 1, and any other mask holds class indices.
    """
    names = sorted(path for path in (folder / "images").iterdir() if path.suffix.lower() in _SUFFIXES)
    if kind is not None:
        with (folder / "index.tsv").open(encoding="utf-8") as file:
            wanted = {row["stem"] for row in csv.DictReader(file, delimiter="\t") if row["kind"] == kind}
        names = [path for path in names if path.stem in wanted]
    truths = [_truth(folder / "masks" / f"{path.stem}.png", foreground) for path in names[:limit]]
    count = 1 + max(int(truth[truth != UNLABELLED].max(initial=1)) for truth in truths)
    classes = ("background", *(f"class {index}" for index in range(1, count)))
    return Task(tuple(names[:limit]), tuple(truths), classes, held)


def _truth(path: Path, foreground: int | None) -> Plane:
    values: NDArray[np.generic] = np.asarray(Image.open(path))
    if foreground is not None:
        return np.where(values == foreground, 1, 0).astype(np.uint8)
    if set(np.unique(values)) <= {0, 255}:
        return np.where(values == 255, 1, 0).astype(np.uint8)
    return values.astype(np.uint8)


def annotator() -> ModuleType:
    """The simulated annotator's module."""
    base = os.environ.get("SEGDESK_BENCH")
    path = (Path(base) if base else _ROOT.parent / "shared" / "bench") / "simulated_annotator.py"
    if not path.is_file():
        sys.exit(f"{path} is missing: set SEGDESK_BENCH to the folder of the simulated annotator")
    spec = importlib.util.spec_from_file_location("simulated_annotator", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def measure(
    task: Task,
    *,
    rounds: int,
    annotate: float,
    folder: Path,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 0,
    network: str | None = None,
    device: str = "auto",
    refresh: bool = True,
    train: Train = engine.train,
    show: Callable[[Row], None] = lambda row: None,
) -> list[Row]:
    """Correct, learn and test, `rounds` times.

    refresh: after each round, pixels that nobody corrected get the new model's prediction in the corrected
        samples too, as in the window; otherwise they keep the first prediction that the person saw.
    """
    person = annotator()
    model: Path | None = None
    masks: list[Mask] = []
    seen: list[bool] = []
    rows: list[Row] = []
    for number in range(rounds):
        truth = task.truths[number]
        prediction = _predict(model, task, [number], device)[number] if model else None
        corrections = np.full(truth.shape, UNLABELLED, np.uint8)
        _, spent = person.correct(truth, prediction, corrections, budget_s=annotate)
        asserted = corrections != UNLABELLED
        labels = np.zeros_like(truth) if prediction is None else prediction
        masks.append(Mask(np.where(asserted, corrections, labels), asserted.astype(np.uint8)))
        seen.append(prediction is not None)

        samples = tuple(
            TrainSample(index, ImageSource(task.images[index]), PackedMask.pack(mask), False, seen[index])
            for index, mask in enumerate(masks)
        )
        start = ModelChoice(file=model) if model else ModelChoice(network=network)
        out = folder / f"{number + 1}.safetensors"
        request = TrainRequest(
            samples,
            task.classes,
            start,
            model,
            out,
            seconds=seconds,
            steps=steps,
            device=device,
            seed=seed + number,
        )
        began = time.monotonic()
        result = run(train(request))
        training = time.monotonic() - began
        model = out if result.accepted else model
        assert model is not None, "the first round was refused"

        tested = _predict(model, task, list(task.test), device)
        dice = float(
            np.mean([_dice(tested[index], task.truths[index], len(task.classes)) for index in task.test])
        )
        if refresh:
            for index, labels in _predict(model, task, list(range(len(masks))), device).items():
                mask = masks[index]
                masks[index] = Mask(np.where(mask.corrected == 1, mask.labels, labels), mask.corrected)
                seen[index] = True
        rows.append(
            Row(
                number + 1,
                result.figures["loss"],
                result.after,
                dice,
                spent,
                training,
                int(result.figures["steps"]),
                result.accepted,
            )
        )
        show(rows[-1])
    return rows


def _predict(model: Path, task: Task, indices: Sequence[int], device: str) -> dict[int, Plane]:
    items = tuple(PredictItem(index, ImageSource(task.images[index])) for index in indices)
    found: dict[int, Plane] = {}
    for progress in engine.predict(PredictRequest(model, items, device)):
        if isinstance(progress, Predicted):
            assert progress.prediction is not None, progress.error
            found[progress.sample_id] = progress.prediction.labels
    return found


def _dice(prediction: Plane, truth: Plane, classes: int) -> float:
    """Mean Dice of the user's classes that occur in the truth or the prediction."""
    figures = []
    for index in range(1, classes):
        said, true = prediction == index, (truth == index)
        if said.any() or true.any():
            figures.append(
                2.0 * np.count_nonzero(said & true) / (np.count_nonzero(said) + np.count_nonzero(true))
            )
    return float(np.mean(figures)) if figures else 1.0


HEADER = "round   loss  held-out   Dice  annotation s  training s  steps  accepted"


def line(row: Row) -> str:
    """A round as a line of the table."""
    held = "   -" if row.held is None else f"{row.held:.3f}"
    return (
        f"{row.number:5d}  {row.loss:.3f}     {held}  {row.dice:.3f}  {row.annotation:12.1f}"
        f"  {row.training:10.1f}  {row.steps:5d}  {'yes' if row.accepted else 'no'}"
    )


_SETS: dict[str, tuple[str | None, int | None, int]] = {  # kind, foreground value, images held out
    "drive": (None, None, 5),
    "dsb2018_nuclei": ("fluorescence", None, 10),
    "isbi2012_em": (None, 0, 10),
    "cells_phc_psc": (None, None, 5),
    "roots_segroot": (None, None, 4),
    "salient_davis": (None, None, 10),
    "camvid": (None, None, 10),
}


def main() -> None:
    """Parse the command line, measure, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", default="drive", help="a data set by name")
    parser.add_argument("--folder", type=Path, help="a folder with images/ and masks/, instead of --set")
    parser.add_argument("--kind", help="only images of this kind in index.tsv")
    parser.add_argument("--foreground", type=int, help="the mask value that is class 1")
    parser.add_argument("--held", type=int, help="how many of the last images are never corrected")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--annotate", type=float, default=30.0, help="simulated seconds of strokes a round")
    parser.add_argument("--seconds", type=float, default=45.0, help="training seconds a round")
    parser.add_argument("--steps", type=int, help="training steps a round, instead of seconds")
    parser.add_argument("--network", help="a network of the registry")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    folder = options.folder or find_data(options.set)
    if folder is None:
        sys.exit(f"the data set '{options.set}' is not here: set SEGDESK_DATA, or give --folder")
    kind, foreground, held = (None, None, 5) if options.folder else _SETS.get(options.set, (None, None, 5))
    task = load_task(
        folder,
        options.kind or kind,
        foreground if options.foreground is None else options.foreground,
        held if options.held is None else options.held,
    )
    out = sys.stdout
    out.write(f"{folder.name}: {len(task.images)} images, the last {task.held} never corrected\n{HEADER}\n")
    with tempfile.TemporaryDirectory() as models:
        measure(
            task,
            rounds=options.rounds,
            annotate=options.annotate,
            folder=Path(models),
            seconds=None if options.steps else options.seconds,
            steps=options.steps,
            seed=options.seed,
            network=options.network,
            device=options.device,
            show=lambda row: (out.write(line(row) + "\n"), out.flush())[1],
        )


if __name__ == "__main__":
    main()
