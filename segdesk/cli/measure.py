"""The command that measures every object of a project."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from segdesk.cli.arguments import add_project
from segdesk.cli.console import Console, one_line
from segdesk.core.errors import FormatError
from segdesk.core.project import Project
from segdesk.core.translation import tr
from segdesk.formats.items import export_request
from segdesk.formats.measurements import measure_all
from segdesk.formats.sheets import Sheet, check_sheet, write_sheet
from segdesk.formats.summaries import by_class, by_image

_TABLES: dict[str, Callable[[Sheet, Sequence[tuple[str, int]], Sequence[str]], Sheet]] = {
    "object": lambda sheet, images, classes: sheet,
    "image": by_image,
    "class": by_class,
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """What is measured, and into which table."""
    add_project(parser)
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help=tr("a table: .csv, .xlsx or .parquet")
    )
    parser.add_argument(
        "--by",
        choices=list(_TABLES),
        default="object",
        help=tr("what gets a row: each object, each image and class, or each class of the project"),
    )
    parser.add_argument(
        "--no-skeleton",
        dest="skeleton",
        action="store_false",
        help=tr("without length and width of middle lines, in half the time"),
    )


def measure(options: argparse.Namespace, console: Console) -> int:
    """`segdesk measure PROJECT --out FILE.csv|.xlsx|.parquet [--by object|image|class] [--no-skeleton]`."""
    check_sheet(options.out)
    request = export_request(Project(options.project, write=False), options.out.parent)
    if not request.items:
        raise FormatError(
            tr("There is nothing to measure yet: predict, paint or confirm at least one image first.")
        )
    measured = console.drive(measure_all(request, skeleton=options.skeleton))
    images = [(item.source.path.name, item.source.page + 1) for item in request.items]
    classes = [c.name for c in request.foreground]
    table = _TABLES[options.by](measured.sheet, images, classes)
    write_sheet(table, options.out)
    for problem in measured.problems:
        console.complain(problem)
    console.result(
        {
            "file": str(options.out),
            "images": len(request.items),
            "objects": measured.sheet.length,
            "rows": table.length,
            "columns": list(table.columns),
            "problems": list(measured.problems),
        },
        tr("{objects} objects in {images} images: {path}").format(
            objects=measured.sheet.length, images=len(request.items), path=one_line(options.out)
        ),
    )
    return 1 if measured.problems else 0
