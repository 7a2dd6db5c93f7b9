"""Commands on the health of a project: doctor PROJECT, relink."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from segdesk.cli.arguments import add_project
from segdesk.cli.console import Console, one_line
from segdesk.cli.console import lines as in_lines
from segdesk.core.errors import ProjectError
from segdesk.core.project import Project, is_project
from segdesk.core.project.health import Finding, Kind, examine
from segdesk.core.project.relink import find_missing
from segdesk.core.project.repair import repair, rescue
from segdesk.core.translation import tr


def check_up(options: argparse.Namespace, console: Console) -> int:
    """`segdesk doctor PROJECT`: exits 1 where something is wrong that was not mended."""
    folder = options.project
    if not is_project(folder):
        raise ProjectError(
            tr("{folder} is not a SegDesk project; choose another folder.").format(folder=folder)
        )
    document: dict[str, Any] = {"project": str(folder)}
    lines: list[str] = []
    if options.rescue is not None:
        rescued = console.drive(rescue(folder, options.rescue))
        document |= {"out": str(options.rescue), "masks": rescued.masks, "models": rescued.models}
        document["lost"] = list(rescued.losses)
        lines = [
            tr("{masks} masks and {models} models in {out}.").format(**document),
            *rescued.losses,
        ]
        console.result(document, in_lines(lines))
        return 1 if rescued.losses else 0
    if options.take_over:
        Project(folder, by_force=True).close()
    findings = _findings(options, console)
    if options.repair and any(finding.mends for finding in findings):
        document["done"] = console.drive(repair(folder))
        lines += document["done"]
        findings = _findings(options, console)
    document["findings"] = [
        {"kind": f.kind.value, "sentence": f.sentence, "mends": f.mends} for f in findings
    ]
    lines += [finding.sentence for finding in findings] or [tr("Everything is whole.")]
    if not options.repair and any(finding.mends for finding in findings):
        lines.append(tr("`doctor PROJECT --repair` keeps what is whole; `--rescue FOLDER` writes it out."))
    console.result(document, in_lines(lines))
    return 1 if findings else 0


def add_relink_options(parser: argparse.ArgumentParser) -> None:
    """The project, and where its images may be now."""
    add_project(parser)
    parser.add_argument("folder", metavar="FOLDER", type=Path)


def relink(options: argparse.Namespace, console: Console) -> int:
    """`segdesk relink PROJECT FOLDER`: exits 1 where images are still missing."""
    project = Project(options.project)
    project.check_writable()
    found = console.drive(find_missing(project.samples.all(), options.folder))
    project.samples.relocate(found.places)
    missing = [str(sample.source.path) for sample in found.missing]
    text = tr("{count} images found again.").format(count=len(found.places))
    if missing:
        text += " " + tr("{count} are still missing, such as {name}.").format(
            count=len(missing), name=one_line(missing[0])
        )
    console.result({"found": {str(k): str(v) for k, v in found.places.items()}, "missing": missing}, text)
    project.close()
    return 1 if missing else 0


def _findings(options: argparse.Namespace, console: Console) -> list[Finding]:
    try:
        return console.drive(examine(options.project))
    except ProjectError as error:
        if not options.repair:
            raise
        # It cannot even be opened, which is why somebody asks for a repair.
        return [Finding(Kind.DATABASE, str(error))]
