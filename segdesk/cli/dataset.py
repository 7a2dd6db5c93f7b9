"""The commands on a project as a data set: its split, and a report."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from segdesk.cli.arguments import add_action, add_actions, add_project
from segdesk.cli.console import Console
from segdesk.cli.overview import tell
from segdesk.core.dataset.counting import overview
from segdesk.core.dataset.drawing import Shares, draw
from segdesk.core.dataset.grouping import Grouping, groups_by
from segdesk.core.dataset.overview import members
from segdesk.core.errors import ProjectError, SegdeskError
from segdesk.core.project import Project, Sample, Split
from segdesk.core.translation import tr
from segdesk.formats.label_import import match_samples
from segdesk.formats.report import write_report

_FREE = "free"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be done with a project as a data set."""
    add_project(parser)
    actions = add_actions(parser)
    for name, text, run, add in (
        ("split", tr("draw training, validation and test images, by their classes"), split, _add_drawing),
        ("fix", tr("put images where no drawing moves them"), fix, _add_part),
        ("group", tr("say which images stay together"), group, _add_group),
        ("clear", tr("let no image be in a part"), clear, None),
        ("report", tr("write a page about it, with pictures"), report, _add_file),
    ):
        action = add_action(actions, name, text, run)
        if add is not None:
            add(action)


def _add_drawing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--shares",
        metavar="TRAIN,VALIDATION,TEST",
        type=_shares,
        default=Shares(),
        help=tr("how much goes where; {usual} by default").format(usual="70,15,15"),
    )
    parser.add_argument("--seed", type=int, default=0, help=tr("another one draws another split"))
    parser.add_argument(
        "--group-by",
        metavar="folder|file|none|PATTERN",
        help=tr(
            "which images stay together: those of a folder, the pages of a file, or those in whose name a"
            " pattern finds the same; without it, the groups that there are"
        ),
    )


def _add_part(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", choices=[*Split, _FREE], help=tr("free: drawings move them again"))
    _add_images(parser)


def _add_group(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("group", metavar="GROUP", help=tr("a name; - for no group"))
    _add_images(parser)


def _add_images(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("images", metavar="IMAGE", nargs="+", help=tr("names of images, without the folder"))


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.html", type=Path)


def split(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT split [--shares 70,15,15] [--seed N] [--group-by ...]`."""
    project = _writable(options.project)
    found = console.drive(overview(options.project))
    grouping, pattern = _grouping(options.group_by)
    groups = groups_by(grouping, found.samples, pattern)
    drawn = draw(members(found.samples, found.contents, groups), options.shares, options.seed)
    with project.at_once():
        if grouping is not Grouping.HAND:
            project.splits.group(groups)
        project.splits.draw(drawn.splits)
    for name in drawn.torn:
        console.complain(
            tr("{group} is fixed to several parts at once; free some of its images.").format(
                group=name.partition(" ")[2]
            )
        )
    return tell(options, console)


def fix(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT fix train|validation|test|free IMAGE...`."""
    project = _writable(options.project)
    samples = _named(project, options.images)
    if options.part == _FREE:
        project.splits.free(sample.id for sample in samples)
    else:
        project.splits.fix({sample.id: Split(options.part) for sample in samples})
    return _told(samples, {"part": options.part}, console)


def group(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT group GROUP IMAGE...`."""
    project = _writable(options.project)
    samples = _named(project, options.images)
    name = None if options.group == "-" else options.group
    project.splits.group({sample.id: name for sample in samples})
    return _told(samples, {"group": name}, console)


def clear(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT clear`: fixed images are free again, too."""
    project = _writable(options.project)
    project.splits.clear()
    return _told(project.samples.all(), {"part": None}, console)


def report(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT report FILE.html`."""
    written = console.drive(write_report(options.project, options.file))
    for problem in written.problems:
        console.complain(problem)
    console.result(
        {"file": str(options.file), "problems": list(written.problems)},
        tr("Written: {path}").format(path=options.file),
    )
    return 1 if written.problems else 0


def _shares(text: str) -> Shares:
    try:
        return Shares(*(float(part) for part in text.split(",", 2)))
    except (ValueError, TypeError, SegdeskError) as error:
        raise argparse.ArgumentTypeError(tr("three numbers are needed, such as 70,15,15")) from error


def _grouping(wish: str | None) -> tuple[Grouping, str]:
    if wish is None:
        return Grouping.HAND, ""
    if wish in (Grouping.NONE, Grouping.FOLDER, Grouping.FILE):
        return Grouping(wish), ""
    return Grouping.PATTERN, wish


def _writable(folder: Path) -> Project:
    project = Project(folder)
    project.check_writable()
    return project


def _named(project: Project, names: Sequence[str]) -> list[Sample]:
    samples = project.samples.all()
    by_name: dict[str, list[Sample]] = {}
    for sample in samples:
        by_name.setdefault(sample.source.path.name, []).append(sample)
    found = match_samples(samples, list(names))
    missing = [name for name in names if name not in found and name not in by_name]
    if missing:
        raise ProjectError(
            tr("There is no image {name} in this project; `segdesk info PROJECT` lists them.").format(
                name=missing[0]
            )
        )
    return [s for name in names for s in ([found[name]] if name in found else by_name[name])]


def _told(samples: Sequence[Sample], what: Mapping[str, Any], console: Console) -> int:
    names = [sample.source.path.name for sample in samples]
    console.result({"images": names, **what}, tr("{count} images changed.").format(count=len(names)))
    return 0
