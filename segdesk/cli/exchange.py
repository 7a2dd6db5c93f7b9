"""`segdesk import`: annotations of other programs, with a summary before anything is changed."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from segdesk.cli.arguments import add_project
from segdesk.cli.console import Console, one_line
from segdesk.core.errors import FormatError
from segdesk.core.project import Project
from segdesk.core.translation import counted, tr
from segdesk.formats.class_mapping import chosen_mapping
from segdesk.formats.importers import import_formats, read_annotations
from segdesk.formats.label_import import LabelKind, import_labels
from segdesk.formats.taking import Choices, Conflict, Standing, Summary, summarise, take


def take_in(options: argparse.Namespace, console: Console) -> int:
    """`segdesk import PROJECT PATH [--format NAME] [--as ...] [--conflict ...] [--map theirs=mine ...]`.

    A project that does not exist is made, with the images that lie beside the labels.
    """
    fresh = not options.project.exists() and not options.dry_run
    project = Project.create(options.project, []) if fresh else _project(options.project, options.dry_run)
    done = False
    try:
        plain = options.format in list(LabelKind)
        status = (_plain if plain else _import)(project, options, console)
        done = True
        return status
    finally:
        project.close()
        if fresh and not done:
            shutil.rmtree(options.project, ignore_errors=True)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The annotations, and what becomes of them in which project."""
    add_project(parser)
    parser.add_argument("path", metavar="PATH", type=Path, help=tr("a file or folder of annotations"))
    parser.add_argument(
        "--format",
        choices=[*LabelKind, *import_formats()],
        metavar="NAME",
        help=tr("{names}; without it, the files are looked at").format(
            names=", ".join([*LabelKind, *import_formats()])
        ),
    )
    parser.add_argument(
        "--as",
        dest="standing",
        choices=list(Standing),
        default=Standing.CONFIRMED,
        help=tr("confirmed: they are the truth; prediction: to be looked at and corrected"),
    )
    parser.add_argument(
        "--conflict",
        choices=list(Conflict),
        default=Conflict.MINE,
        help=tr("where images have been corrected: leave them, take theirs, or only where unlabelled"),
    )
    parser.add_argument(
        "--map",
        dest="wishes",
        metavar="THEIRS=MINE",
        action="append",
        default=[],
        help=tr("what a class becomes: a name, a number, new, or ignore"),
    )
    parser.add_argument(
        "--no-new-images", dest="add_images", action="store_false", help=tr("only images of the project")
    )
    parser.add_argument(
        "--dry-run", action="store_true", help=tr("say what would happen, and change nothing")
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help=tr("import the good entries although there are bad ones")
    )


def _project(folder: Path, dry_run: bool) -> Project:
    project = Project(folder, write=not dry_run)
    if not dry_run:
        project.check_writable()
    return project


def _plain(project: Project, options: argparse.Namespace, console: Console) -> int:
    """Class-index PNGs, taken strictly: one bad file, and nothing is taken over."""
    report = import_labels(project, LabelKind(options.format), options.path)
    text = tr("{count} images labelled.").format(count=len(report.imported))
    if report.unmatched:
        text += " " + _strangers(report.unmatched)
    console.result({"imported": list(report.imported), "unmatched": list(report.unmatched)}, text)
    return 0


def _import(project: Project, options: argparse.Namespace, console: Console) -> int:
    reading = console.drive(
        read_annotations(options.path, project.samples.all(), options.format, add_images=options.add_images)
    )
    mapping = chosen_mapping(reading.classes, project.classes.all(), options.wishes)
    choices = Choices(mapping, Standing(options.standing), Conflict(options.conflict))
    summary = summarise(reading, choices)
    for problem in summary.problems:
        console.complain(problem)
    if options.dry_run:
        console.result(
            _document(project, summary) | {"format": reading.format},
            _text(project, summary, reading.format, done=False),
        )
        return 0
    if summary.problems and not options.skip_bad:
        raise FormatError(
            counted(
                len(summary.problems),
                tr("Nothing was imported: one entry is bad. Use --skip-bad to import the others."),
                tr("Nothing was imported: {count} entries are bad. Use --skip-bad to import the others."),
            )
        )
    taken = console.drive(take(project, reading, choices))
    document = _document(project, summary) | {"format": reading.format, "labelled": len(taken.samples)}
    console.result(document, _text(project, summary, reading.format, done=True))
    return 1 if summary.problems else 0


def _document(project: Project, summary: Summary) -> dict[str, Any]:
    return {
        "images": summary.images,
        "added": summary.added,
        "split": summary.split,
        "kept": list(summary.kept),
        "classes": dict(_mapped(project, summary)),
        "new_classes": list(summary.new_classes),
        "problems": list(summary.problems),
        "unmatched": list(summary.unmatched),
    }


def _text(project: Project, summary: Summary, format_name: str, *, done: bool) -> str:
    """done: it has happened."""
    lines = [
        tr("Read as: {format}.").format(format=import_formats()[format_name].title),
        counted(summary.images, tr("One image labelled."), tr("{count} images labelled."))
        if done
        else counted(
            summary.images, tr("One image would be labelled."), tr("{count} images would be labelled.")
        ),
    ]
    if summary.added:
        one = tr("One of them is new in the project.")
        lines.append(counted(summary.added, one, tr("{count} of them are new in the project.")))
    if summary.kept:
        one = tr("One stays as it is, as you have worked on it.")
        many = tr("{count} stay as they are, as you have worked on them.")
        lines.append(counted(len(summary.kept), one, many))
    if summary.split:
        lines.append(tr("Their split into training, validation and test is kept."))
    lines += [f"  {one_line(theirs)} -> {one_line(mine)}" for theirs, mine in _mapped(project, summary)]
    if summary.unmatched:
        lines.append(_strangers(summary.unmatched))
    return "\n".join(lines)


def _mapped(project: Project, summary: Summary) -> list[tuple[str, str]]:
    names = {c.index: c.name for c in project.classes.all()}
    return [
        (
            theirs.title,
            tr("{name} (new)").format(name=mine.new) if mine.new
            else tr("(ignored)") if mine.index is None else names[mine.index],
        )
        for theirs, mine in summary.classes
    ]  # fmt: skip


def _strangers(names: tuple[str, ...]) -> str:
    one, many = tr("One file belongs"), tr("{count} files belong")
    return tr("{files} to no image of the project: {names}.").format(
        files=counted(len(names), one, many), names=one_line(", ".join(names[:5]))
    )
