"""The command that tells how good a project's models are, and what its annotation cost."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from segdesk.cli.arguments import add_project
from segdesk.cli.console import Console, one_line, table
from segdesk.core.project import Round
from segdesk.core.quality import WINDOW, Quality, SampleQuality, class_scores, measure, row_shares
from segdesk.core.translation import tr
from segdesk.formats.quality import write_tables

_TABLE = "quality.csv"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The project, and where else the figures go."""
    add_project(parser)
    parser.add_argument("--csv", metavar="FOLDER", type=Path, help=tr("write the figures as tables"))
    parser.add_argument("--png", metavar="FILE", type=Path, help=tr("write the curves as a picture"))


def quality(options: argparse.Namespace, console: Console) -> int:
    """`segdesk quality PROJECT [--csv FOLDER] [--png FILE]`."""
    found = console.drive(measure(options.project))
    for problem in found.problems:
        console.complain(problem)
    files: list[Path] = []
    if options.csv is not None:
        files += console.drive(write_tables(found, options.csv / _TABLE))
    if options.png is not None:
        from segdesk.gui.quality.picture import save_all

        save_all(found, options.png)
        files.append(options.png)
    console.result(_document(found, files), _text(found, files))
    return 1 if found.problems else 0


def _document(found: Quality, files: list[Path]) -> dict[str, Any]:
    counts = found.confusion
    names = [c.name for c in found.classes]
    scores = zip(names, class_scores(counts), strict=True)
    shares = [[None if np.isnan(v) else float(v) for v in row] for row in row_shares(counts)]
    return {
        "first_predictions": [_first(entry, found) for entry in found.first_predictions],
        "rounds": [_round(number, made) for number, made in enumerate(found.rounds, 1)],
        "effort": [
            {
                "name": entry.sample.source.path.name,
                "page": entry.sample.source.page,
                "seconds": entry.sample.seconds,
                "corrections": entry.sample.corrections,
            }
            for entry in found.confirmed
        ],
        "classes": {name: asdict(score) if score is not None else None for name, score in list(scores)[1:]},
        "confusion": {"classes": names, "pixels": counts.tolist(), "shares": shares},
        "files": [str(file) for file in files],
        "problems": list(found.problems),
    }


def _first(entry: SampleQuality, found: Quality) -> dict[str, Any]:
    comparison = entry.comparison
    assert comparison is not None
    return {
        "name": entry.sample.source.path.name,
        "page": entry.sample.source.page,
        "version": comparison.version,
        "dice": comparison.mean_dice,
        "classes": {c.name: comparison.dice.get(c.index) for c in found.classes[1:]},
    }


def _round(number: int, made: Round) -> dict[str, Any]:
    return {
        "round": number,
        "finished": made.finished,
        "version": made.version,
        "dice_before": made.dice_before,
        "dice_after": made.dice_after,
        "images": made.samples,
        "confirmed": made.learned.confirmed,
        "corrections": made.learned.corrections,
        "seconds": made.learned.seconds,
    }


def _text(found: Quality, files: list[Path]) -> str:
    parts = [_versions(found), _rounds(found), _effort(found), _classes(found), _confusion(found)]
    parts += [tr("Written: {path}").format(path=one_line(file)) for file in files]
    return "\n\n".join(filter(None, parts)) or tr(
        "Nothing to tell yet: confirm images that a model has predicted, or retrain."
    )


def _versions(found: Quality) -> str:
    by_version: dict[int, list[float]] = {}
    for entry in found.first_predictions:
        if entry.comparison is not None:
            by_version.setdefault(entry.comparison.version, []).append(entry.comparison.mean_dice)
    rows = [[str(v), str(len(dice)), f"{np.mean(dice):.3f}"] for v, dice in by_version.items()]
    header = [tr("version"), tr("new images"), tr("Dice of the first prediction")]
    return table(header, rows) if rows else ""


def _rounds(found: Quality) -> str:
    rows = [
        [
            str(number),
            tr("refused") if made.version is None else str(made.version),
            _figure(made.dice_before),
            _figure(made.dice_after),
            f"{made.learned.seconds:.0f}",
            str(made.learned.corrections),
        ]
        for number, made in enumerate(found.rounds, 1)
    ]
    header = [tr("round"), tr("version"), tr("before"), tr("after"), tr("seconds so far")]
    return table([*header, tr("corrections so far")], rows) if rows else ""


def _effort(found: Quality) -> str:
    done = [entry.sample for entry in found.confirmed]
    if not done:
        return ""
    parts = {tr("all"): done}
    if len(done) >= 2 * WINDOW:
        parts |= {tr("first {count}").format(count=WINDOW): done[:WINDOW]}
        parts |= {tr("last {count}").format(count=WINDOW): done[-WINDOW:]}
    rows = [
        [
            name,
            str(len(part)),
            f"{np.mean([s.seconds for s in part]):.0f}",
            f"{np.mean([s.corrections for s in part]):.1f}",
        ]
        for name, part in parts.items()
    ]
    header = [tr("confirmed images"), tr("images"), tr("seconds an image"), tr("corrections an image")]
    return table(header, rows)


def _classes(found: Quality) -> str:
    rows = [
        [c.name, *(f"{value:.3f}" for value in (score.dice, score.iou, score.precision, score.recall))]
        for c, score in zip(found.classes, class_scores(found.confusion), strict=True)
        if c.index and score is not None
    ]
    return table([tr("class"), "Dice", "IoU", tr("precision"), tr("recall")], rows) if rows else ""


def _confusion(found: Quality) -> str:
    if not found.first_predictions:
        return ""
    rows = [
        [c.name, *("-" if np.isnan(share) else f"{100 * share:.1f}" for share in shares)]
        for c, shares in zip(found.classes, row_shares(found.confusion), strict=True)
    ]
    return table([tr("% of it, predicted as"), *(c.name for c in found.classes)], rows)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
