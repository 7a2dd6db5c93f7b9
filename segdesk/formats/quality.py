"""How good a project's models are, as tables for a spreadsheet (CSV)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from segdesk.core.files import write_bytes
from segdesk.core.jobs import Job, Progress
from segdesk.core.quality import Quality, class_scores, row_shares
from segdesk.core.spreadsheet import csv_bytes
from segdesk.core.translation import tr

_Cell = str | int


def write_tables(quality: Quality, path: Path) -> Job[tuple[Path, ...]]:
    """Write three tables: `path`, and beside it NAME-rounds.csv and NAME-confusion.csv; gives their paths.

    path: a row a sample: its state, the version that predicted it first, that prediction's Dice of each
        class and their mean (empty where nothing can be said), seconds and corrections.
    rounds: a row a round: held-out Dice before and after, and the annotation that had been done by then.
    confusion: a row a true class: pixels and per cent of it by what the first predictions said, and Dice,
        IoU, precision and recall.

    Raises:
        SegdeskError: a file cannot be written.
    """
    beside = {
        path: _samples(quality),
        path.with_name(f"{path.stem}-rounds{path.suffix}"): _rounds(quality),
        path.with_name(f"{path.stem}-confusion{path.suffix}"): _confusion(quality),
    }
    for done, (file, rows) in enumerate(beside.items()):
        yield Progress(done / len(beside), tr("Exporting"))
        write_bytes(file, csv_bytes(rows))
    return tuple(beside)


def _samples(quality: Quality) -> Iterable[list[_Cell]]:
    classes = quality.classes[1:]
    yield [
        *("image", "page", "state", "first version"),
        *(f"first Dice {c.name}" for c in classes),
        *("first Dice mean", "seconds", "corrections"),
    ]
    for entry in quality.samples:
        sample, comparison = entry.sample, entry.comparison
        yield [
            sample.source.path.name,
            sample.source.page + 1,
            sample.state.value,
            "" if sample.first_version is None else sample.first_version,
            *(_figure(comparison.dice.get(c.index) if comparison else None) for c in classes),
            _figure(comparison.mean_dice if comparison else None),
            f"{sample.seconds:.1f}",
            sample.corrections,
        ]


def _rounds(quality: Quality) -> Iterable[list[_Cell]]:
    yield [
        *("round", "finished", "version", "Dice before", "Dice after"),
        *("images", "confirmed images", "corrections so far", "seconds so far"),
    ]
    for number, made in enumerate(quality.rounds, 1):
        learned = made.learned
        yield [
            number,
            made.finished,
            "refused" if made.version is None else made.version,
            _figure(made.dice_before),
            _figure(made.dice_after),
            made.samples,
            learned.confirmed,
            learned.corrections,
            f"{learned.seconds:.1f}",
        ]


def _confusion(quality: Quality) -> Iterable[list[_Cell]]:
    counts = quality.confusion
    names = [c.name for c in quality.classes]
    yield [
        "true class",
        *(f"pixels as {name}" for name in names),
        *(f"per cent as {name}" for name in names),
        *("Dice", "IoU", "precision", "recall"),
    ]
    for name, pixels, shares, score in zip(
        names, counts.tolist(), row_shares(counts), class_scores(counts), strict=True
    ):
        figures = (score.dice, score.iou, score.precision, score.recall) if score else [None] * 4
        yield [
            name,
            *pixels,
            *("" if np.isnan(share) else f"{100 * share:.2f}" for share in shares),
            *map(_figure, figures),
        ]


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
