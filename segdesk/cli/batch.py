"""`segdesk predict` on images and folders without a project: any number of them, and those yet to come."""

from __future__ import annotations

import argparse
from pathlib import Path

from segdesk.cli.console import Console, one_line
from segdesk.core.batch import Batch, BatchRequest, BatchSummary, Told
from segdesk.core.batch_files import Search
from segdesk.core.errors import ModelError, ProjectError
from segdesk.core.translation import tr
from segdesk.formats.batch import batch_of, write_table
from segdesk.formats.sheets import check_sheet

_MODEL_ENDING = ".safetensors"
_SHOWN = 5  # problems that are said again in the end


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be said of images and folders beside the model and the folder for masks."""
    group = parser.add_argument_group(tr("images and folders without a project"))
    group.add_argument(
        "--pattern",
        metavar="PATTERN",
        action="append",
        default=[],
        help=tr("only images called like this, such as '*.tif' or 'day1/*'; may be given several times"),
    )
    group.add_argument(
        "--no-recursive",
        dest="recursive",
        action="store_false",
        help=tr("not the folders within a folder"),
    )
    group.add_argument(
        "--overlays", metavar="DIR", type=Path, help=tr("also write the images with their masks over them")
    )
    group.add_argument(
        "--measure",
        metavar="FILE",
        type=Path,
        help=tr("also measure all objects: .csv, .xlsx or .parquet"),
    )
    group.add_argument("--watch", action="store_true", help=tr("go on with images that arrive, until Ctrl+C"))
    group.add_argument(
        "--again", action="store_true", help=tr("predict everything anew, and replace what is there")
    )


def refuse_for_project(options: argparse.Namespace) -> None:
    """Raises ProjectError where something was asked for that only goes for images without a project."""
    asked = {
        "--pattern": options.pattern,
        "--no-recursive": not options.recursive,
        "--overlays": options.overlays,
        "--measure": options.measure,
        "--watch": options.watch,
        "--again": options.again,
    }
    for name, value in asked.items():
        if value:
            raise ProjectError(
                tr(
                    "{option} goes for images and folders, not for a project;"
                    " `segdesk measure` and `segdesk export` do that for one."
                ).format(option=name)
            )


def predict_images(options: argparse.Namespace, console: Console) -> int:
    """`segdesk predict MODEL FOLDER... --out DIR`: masks in the same folders, each DIR/FOLDER/STEM.png."""
    from segdesk.nn import engine  # torch comes with it

    model, paths = _model_and_paths(options)
    if options.measure is not None:
        check_sheet(options.measure)
    classes = engine.model_facts(model).classes
    without = (options.out, *([options.overlays] if options.overlays else []))
    request = BatchRequest(
        model,
        Search(paths, tuple(options.pattern), options.recursive, without),
        options.out,
        options.overlays,
        options.measure is not None,
        options.again,
        options.device,
    )
    batch = batch_of(request, classes, engine.predict)
    try:
        _drive(batch, options, console)
    except KeyboardInterrupt:
        if not options.watch:
            console.complain(_sentence(batch.summary, options.out))
            raise
    rows = None
    if options.measure is not None:
        rows = write_table(options.measure, options.out, batch.summary.items)
    return _report(batch.summary, rows, options, console)


def _drive(batch: Batch, options: argparse.Namespace, console: Console) -> None:
    for progress in console.watching(batch.watch() if options.watch else batch.run()):
        if isinstance(progress, Told):
            console.complain(progress.sentence)


def _model_and_paths(options: argparse.Namespace) -> tuple[Path, tuple[Path, ...]]:
    """The model by its option, or else the first path."""
    paths = tuple(options.paths)
    if options.model is not None:
        model = Path(options.model)
    elif len(paths) > 1 and paths[0].suffix.lower() == _MODEL_ENDING:
        model, paths = paths[0], paths[1:]
    else:
        model = None
    if model is None or not model.is_file():
        raise ModelError(tr("Name a model file, first or with --model, to predict images outside a project."))
    return model, paths


def _report(summary: BatchSummary, rows: int | None, options: argparse.Namespace, console: Console) -> int:
    text = _sentence(summary, options.out)
    if rows is not None:
        text += "\n" + tr("{rows} objects: {path}").format(rows=rows, path=one_line(options.measure))
    if summary.problems:
        names = list(summary.problems)
        shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
        text += "\n" + tr("{count} failed: {names}").format(count=len(names), names=one_line(shown))
    console.result(
        {
            "out": str(options.out),
            "files": [str(file) for file in summary.files],
            "kept": summary.kept,
            "problems": list(summary.problems.values()),
            "failed": summary.problems,
            "seconds": summary.seconds,
            "megapixels_per_second": summary.speed,
            "table": None if rows is None else str(options.measure),
            "objects": rows,
        },
        text,
    )
    return 1 if summary.problems else 0


def _sentence(summary: BatchSummary, out: Path) -> str:
    text = tr("{count} masks in {out}").format(count=len(summary.files), out=one_line(out))
    if summary.kept:
        text += ", " + tr("{count} more from before").format(count=summary.kept)
    if summary.speed:
        text += ", " + tr("{speed:.1f} megapixels a second").format(speed=summary.speed)
    return text + "."
