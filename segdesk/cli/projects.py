"""Commands on what a project holds: new, info, export."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from segdesk.cli.arguments import add_out, add_project
from segdesk.cli.console import Console, lines, one_line
from segdesk.cli.models import version_info
from segdesk.core.errors import ImageError, ProjectError, SegdeskError
from segdesk.core.images import inspect_image
from segdesk.core.intake import find_images
from segdesk.core.patch import State
from segdesk.core.project import Project, is_project
from segdesk.core.translation import tr
from segdesk.formats.export import export as export_job
from segdesk.formats.fidelity import read_back
from segdesk.formats.items import MOST_SOFT, export_request
from segdesk.formats.registry import export_formats


def add_new_options(parser: argparse.ArgumentParser) -> None:
    """The images and classes of a new project."""
    add_project(parser)
    parser.add_argument("--images", metavar="PATH", type=Path, nargs="+", required=True)
    parser.add_argument("--classes", metavar="NAME[,NAME...]", required=True)


def new(options: argparse.Namespace, console: Console) -> int:
    """`segdesk new PROJECT --images PATH... --classes NAME[,NAME...]`."""
    names = [name.strip() for name in options.classes.split(",") if name.strip()]
    if not names:
        raise ProjectError(tr("Name at least one class, such as --classes cell."))
    intake = find_images(options.images)
    for problem in intake.problems:
        console.complain(problem)
    if not intake.samples:
        raise ProjectError(tr("No image could be read, so no project was made."))
    project = Project.create(options.project, names)
    samples = project.samples.add(intake.samples)
    console.result(
        {
            "project": str(project.folder),
            "classes": [c.name for c in project.classes.all()],
            "samples": len(samples),
            "problems": list(intake.problems),
        },
        tr("{project}: {count} images.").format(project=one_line(project.folder), count=len(samples)),
    )
    return 0


def add_info_options(parser: argparse.ArgumentParser) -> None:
    """What to tell about."""
    parser.add_argument("paths", metavar="PATH", type=Path, nargs="+")


def info(options: argparse.Namespace, console: Console) -> int:
    """`segdesk info PATH...`: a project, or an image; several paths give several entries."""
    entries: list[dict[str, Any]] = []
    failed = False
    for path in options.paths:
        try:
            entries.append(_project_info(path) if path.is_dir() else _image_info(path))
        except SegdeskError as error:
            console.complain(str(error))
            failed = True
    if entries:
        document = entries[0] if len(options.paths) == 1 else {"items": entries}
        console.result(document, "\n\n".join(map(_described, entries)))
    return 1 if failed else 0


def add_export_options(parser: argparse.ArgumentParser) -> None:
    """The format, and the folder for the files."""
    add_project(parser)
    parser.add_argument("--format", metavar="NAME", required=True, help=", ".join(export_formats()))
    parser.add_argument(
        "--check", action="store_true", help=tr("read what was written again, and say how faithful it is")
    )
    parser.add_argument(
        "--soft-edge",
        metavar="PIXELS",
        type=_soft_edge,
        default=0,
        help=tr("make cut-outs see-through in part, this far to either side of the edge"),
    )
    add_out(parser)


def export(options: argparse.Namespace, console: Console) -> int:
    """`segdesk export PROJECT --format NAME --out DIR [--check] [--soft-edge PIXELS]`."""
    project = Project(options.project, write=False)
    request = export_request(project, options.out, soft_edge=options.soft_edge)
    report = console.drive(export_job(request, options.format))
    for problem in report.problems:
        console.complain(problem)
    fidelity = console.drive(read_back(request, options.format, options.out)) if options.check else None
    console.result(
        {
            "format": options.format,
            "out": str(options.out),
            "files": [str(path) for path in report.files],
            "problems": list(report.problems),
            "fidelity": None
            if fidelity is None
            else {"iou": dict(fidelity.iou), "objects": fidelity.objects, "read": fidelity.read},
        },
        " ".join(
            [
                tr("{count} files in {out}.").format(count=len(report.files), out=one_line(options.out)),
                *([fidelity.text()] if fidelity is not None else []),
            ]
        ),
    )
    return 1 if report.problems else 0


def _soft_edge(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MOST_SOFT:
        raise argparse.ArgumentTypeError(tr("must be from 0 to {most}").format(most=MOST_SOFT))
    return number


def _image_info(path: Path) -> dict[str, Any]:
    found = inspect_image(path)
    return {
        "kind": "image",
        "path": str(path),
        "format": found.format,
        "width": found.width,
        "height": found.height,
        "channels": found.channels,
        "type": found.dtype,
        "pages": found.pages,
    }


def _project_info(path: Path) -> dict[str, Any]:
    if not is_project(path):
        raise ImageError(
            tr("{path} is a folder, but no project; name an image or a project.").format(path=path)
        )
    project = Project(path, write=False)
    samples = project.samples.all()
    states = Counter(s.state for s in samples)
    in_use = project.versions.in_use()
    return {
        "kind": "project",
        "path": str(project.folder),
        "classes": [c.name for c in project.classes.all()],
        "states": {state.value: states[state] for state in State},
        "samples": [
            {
                "id": s.id,
                "path": str(s.source.path),
                "page": s.source.page,
                "width": s.width,
                "height": s.height,
                "state": s.state.value,
            }
            for s in samples
        ],
        "version_in_use": in_use.number if in_use else None,
        "versions": [version_info(v, in_use) for v in project.versions.all()],
    }


def _described(entry: dict[str, Any]) -> str:
    if entry["kind"] == "image":
        return tr("{path}: {format}, {width} x {height}, {channels} channels, {type}, {pages} pages").format(
            **entry | {"path": one_line(entry["path"])}
        )
    states = ", ".join(f"{count} {state}" for state, count in entry["states"].items() if count)
    return lines(
        [
            tr("{path}: {count} images ({states})").format(
                path=entry["path"], count=len(entry["samples"]), states=states
            ),
            tr("classes: {names}").format(names=", ".join(entry["classes"])),
            tr("model versions: {count}, in use: {in_use}").format(
                count=len(entry["versions"]), in_use=entry["version_in_use"] or "-"
            ),
        ]
    )
